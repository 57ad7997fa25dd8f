import {
  type CalendarReader,
  type InstrumentIndex,
  type InstrumentTable,
  type IsoDate,
  type QuoteReader,
  type TradeView,
  toDollars,
  type UnderlyingReader,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { mergeOption, TradeColumns } from '@scalp/market-data'
import type { OptionUpdate, UnderlyingUpdate, VelocityUpdate } from '@scalp/protocol'
import {
  OptionDelta,
  PriceLevels,
  type ScalpConfig,
  SessionVwap,
  toDirection,
  VelocityTracker,
  VolumeAnalyzer,
} from '@scalp/scalping'
import { CandleBook } from './candles.js'
import { fixed, iso, isoOrNull, usd, usdOr0 } from './wire.js'

/** The market as the engine has it. */
export interface ViewedMarket {
  readonly instruments: InstrumentTable
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly calendar: CalendarReader
}

const WINDOWS = [5, 15, 30, 60]

/** What screens show of one underlying; the same indicators as the strategy's, fed by the same prices. */
class Watched {
  readonly symbol: string
  readonly velocity: VelocityTracker
  readonly signal: VelocityTracker
  readonly vwap: SessionVwap = new SessionVwap()
  readonly levels: PriceLevels = new PriceLevels()
  readonly volume: VolumeAnalyzer = new VolumeAnalyzer()
  readonly candles: CandleBook = new CandleBook()
  date = ''
  isChanged = false

  constructor(symbol: string, { momentumWindowSeconds = 30, velocityAnchor = 'asOf' }: Partial<ScalpConfig>) {
    this.symbol = symbol
    this.velocity = new VelocityTracker({ windows: WINDOWS, anchor: 'asOf' })
    this.signal = new VelocityTracker({ windows: [momentumWindowSeconds], anchor: velocityAnchor })
  }
}

/** Follows the market for screens: what changed since the last look, as messages. It decides nothing. */
export class MarketView {
  readonly #market: ViewedMarket
  readonly #config: Partial<ScalpConfig>
  readonly #watched: ReadonlyMap<string, Watched>
  readonly #deltas: OptionDelta
  readonly #trades = new TradeColumns()
  /** Contracts that screens know, and when they expire. */
  readonly #shown = new Map<string, { readonly underlying: string; readonly expiry: IsoDate }>()
  #isDirty = new Uint8Array(1_024)
  #dirty: InstrumentIndex[] = []

  constructor(market: ViewedMarket, symbols: readonly string[], config: Partial<ScalpConfig>) {
    this.#market = market
    this.#config = config
    this.#watched = new Map(symbols.map((symbol) => [symbol, new Watched(symbol, config)]))
    this.#deltas = new OptionDelta(market)
    market.instruments.onListed(({ index }) => this.#trades.reset(index))
  }

  /** After an event of an instrument; called within a turn. */
  onChanged(instrument: InstrumentIndex): void {
    if (instrument >= this.#isDirty.length) {
      const longer = new Uint8Array(Math.max(instrument + 1, this.#isDirty.length * 2))
      longer.set(this.#isDirty)
      this.#isDirty = longer
    }
    if (this.#isDirty[instrument] === 1) return
    this.#isDirty[instrument] = 1
    this.#dirty.push(instrument)
  }

  /** After a trade: the last price and the volume of contracts. */
  onTrade(trade: TradeView): void {
    const { instrument, receivedUs, size } = trade
    const listed = this.#market.instruments.get(instrument)
    if (listed.kind !== 'option') return
    this.#trades.startDay(this.#market.calendar.tradingDate(receivedUs))
    this.#trades.apply(trade)
    this.#watched.get(listed.option.underlying)?.volume.add(receivedUs, instrument, listed.option.right, size)
  }

  /** After a new price of an underlying. */
  onPrice(symbol: string): void {
    const watched = this.#watched.get(symbol)
    const price = this.#market.prices.get(symbol)
    if (watched === undefined || price === undefined) return
    const { receivedUs, priceMicros, volume } = price
    const date = this.#market.calendar.tradingDate(receivedUs)
    if (date !== watched.date) {
      watched.date = date
      watched.vwap.reset()
      watched.levels.clear()
      watched.velocity.clear()
      watched.signal.clear()
    }
    watched.velocity.add(receivedUs, priceMicros)
    watched.signal.add(receivedUs, priceMicros)
    watched.vwap.add(priceMicros, volume)
    watched.levels.add(receivedUs, priceMicros)
    watched.candles.add(receivedUs, priceMicros, volume, watched.vwap)
    watched.isChanged = true
  }

  candles(symbol: string): CandleBook | undefined {
    return this.#watched.get(symbol)?.candles
  }

  /** The signal window's move, percent; `NaN` when unknown. */
  signalPct(symbol: string): number {
    return this.#watched.get(symbol)?.signal.changePct(this.#config.momentumWindowSeconds ?? 30) ?? Number.NaN
  }

  /** True while contracts changed that were not taken. */
  get hasDirty(): boolean {
    return this.#dirty.length > 0
  }

  /** Some contracts that changed since they were taken last, by underlying. */
  takeOptions(nowUs: Us, most: number): ReadonlyMap<string, OptionUpdate[]> {
    const byUnderlying = new Map<string, OptionUpdate[]>()
    for (const instrument of this.#dirty.splice(0, most)) {
      this.#isDirty[instrument] = 0
      const update = this.option(instrument, nowUs)
      if (update === undefined) continue
      this.#shown.set(update.canonicalId, { underlying: update.underlying, expiry: update.expiry })
      const list = byUnderlying.get(update.underlying)
      if (list === undefined) byUnderlying.set(update.underlying, [update])
      else list.push(update)
    }
    return byUnderlying
  }

  /** Contracts that expired before a date, by underlying: screens may forget them. */
  takeExpired(date: IsoDate): ReadonlyMap<string, string[]> {
    const byUnderlying = new Map<string, string[]>()
    for (const [symbol, { underlying, expiry }] of this.#shown) {
      if (expiry >= date) continue
      this.#shown.delete(symbol)
      byUnderlying.set(underlying, [...(byUnderlying.get(underlying) ?? []), symbol])
    }
    return byUnderlying
  }

  /** A contract as it stands; undefined for an underlying, or an index that is no longer one. */
  option(instrument: InstrumentIndex, nowUs: Us): OptionUpdate | undefined {
    const { instruments, quotes, prices } = this.#market
    let listed: ReturnType<InstrumentTable['get']>
    try {
      listed = instruments.get(instrument)
    } catch {
      return undefined
    }
    if (listed.kind !== 'option' || !this.#watched.has(listed.option.underlying)) return undefined
    const { symbol, option } = listed
    const price = prices.get(option.underlying)?.priceMicros ?? Number.NaN
    /** Fills the columns of Greeks, or empties them where the quotes admit none. */
    this.#deltas.delta(instrument, price, nowUs)
    const columns = { quotes, greeks: this.#deltas.columns, trades: this.#trades }
    const merged = mergeOption(columns, instrument, nowUs)
    return {
      canonicalId: symbol,
      underlying: option.underlying,
      expiry: option.expiry,
      right: option.right,
      strike: option.strikeThousandths / 1_000,
      bid: usd(merged.bidMicros),
      ask: usd(merged.askMicros),
      bidSize: merged.bidSize ?? 0,
      askSize: merged.askSize ?? 0,
      last: usd(merged.lastMicros),
      mid: usd(merged.midMicros),
      spread: usd(merged.spreadMicros),
      spreadPercent: fixed(merged.spreadPercent, 2),
      delta: fixed(merged.delta, 4),
      gamma: fixed(merged.gamma, 5),
      theta: fixed(merged.theta, 4),
      vega: fixed(merged.vega, 4),
      iv: fixed(merged.iv, 4),
      theoreticalValue: usd(merged.theoreticalMicros),
      openInterest: fixed(merged.openInterest, 0),
      volume: fixed(merged.volume, 0),
      quoteTimestamp: isoOrNull(quotes.sourceUs(instrument)),
      greeksTimestamp: isoOrNull(columns.greeks.sourceUs(instrument)),
      quoteAge: fixed(merged.quoteAge, 1),
      greeksAge: fixed(merged.greeksAge, 1),
    }
  }

  /** Underlyings whose price changed since the last call. */
  takePrices(nowUs: Us): readonly {
    readonly price: UnderlyingUpdate
    readonly velocity: Omit<VelocityUpdate, 'cooldownUntil' | 'signalsToday' | 'maxDailySignals'>
  }[] {
    const changed: ReturnType<MarketView['takePrices']>[number][] = []
    for (const watched of this.#watched.values()) {
      if (!watched.isChanged) continue
      watched.isChanged = false
      const price = this.#price(watched, nowUs)
      if (price !== undefined) changed.push({ price, velocity: this.#velocity(watched, price.price, nowUs) })
    }
    return changed
  }

  #price({ symbol, vwap }: Watched, nowUs: Us): UnderlyingUpdate | undefined {
    const price = this.#market.prices.get(symbol)
    if (price === undefined) return undefined
    return {
      symbol,
      price: usdOr0(price.priceMicros),
      ivRank: null,
      ivPercentile: null,
      timestamp: iso(price.sourceUs),
      age: fixed((nowUs - price.sourceUs) / US_PER_SECOND, 1) ?? 0,
      isDerived: price.isDerived,
      open: usd(vwap.openMicros),
      high: usd(vwap.highMicros),
      low: usd(vwap.lowMicros),
    }
  }

  #velocity(
    watched: Watched,
    price: number,
    nowUs: Us,
  ): ReturnType<MarketView['takePrices']>[number]['velocity'] {
    const {
      momentumWindowSeconds = 30,
      momentumThresholdPutPct = 0.4,
      momentumThresholdCallPct = 0.6,
    } = this.#config
    const { symbol, velocity, vwap, levels, volume } = watched
    const bands = vwap.bands()
    return {
      symbol,
      price,
      readings: WINDOWS.map((windowSeconds) => {
        const reading = velocity.velocity(windowSeconds)
        return {
          windowSeconds,
          changePct: fixed(reading?.changePct, 3),
          direction: reading === undefined ? null : toDirection(reading.changePct),
          dataPoints: reading?.dataPoints ?? 0,
        }
      }),
      signalWindowSeconds: momentumWindowSeconds,
      thresholdPutPct: momentumThresholdPutPct,
      thresholdCallPct: momentumThresholdCallPct,
      momentumScore: velocity.momentumScore(),
      volumeRatioCall: fixed(volume.rightRatio('C', nowUs), 2),
      volumeRatioPut: fixed(volume.rightRatio('P', nowUs), 2),
      vwap: usd(vwap.vwapMicros),
      upperBand: usd(bands?.upperMicros),
      lowerBand: usd(bands?.lowerMicros),
      levels: [...levels.supports, ...levels.resistances].map(({ priceMicros, strength, kind }) => ({
        price: toDollars(priceMicros),
        strength,
        kind,
      })),
    }
  }
}
