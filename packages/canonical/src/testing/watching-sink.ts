import type { BarView, QuoteView, Statistic, TradeView } from '../events.js'
import type { MarketSink } from '../ports.js'
import type { Micros, Us } from '../units.js'
import { BrokenPortError, isAmount, isInstant } from './conformance.js'

/** Keeps a copy of every event, and remembers the first thing that was wrong. */
export class WatchingSink implements MarketSink {
  readonly kept: object[] = []
  count = 0
  lastUs: Us = 0
  #isStarting = false
  #problem: BrokenPortError | undefined

  /** Starts a feed: it may not tell anything before the call has returned its promise. */
  async during(start: () => Promise<void>): Promise<void> {
    this.#isStarting = true
    const started = start()
    this.#isStarting = false
    await started
  }

  /** @throws {@link BrokenPortError} When an event was not as it must be. */
  check(): void {
    if (this.#problem !== undefined) throw this.#problem
  }

  onQuote(quote: QuoteView): undefined {
    const { bidMicros, askMicros, bidSize, askSize, sourceUs, sampleUs } = quote
    this.#see(quote, quote.copy())
    this.#must(
      isSide(bidMicros, bidSize) && isSide(askMicros, askSize),
      'A side is neither an amount nor empty',
      quote,
    )
    this.#must(isInstant(sourceUs), 'sourceUs is no instant in µs', quote)
    this.#must(Number.isInteger(sampleUs) && sampleUs >= 0, 'sampleUs is no duration', quote)
  }

  onTrade(trade: TradeView): undefined {
    this.#see(trade, trade.copy())
    this.#must(isAmount(trade.priceMicros), 'priceMicros is no amount', trade)
    this.#must(trade.size > 0, 'A trade has no size', trade)
  }

  onBar(bar: BarView): undefined {
    this.#see(bar, bar.copy())
    const { openMicros, highMicros, lowMicros, closeMicros, startUs, lengthUs, receivedUs } = bar
    this.#must([openMicros, highMicros, lowMicros, closeMicros].every(isAmount), 'A price is no amount', bar)
    this.#must(receivedUs >= startUs + lengthUs, 'A bar is known before its end', bar)
  }

  onStatistic(statistic: Statistic): undefined {
    this.#see(statistic, { ...statistic })
    this.#must(statistic.value >= 0, 'A statistic is below 0 or unknown', statistic)
  }

  #see(event: { readonly instrument: number; readonly receivedUs: Us }, copy: object): void {
    this.#must(!this.#isStarting, 'An event came before start had returned', event)
    this.#must(
      Number.isInteger(event.instrument) && event.instrument >= 0,
      'An instrument is no index',
      event,
    )
    this.#must(isInstant(event.receivedUs), 'receivedUs is no instant in µs', event)
    this.#must(event.receivedUs >= this.lastUs, 'An event is older than the one before', event)
    this.lastUs = event.receivedUs
    this.count++
    this.kept.push(copy)
  }

  #must(isSo: boolean, problem: string, seen: unknown): void {
    if (!isSo) this.#problem ??= new BrokenPortError({ problem, seen: { ...(seen as object) } })
  }
}

/** An empty side is `NaN` with size 0. */
function isSide(micros: Micros, size: number): boolean {
  return Number.isNaN(micros) ? size === 0 : isAmount(micros) && size >= 0
}
