import {
  type BarView,
  type InstrumentIndex,
  type MarketSink,
  QuoteBuffer,
  type QuoteView,
  type Statistic,
  type TradeView,
  type Us,
} from '@scalp/canonical'

/**
 * Stands before a sink while a replay fills a gap.
 *
 * The quotes of a gap are history when they come: of each contract the newest is told, once the replay has caught up,
 * so that nobody sells on a price of half a minute ago that is not to be had any more. Trades, bars and statistics
 * are told all, for they are summed up. What was kept is told as received when it is told.
 */
export class GapSink implements MarketSink {
  /** Quotes of gaps that a newer one of the same contract made needless. */
  conflated = 0
  /** When the last event came; `NaN` before the first. */
  receivedUs: Us = Number.NaN
  readonly #sink: MarketSink
  readonly #kept = new Map<InstrumentIndex, QuoteBuffer>()
  #isFilling = false
  #endUs: Us = Number.NEGATIVE_INFINITY

  constructor(sink: MarketSink) {
    this.#sink = sink
  }

  /** True until {@link caughtUp}, or a quote from after the gap, after {@link fill}. */
  get isFilling(): boolean {
    return this.#isFilling
  }

  /** A replay begins, of what was before `endUs`. */
  fill(endUs: Us): void {
    this.#isFilling = true
    this.#endUs = Math.max(this.#endUs, endUs)
  }

  /** The replay has caught up: what was kept is told. */
  caughtUp(): void {
    if (!this.#isFilling) return
    for (const quote of this.#kept.values()) {
      quote.receivedUs = this.receivedUs
      this.#sink.onQuote(quote)
    }
    this.#kept.clear()
    this.#endUs = Number.NEGATIVE_INFINITY
    this.#isFilling = false
  }

  /** Forgets what was kept: there is another connection. */
  reset(): void {
    this.#kept.clear()
    this.#endUs = Number.NEGATIVE_INFINITY
    this.#isFilling = false
  }

  onQuote(quote: QuoteView): undefined {
    this.receivedUs = quote.receivedUs
    if (this.#isFilling) {
      if (quote.sourceUs < this.#endUs) return this.#keep(quote)
      this.caughtUp()
    }
    this.#sink.onQuote(quote)
  }

  onTrade(trade: TradeView): undefined {
    this.receivedUs = trade.receivedUs
    this.#sink.onTrade(trade)
  }

  onBar(bar: BarView): undefined {
    this.receivedUs = bar.receivedUs
    this.#sink.onBar(bar)
  }

  onStatistic(statistic: Statistic): undefined {
    this.receivedUs = statistic.receivedUs
    this.#sink.onStatistic(statistic)
  }

  #keep(quote: QuoteView): undefined {
    const known = this.#kept.get(quote.instrument)
    if (known !== undefined) this.conflated++
    if (known !== undefined && known.sourceUs > quote.sourceUs) return
    this.#kept.set(quote.instrument, Object.assign(known ?? new QuoteBuffer(), quote.copy()))
  }
}
