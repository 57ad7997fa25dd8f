import type { InstrumentIndex, IsoDate, Micros, TradeView, Us } from '@scalp/canonical'

const LAST = 0
const SIZE = 1
const SOURCE = 2
const VOLUME = 3
const STRIDE = 4

/**
 * The last trade of each option and the contracts traded since {@link TradeColumns.startDay}, by {@link InstrumentIndex}.
 *
 * A trade without a positive price, size or a time, or older than the last one, is dropped and counted. Nothing is
 * allocated per trade.
 */
export class TradeColumns {
  /** Trades dropped because price, size or time was none. */
  malformed = 0
  /** Trades dropped because they were older than the last one. */
  outOfOrder = 0
  #cells: Float64Array = new Float64Array(0)
  #date: IsoDate = ''

  /** Stores a trade; false when it is malformed or older than the last. */
  apply(trade: TradeView): boolean {
    const { instrument, priceMicros, size, sourceUs } = trade
    if (!(isPositive(priceMicros) && isPositive(size) && Number.isFinite(sourceUs))) {
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
    const before = cells[at + VOLUME] as number
    cells[at + LAST] = priceMicros
    cells[at + SIZE] = size
    cells[at + SOURCE] = sourceUs
    cells[at + VOLUME] = Number.isNaN(before) ? size : before + size
    return true
  }

  /** Begins to count volume anew when the trading date has changed; last trades stay. */
  startDay(date: IsoDate): void {
    if (date === this.#date) return
    this.#date = date
    for (let at = VOLUME; at < this.#cells.length; at += STRIDE) this.#cells[at] = Number.NaN
  }

  lastMicros(instrument: InstrumentIndex): Micros {
    return this.#cell(instrument, LAST)
  }

  lastSize(instrument: InstrumentIndex): number {
    return this.#cell(instrument, SIZE)
  }

  /** When the last trade was; `NaN` when none came. */
  sourceUs(instrument: InstrumentIndex): Us {
    return this.#cell(instrument, SOURCE)
  }

  /** Contracts traded today, as far as their trades came; `NaN` before the first. */
  volume(instrument: InstrumentIndex): number {
    return this.#cell(instrument, VOLUME)
  }

  /** Forgets everything about an index: it stands for another instrument now. */
  reset(instrument: InstrumentIndex): void {
    const at = instrument * STRIDE
    if (at < this.#cells.length) this.#cells.fill(Number.NaN, at, at + STRIDE)
  }

  #cell(instrument: InstrumentIndex, column: number): number {
    return this.#cells[instrument * STRIDE + column] ?? Number.NaN
  }

  #grow(instrument: InstrumentIndex): void {
    const count = Math.max(instrument + 1, 256, (this.#cells.length / STRIDE) * 2)
    const cells = new Float64Array(count * STRIDE).fill(Number.NaN)
    cells.set(this.#cells)
    this.#cells = cells
  }
}

function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY
}
