import {
  createQuoteBlock,
  type InstrumentIndex,
  type Micros,
  type Quote,
  type QuoteBlock,
  type QuoteReader,
  type QuoteView,
  type Statistic,
  type Us,
} from '@scalp/canonical'

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
/** Cells that no longer fit a processor's own cache: 16,384 contracts. */
const LARGE = 16_384 * STRIDE
/** Rows that are read ahead of. */
const AHEAD = 256
/** Columns of what is told once a day or now and then. */
const OPEN_INTEREST_US = 0
const VOLUME = 1
const VOLUME_US = 2
const DAILY_STRIDE = 3

/**
 * The last quote of each instrument, in columns by {@link InstrumentIndex}.
 *
 * A one-sided or wide quote is kept as it came: {@link QuoteColumns.isTradable} says what may be traded. What is
 * malformed never enters: an update without a time, older than the one there is, or with a price or size that is
 * none is dropped and counted, and what there was stays until it is stale. The prices of a crossed quote are no
 * prices either, but it does say that the ones before it are gone: both sides become unknown. Nothing is
 * allocated per quote.
 */
export class QuoteColumns implements QuoteReader {
  /** Updates dropped because their source time was older than the stored one's. */
  outOfOrder = 0
  /** Updates dropped because a time, a price or a size was none: not finite, or negative. */
  malformed = 0
  /** Quotes whose ask was below their bid; their sides are stored as unknown. */
  crossed = 0
  /** Where a single quote lies on its way in; its times are two. */
  readonly #single = createQuoteBlock({ rows: 1, sampleUs: 0 })
  /** So that no reader ahead is thrown away as useless. */
  readonly #touched = new Float64Array(1)
  #cells: Float64Array = empty(1_024, STRIDE)
  #daily: Float64Array = empty(1_024, DAILY_STRIDE)

  /** Stores a quote; false when it is malformed or older than the one there is. */
  apply(quote: QuoteView): boolean {
    const block = this.#single
    block.receivedUs[0] = quote.receivedUs
    block.sourceUs[0] = quote.sourceUs
    block.bidMicros[0] = quote.bidMicros
    block.askMicros[0] = quote.askMicros
    block.bidSize[0] = quote.bidSize
    block.askSize[0] = quote.askSize
    block.sampleUs = quote.sampleUs
    return this.applyRow(block, 0, quote.instrument)
  }

  /** As {@link apply}, of a row of a block: no number is boxed on the way. */
  applyRow(block: QuoteBlock, row: number, instrument: InstrumentIndex): boolean {
    const bidMicros = block.bidMicros[row] as Micros
    const askMicros = block.askMicros[row] as Micros
    const bidSize = block.bidSize[row] as number
    const askSize = block.askSize[row] as number
    const receivedUs = block.receivedUs[row] as Us
    const sourceUs = block.sourceUs[row] as Us
    if (
      !(
        isPriceOrEmpty(bidMicros) &&
        isPriceOrEmpty(askMicros) &&
        isCount(bidSize) &&
        isCount(askSize) &&
        isFinite(sourceUs) &&
        isFinite(receivedUs)
      )
    ) {
      this.malformed++
      return false
    }
    const at = instrument * STRIDE
    if (at >= this.#cells.length) this.#grow(instrument)
    const cells = this.#cells
    if (sourceUs < (cells[at + SOURCE] as number)) {
      this.outOfOrder++
      return false
    }
    cells[at + RECEIVED] = receivedUs
    cells[at + SOURCE] = sourceUs
    cells[at + SAMPLE] = block.sampleUs
    if (askMicros < bidMicros) {
      this.crossed++
      cells[at + BID] = Number.NaN
      cells[at + ASK] = Number.NaN
      cells[at + BID_SIZE] = 0
      cells[at + ASK_SIZE] = 0
      return true
    }
    cells[at + BID] = bidMicros
    cells[at + ASK] = askMicros
    cells[at + BID_SIZE] = bidSize
    cells[at + ASK_SIZE] = askSize
    return true
  }

  /**
   * Reads ahead what {@link applyRow} will change, some hundred rows, and answers the row after them. Reads that do not
   * wait for one another overlap, which saves a tenth where the columns are larger than the processor's cache.
   */
  touch({ indexes, place }: QuoteBlock, from: number, end: number): number {
    const cells = this.#cells
    if (cells.length < LARGE) return end
    const to = Math.min(end, from + AHEAD)
    let sum = 0
    for (let row = from; row < to; row++) {
      const at = Math.max(0, indexes[place[row] as number] as number) * STRIDE
      if (at < cells.length) sum += cells[at] as number
    }
    this.#touched[0] = sum
    return to
  }

  /** Stores open interest or daily volume; false when it is no count, has no time, or is older than what there is. */
  applyStatistic({ instrument, kind, value, receivedUs }: Statistic): boolean {
    if (!(isFinite(receivedUs) && isCount(value))) {
      this.malformed++
      return false
    }
    if (instrument * STRIDE >= this.#cells.length) this.#grow(instrument)
    const at = instrument * DAILY_STRIDE
    const isVolume = kind === 'volume'
    const timeColumn = isVolume ? VOLUME_US : OPEN_INTEREST_US
    if (receivedUs < (this.#daily[at + timeColumn] as number)) {
      this.outOfOrder++
      return false
    }
    this.#daily[at + timeColumn] = receivedUs
    if (isVolume) this.#daily[at + VOLUME] = value
    else this.#cells[instrument * STRIDE + OPEN_INTEREST] = value
    return true
  }

  /** Forgets everything about an index: it stands for another instrument now. */
  reset(instrument: InstrumentIndex): void {
    const at = instrument * STRIDE
    if (at < this.#cells.length) this.#cells.fill(Number.NaN, at, at + STRIDE)
    const daily = instrument * DAILY_STRIDE
    if (daily < this.#daily.length) this.#daily.fill(Number.NaN, daily, daily + DAILY_STRIDE)
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
    return this.#dailyCell(instrument, VOLUME)
  }

  /** When open interest was received; `NaN` when it never was. */
  openInterestUs(instrument: InstrumentIndex): Us {
    return this.#dailyCell(instrument, OPEN_INTEREST_US)
  }

  /** When the daily volume was received; `NaN` when it never was. */
  volumeUs(instrument: InstrumentIndex): Us {
    return this.#dailyCell(instrument, VOLUME_US)
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

  #dailyCell(instrument: InstrumentIndex, column: number): number {
    return this.#daily[instrument * DAILY_STRIDE + column] ?? Number.NaN
  }

  #grow(instrument: InstrumentIndex): void {
    const count = Math.max(instrument + 1, (this.#cells.length / STRIDE) * 2)
    const cells = empty(count, STRIDE)
    cells.set(this.#cells)
    this.#cells = cells
    const daily = empty(count, DAILY_STRIDE)
    daily.set(this.#daily)
    this.#daily = daily
  }
}

function empty(count: number, stride: number): Float64Array {
  return new Float64Array(count * stride).fill(Number.NaN)
}

/** An empty side is `NaN`; any other price must be finite and not negative. */
function isPriceOrEmpty(micros: Micros): boolean {
  return !(micros < 0) && micros !== Number.POSITIVE_INFINITY
}

function isCount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}

function isFinite(value: number): boolean {
  return value > Number.NEGATIVE_INFINITY && value < Number.POSITIVE_INFINITY
}
