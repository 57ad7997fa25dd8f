import type {
  InstrumentIndex,
  Micros,
  QuoteView,
  Statistic,
  TradeView,
  Underlying,
  Us,
} from '@scalp/canonical'
import { ageSeconds } from './derived.js'
import { GreeksColumns, type OptionGreeks } from './greeks-columns.js'
import { known, type MergedOption, mergeOption } from './merged-option.js'
import { QuoteColumns } from './quote-columns.js'
import { defaultStaleness, type Freshness, freshness, type StalenessThresholds } from './staleness.js'
import { TradeColumns } from './trade-columns.js'
import { UnderlyingPrices } from './underlying-prices.js'
import { type VolatilityRank, VolatilityRanks } from './volatility-ranks.js'

/** All that is known of an underlying at an instant. */
export interface MergedUnderlying {
  readonly symbol: string
  readonly priceMicros: Micros | null
  readonly priceAge: number | null
  readonly priceFreshness: Freshness
  readonly ivRank: number | null
  readonly ivPercentile: number | null
  readonly ivAge: number | null
  readonly ivFreshness: Freshness
}

/** What a market may be made of; anything left out is made new. */
export interface OptionMarketOptions {
  readonly quotes?: QuoteColumns
  readonly greeks?: GreeksColumns
  readonly trades?: TradeColumns
  readonly prices?: UnderlyingPrices
  readonly ranks?: VolatilityRanks
  readonly staleness?: Partial<StalenessThresholds>
}

/**
 * Quotes, Greeks, trades, open interest, volume and underlyings side by side, with one merged view of each option.
 *
 * What is malformed or older than what there is never enters; each part counts it. Listeners hear of what did enter; one
 * that throws is counted and does not stop the feed. A merged view is an object made on demand, for gates, logs and
 * screens; hot paths read the columns.
 */
export class OptionMarket {
  readonly quotes: QuoteColumns
  readonly greeks: GreeksColumns
  readonly trades: TradeColumns
  readonly prices: UnderlyingPrices
  readonly ranks: VolatilityRanks
  /** Calls of listeners that threw. */
  listenerErrors = 0
  /** What the last of them threw. */
  lastListenerError: unknown = undefined
  readonly #staleness: StalenessThresholds
  readonly #optionListeners = new Set<(instrument: InstrumentIndex) => undefined>()
  readonly #underlyingListeners = new Set<(symbol: string) => undefined>()

  constructor(options: OptionMarketOptions = {}) {
    this.quotes = options.quotes ?? new QuoteColumns()
    this.greeks = options.greeks ?? new GreeksColumns()
    this.trades = options.trades ?? new TradeColumns()
    this.prices = options.prices ?? new UnderlyingPrices()
    this.ranks = options.ranks ?? new VolatilityRanks()
    this.#staleness = { ...defaultStaleness, ...options.staleness }
  }

  /** Calls back when an option's quote, Greeks, trade or statistic entered; the returned function ends that. */
  onOption(listener: (instrument: InstrumentIndex) => undefined): () => void {
    this.#optionListeners.add(listener)
    return () => this.#optionListeners.delete(listener)
  }

  /** Calls back when an underlying's price or volatility rank entered; the returned function ends that. */
  onUnderlying(listener: (symbol: string) => undefined): () => void {
    this.#underlyingListeners.add(listener)
    return () => this.#underlyingListeners.delete(listener)
  }

  applyQuote(quote: QuoteView): boolean {
    return this.quotes.apply(quote) && this.#tell(this.#optionListeners, quote.instrument)
  }

  applyGreeks(greeks: OptionGreeks): boolean {
    return this.greeks.apply(greeks) && this.#tell(this.#optionListeners, greeks.instrument)
  }

  applyTrade(trade: TradeView): boolean {
    return this.trades.apply(trade) && this.#tell(this.#optionListeners, trade.instrument)
  }

  applyStatistic(statistic: Statistic): boolean {
    return this.quotes.applyStatistic(statistic) && this.#tell(this.#optionListeners, statistic.instrument)
  }

  applyUnderlying(underlying: Underlying, validUntilUs?: Us): boolean {
    return (
      this.prices.apply(underlying, validUntilUs) && this.#tell(this.#underlyingListeners, underlying.symbol)
    )
  }

  /** Stores a volatility rank; the price and its time stay as they are. */
  applyRank(rank: VolatilityRank): boolean {
    return this.ranks.apply(rank) && this.#tell(this.#underlyingListeners, rank.symbol)
  }

  /** Forgets everything about an index: it stands for another instrument now. */
  reset(instrument: InstrumentIndex): void {
    this.quotes.reset(instrument)
    this.greeks.reset(instrument)
    this.trades.reset(instrument)
  }

  /** All that is known of an option as of now. */
  option(instrument: InstrumentIndex, nowUs: Us): MergedOption {
    return mergeOption(this, instrument, nowUs, this.#staleness)
  }

  /** All that is known of an underlying as of now. */
  underlying(symbol: string, nowUs: Us): MergedUnderlying {
    const { underlyingSeconds, ivRankSeconds, skewSeconds } = this.#staleness
    const price = this.prices.get(symbol)
    const rank = this.ranks.get(symbol)
    const priceUs = price?.sourceUs ?? Number.NaN
    const rankUs = rank?.sourceUs ?? Number.NaN
    return {
      symbol,
      priceMicros: price?.priceMicros ?? null,
      priceAge: known(ageSeconds(priceUs, nowUs)),
      priceFreshness: freshness(priceUs, nowUs, underlyingSeconds, skewSeconds),
      ivRank: known(rank?.ivRank ?? Number.NaN),
      ivPercentile: known(rank?.ivPercentile ?? Number.NaN),
      ivAge: known(ageSeconds(rankUs, nowUs)),
      ivFreshness: freshness(rankUs, nowUs, ivRankSeconds, skewSeconds),
    }
  }

  #tell<Key>(listeners: ReadonlySet<(key: Key) => undefined>, key: Key): true {
    for (const listener of listeners) {
      try {
        listener(key)
      } catch (error) {
        this.listenerErrors++
        this.lastListenerError = error
      }
    }
    return true
  }
}
