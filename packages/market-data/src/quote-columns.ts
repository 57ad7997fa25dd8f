import type { InstrumentIndex, Micros, Quote, QuoteReader, QuoteView, Statistic, Us } from '@scalp/canonical'

/** Columns a quote takes, side by side so that one contract is one or two cache lines. */
const BID = 0
const ASK = 1
const BID_SIZE = 2
const ASK_SIZE = 3
const RECEIVED = 4
const SOURCE = 5
const SAMPLE = 6
const OPEN_INTEREST = 7
const STRIDE = 8

/**
 * The last quote of each instrument, in columns by {@link InstrumentIndex}.
 *
 * Every quote is kept as it came, also one-sided, crossed or wide: {@link QuoteColumns.isTradable} says what may be
 * traded. Nothing is allocated per quote.
 */
export class QuoteColumns implements QuoteReader {
  /** Updates dropped because their source time was older than the stored one's. */
  outOfOrder = 0
  #cells: Float64Array = empty(1_024)
  #volumes: Float64Array = new Float64Array(1_024).fill(Number.NaN)

  /** Stores a quote; false when it is older than the one there is. */
  apply(quote: QuoteView): boolean {
    const at = quote.instrument * STRIDE
    if (at >= this.#cells.length) this.#grow(quote.instrument)
    const cells = this.#cells
    if (quote.sourceUs < (cells[at + SOURCE] as number)) {
      this.outOfOrder++
      return false
    }
    cells[at + BID] = quote.bidMicros
    cells[at + ASK] = quote.askMicros
    cells[at + BID_SIZE] = quote.bidSize
    cells[at + ASK_SIZE] = quote.askSize
    cells[at + RECEIVED] = quote.receivedUs
    cells[at + SOURCE] = quote.sourceUs
    cells[at + SAMPLE] = quote.sampleUs
    return true
  }

  /** Stores open interest or daily volume. */
  applyStatistic({ instrument, kind, value }: Statistic): void {
    if (instrument * STRIDE >= this.#cells.length) this.#grow(instrument)
    if (kind === 'open-interest') this.#cells[instrument * STRIDE + OPEN_INTEREST] = value
    else this.#volumes[instrument] = value
  }

  /** Forgets everything about an index: it stands for another instrument now. */
  reset(instrument: InstrumentIndex): void {
    const at = instrument * STRIDE
    if (at < this.#cells.length) this.#cells.fill(Number.NaN, at, at + STRIDE)
    if (instrument < this.#volumes.length) this.#volumes[instrument] = Number.NaN
  }

  /** Forgets all quotes but those `keep` names: a new day begins. */
  clear(keep: (instrument: InstrumentIndex) => boolean = () => false): void {
    const count = this.#cells.length / STRIDE
    for (let index = 0; index < count; index++) {
      if (!Number.isNaN(this.#cells[index * STRIDE + SOURCE]) && keep(index as InstrumentIndex)) continue
      this.reset(index as InstrumentIndex)
    }
  }

  has(instrument: InstrumentIndex): boolean {
    return !Number.isNaN(this.#cell(instrument, SOURCE))
  }

  bidMicros(instrument: InstrumentIndex): Micros {
    return this.#cell(instrument, BID)
  }

  askMicros(instrument: InstrumentIndex): Micros {
    return this.#cell(instrument, ASK)
  }

  bidSize(instrument: InstrumentIndex): number {
    return this.#cell(instrument, BID_SIZE)
  }

  askSize(instrument: InstrumentIndex): number {
    return this.#cell(instrument, ASK_SIZE)
  }

  midMicros(instrument: InstrumentIndex): Micros {
    return (this.#cell(instrument, BID) + this.#cell(instrument, ASK)) / 2
  }

  spreadMicros(instrument: InstrumentIndex): Micros {
    return this.#cell(instrument, ASK) - this.#cell(instrument, BID)
  }

  spreadPercent(instrument: InstrumentIndex): number {
    const mid = this.midMicros(instrument)
    return mid > 0 ? (this.spreadMicros(instrument) / mid) * 100 : Number.NaN
  }

  receivedUs(instrument: InstrumentIndex): Us {
    return this.#cell(instrument, RECEIVED)
  }

  sourceUs(instrument: InstrumentIndex): Us {
    return this.#cell(instrument, SOURCE)
  }

  sampleUs(instrument: InstrumentIndex): number {
    return this.#cell(instrument, SAMPLE)
  }

  openInterest(instrument: InstrumentIndex): number {
    return this.#cell(instrument, OPEN_INTEREST)
  }

  volume(instrument: InstrumentIndex): number {
    return this.#volumes[instrument] ?? Number.NaN
  }

  isTradable(instrument: InstrumentIndex): boolean {
    const bid = this.#cell(instrument, BID)
    return bid > 0 && this.#cell(instrument, ASK) >= bid
  }

  copy(instrument: InstrumentIndex): Quote | undefined {
    if (!this.has(instrument)) return undefined
    return {
      instrument,
      receivedUs: this.receivedUs(instrument),
      sourceUs: this.sourceUs(instrument),
      bidMicros: this.bidMicros(instrument),
      askMicros: this.askMicros(instrument),
      bidSize: this.bidSize(instrument),
      askSize: this.askSize(instrument),
      sampleUs: this.sampleUs(instrument),
    }
  }

  #cell(instrument: InstrumentIndex, column: number): number {
    return this.#cells[instrument * STRIDE + column] ?? Number.NaN
  }

  #grow(instrument: InstrumentIndex): void {
    const count = Math.max(instrument + 1, (this.#cells.length / STRIDE) * 2)
    const cells = empty(count)
    cells.set(this.#cells)
    this.#cells = cells
    const volumes = new Float64Array(count).fill(Number.NaN)
    volumes.set(this.#volumes)
    this.#volumes = volumes
  }
}

function empty(count: number): Float64Array {
  return new Float64Array(count * STRIDE).fill(Number.NaN)
}
