import {
  BarBuffer,
  type InstrumentIndex,
  type InstrumentTable,
  type MarketSink,
  QuoteBuffer,
  type Tape,
  type Us,
} from '@scalp/canonical'
import type { QuoteRows, SyntheticBars, SyntheticDay, SyntheticMarket } from '@scalp/synthetic'

/** What of a market a tape plays. */
export interface SyntheticTapeOptions {
  readonly market: SyntheticMarket
  readonly instruments: InstrumentTable
  /** Nothing from this instant on. */
  readonly untilUs?: Us
}

/** Bars of the underlying, one a second, each known at its end. */
export class SyntheticBarTape implements Tape {
  receivedUs: Us = Number.POSITIVE_INFINITY
  readonly #days: Iterator<SyntheticDay>
  readonly #instrument: InstrumentIndex
  readonly #untilUs: Us
  readonly #bar = new BarBuffer()
  #bars: SyntheticBars | undefined
  #row = 0

  constructor({ market, instruments, untilUs = Number.POSITIVE_INFINITY }: SyntheticTapeOptions) {
    this.#days = market.days()[Symbol.iterator]()
    this.#instrument = instruments.underlying(market.underlying)
    this.#untilUs = untilUs
  }

  refill(): Promise<boolean> {
    const { value, done } = this.#days.next()
    if (done === true) return Promise.resolve(false)
    this.#bars = value.underlyingBars1s()
    this.#row = 0
    this.#look()
    return Promise.resolve(this.receivedUs !== Number.POSITIVE_INFINITY)
  }

  emit(sink: MarketSink): void {
    const bars = this.#bars as SyntheticBars
    const row = this.#row++
    const bar = this.#bar
    bar.instrument = this.#instrument
    bar.receivedUs = this.receivedUs
    bar.startUs = bars.startUs[row] as Us
    bar.lengthUs = bars.lengthUs
    bar.openMicros = bars.openMicros[row] as number
    bar.highMicros = bars.highMicros[row] as number
    bar.lowMicros = bars.lowMicros[row] as number
    bar.closeMicros = bars.closeMicros[row] as number
    bar.volume = bars.volume[row] as number
    this.#look()
    sink.onBar(bar)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #look(): void {
    const bars = this.#bars as SyntheticBars
    const us =
      this.#row < bars.count ? (bars.startUs[this.#row] as Us) + bars.lengthUs : Number.POSITIVE_INFINITY
    this.receivedUs = us < this.#untilUs ? us : Number.POSITIVE_INFINITY
  }
}

/** Quotes of the chain, sampled at the end of each minute. */
export class SyntheticQuoteTape implements Tape {
  receivedUs: Us = Number.POSITIVE_INFINITY
  readonly #days: Iterator<SyntheticDay>
  readonly #instruments: InstrumentTable
  readonly #untilUs: Us
  readonly #quote = new QuoteBuffer()
  #day: SyntheticDay | undefined
  #minutes: Iterator<QuoteRows> | undefined
  #rows: QuoteRows | undefined
  #row = 0

  constructor({ market, instruments, untilUs = Number.POSITIVE_INFINITY }: SyntheticTapeOptions) {
    this.#days = market.days()[Symbol.iterator]()
    this.#instruments = instruments
    this.#untilUs = untilUs
  }

  refill(): Promise<boolean> {
    for (;;) {
      const minute = this.#minutes?.next()
      if (minute === undefined || minute.done === true) {
        const { value, done } = this.#days.next()
        if (done === true) return Promise.resolve(false)
        this.#day = value
        this.#minutes = value.minutes()[Symbol.iterator]()
        continue
      }
      if (minute.value.endUs >= this.#untilUs) return Promise.resolve(false)
      if (minute.value.count === 0) continue
      this.#rows = minute.value
      this.#row = 0
      this.receivedUs = minute.value.endUs
      return Promise.resolve(true)
    }
  }

  emit(sink: MarketSink): void {
    const rows = this.#rows as QuoteRows
    const row = this.#row++
    const symbol = this.#day?.contracts[rows.contract[row] as number]?.symbol ?? ''
    const quote = this.#quote
    quote.instrument = this.#instruments.requireOption(symbol)
    quote.receivedUs = rows.endUs
    quote.sourceUs = rows.endUs
    quote.bidMicros = rows.bidMicros[row] as number
    quote.askMicros = rows.askMicros[row] as number
    quote.bidSize = rows.bidSize[row] as number
    quote.askSize = rows.askSize[row] as number
    quote.sampleUs = 60_000_000
    if (this.#row >= rows.count) this.receivedUs = Number.POSITIVE_INFINITY
    sink.onQuote(quote)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
