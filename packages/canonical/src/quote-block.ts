import type { InstrumentIndex } from './instruments.js'
import type { Tape } from './ports.js'

/**
 * Quotes in columns, in the order of the tape: rows `[from, to)` are still to be handed out.
 *
 * Borrowed from a {@link BlockTape}: dead after its next `refill`. All producers use the same kinds of arrays, so
 * that a loop over them stays monomorphic; arrays may be longer than `to`.
 *
 * Units: prices are micro-dollars, `NaN` for an empty side; times are µs since 1970; sizes are contracts.
 */
export interface QuoteBlock {
  /** The row under the head of the tape. */
  from: number
  /** One past the last row. */
  to: number
  /** What each row is about: a place in `indexes`. */
  place: Uint32Array
  /**
   * Instrument indexes by place; −1 until a row of the place has been handed out: then ask {@link BlockTape.intern},
   * which fills it in. Never ask ahead: indexes are given in the order of emission.
   */
  indexes: Int32Array
  /** Never falls from row to row; many rows may share one time. */
  receivedUs: Float64Array
  /** The same array as `receivedUs` where quotes are samples of intervals. */
  sourceUs: Float64Array
  bidMicros: Float64Array
  askMicros: Float64Array
  bidSize: Float64Array
  askSize: Float64Array
  /** 0 for ticks, else the interval that every row is the end sample of, µs. */
  sampleUs: number
}

/** Bars in columns, as quotes are in a {@link QuoteBlock}. Units: micro-dollars, µs, shares or contracts. */
export interface BarBlock {
  from: number
  to: number
  place: Uint32Array
  indexes: Int32Array
  /** When each bar was over. */
  receivedUs: Float64Array
  startUs: Float64Array
  openMicros: Float64Array
  highMicros: Float64Array
  lowMicros: Float64Array
  closeMicros: Float64Array
  volume: Float64Array
}

/**
 * A tape that also lends its quotes in columns, for readers that handle many at once.
 *
 * Reading rows of the block and then {@link advanceTo} is the same as so many calls of `emit`; the two may be mixed.
 *
 * @example
 * const block = tape.quotes()
 * if (block !== undefined) {
 *   let row = block.from
 *   for (; row < block.to && block.receivedUs[row] <= untilUs; row++) {
 *     const place = block.place[row]
 *     let instrument = block.indexes[place]
 *     if (instrument < 0) instrument = tape.intern(place)
 *     // …
 *   }
 *   tape.advanceTo(row)
 * }
 */
export interface BlockTape extends Tape {
  /** The quotes from the head on, as far as they lie in one piece; undefined when no quote is under the head. */
  quotes(): QuoteBlock | undefined
  /** The bars from the head on, likewise; a tape without bars need not have it. */
  bars?(): BarBlock | undefined
  /** Moves the head to a row of the block that `quotes` or `bars` lent: all before it were handled. */
  advanceTo(row: number): void
  /** The instrument of a place, when its first row is handed out. */
  intern(place: number): InstrumentIndex
}

/** True for a tape that lends its quotes in columns. */
export function isBlockTape(tape: Tape): tape is BlockTape {
  return typeof (tape as Partial<BlockTape>).quotes === 'function'
}
