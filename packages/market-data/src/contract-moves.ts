import type { InstrumentIndex, Micros, QuoteView, Us } from '@scalp/canonical'

/** Sums of the average, then the samples, newest first: prices and times side by side, one line of 64 bytes. */
const WEIGHT = 0
const WEIGHTED = 1
const MID_0 = 2
const MID_1 = 3
const MID_2 = 4
const US_0 = 5
const US_1 = 6
const US_2 = 7
const STRIDE = 8

/** What a {@link ContractMoves} may be told. */
export interface ContractMovesOptions {
  /** How far back a move is measured; 120 s unless told, which is two samples of a minute. */
  readonly windowMs?: number
}

/**
 * How the prices of contracts themselves move, in columns by {@link InstrumentIndex}: the change of the mid over the
 * last three quotes, and the average mid since the start, weighted by displayed size. For strategies that look at
 * every quote of a chain: a quote costs a few ns and allocates nothing.
 */
export class ContractMoves {
  readonly #windowUs: number
  #cells: Float64Array = blank(new Float64Array(1_024 * STRIDE), 0, 1_024 * STRIDE)

  constructor({ windowMs = 120_000 }: ContractMovesOptions = {}) {
    this.#windowUs = windowMs * 1_000
  }

  /** Takes a quote; false when it has no mid, because a side is empty, or displays no size. */
  add(quote: QuoteView): boolean {
    const mid = (quote.bidMicros + quote.askMicros) / 2
    const weight = quote.bidSize + quote.askSize
    if (!(mid > 0 && weight > 0)) return false
    const at = quote.instrument * STRIDE
    if (at >= this.#cells.length) this.#grow(quote.instrument)
    const cells = this.#cells
    cells[at + WEIGHT] = (cells[at + WEIGHT] as number) + weight
    cells[at + WEIGHTED] = (cells[at + WEIGHTED] as number) + weight * mid
    cells[at + MID_2] = cells[at + MID_1] as number
    cells[at + US_2] = cells[at + US_1] as number
    cells[at + MID_1] = cells[at + MID_0] as number
    cells[at + US_1] = cells[at + US_0] as number
    cells[at + MID_0] = mid
    cells[at + US_0] = quote.receivedUs
    return true
  }

  /** From the oldest of the last three quotes within the window to the newest, percent; `NaN` with fewer than two. */
  changePct(instrument: InstrumentIndex): number {
    const at = instrument * STRIDE
    const cells = this.#cells
    if (at >= cells.length) return Number.NaN
    const oldestUs = (cells[at + US_0] as Us) - this.#windowUs
    let before = cells[at + MID_2] as Micros
    if (!((cells[at + US_2] as Us) >= oldestUs))
      before = (cells[at + US_1] as Us) >= oldestUs ? (cells[at + MID_1] as Micros) : Number.NaN
    return ((cells[at + MID_0] as Micros) / before - 1) * 100
  }

  /** Average mid, weighted by the displayed size of both sides; `NaN` before the first quote. */
  averageMicros(instrument: InstrumentIndex): Micros {
    const at = instrument * STRIDE
    if (at >= this.#cells.length) return Number.NaN
    return (this.#cells[at + WEIGHTED] as number) / (this.#cells[at + WEIGHT] as number)
  }

  /** Forgets a contract: its index stands for another one, or a session starts. */
  reset(instrument: InstrumentIndex): void {
    const at = instrument * STRIDE
    if (at < this.#cells.length) blank(this.#cells, at, at + STRIDE)
  }

  /** Forgets all: a session starts. */
  clear(): void {
    blank(this.#cells, 0, this.#cells.length)
  }

  #grow(instrument: InstrumentIndex): void {
    const cells = new Float64Array(Math.max((instrument + 1) * STRIDE, this.#cells.length * 2))
    cells.set(this.#cells)
    blank(cells, this.#cells.length, cells.length)
    this.#cells = cells
  }
}

/** Sums are 0, and no sample is known. */
function blank(cells: Float64Array, from: number, to: number): Float64Array {
  cells.fill(Number.NaN, from, to)
  for (let at = from; at < to; at += STRIDE) cells.fill(0, at, at + MID_0)
  return cells
}
