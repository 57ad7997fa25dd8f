import type { Schema } from '../dbn/enums.js'
import type { DecodeStats } from '../tape/event-batch.js'

/** The version of the format that is written and read; docs/slice-format.md describes it. */
export const SLICE_VERSION = 1
/** First bytes of a slice. */
export const SLICE_MAGIC: Uint8Array = new TextEncoder().encode('SCALPSLC')
/** Last bytes of a slice that is whole. */
export const END_MAGIC: Uint8Array = new TextEncoder().encode('SLICEEND')
/** Magic, version, length and CRC-32 of the header's text. */
export const HEAD_BYTES = 20
/** Length and CRC-32 of the footer's text, and the magic. */
export const TAIL_BYTES = 16
/** Before each block: length as it lies in the file and decompressed, rows, CRC-32 of these and the bytes. */
export const BLOCK_HEAD_BYTES = 16
/** Rows of the largest block: a batch. */
export const BLOCK_ROWS = 4_096

/** What a slice says of itself at its start. */
export interface SliceHeader {
  readonly dataset: string
  readonly schema: Schema
  /** True when the symbols are options. */
  readonly isOptions: boolean
  /** First and last day, `YYYY-MM-DD`. */
  readonly from: string
  readonly to: string
  /** What was kept, in words that a filter made; for people. */
  readonly filter: Readonly<Record<string, unknown>>
  /** What it was cut out of; a cache compares it with what lies there now. */
  readonly source: Readonly<Record<string, unknown>>
}

/** What a slice says of itself at its end. */
export interface SliceFooter {
  readonly blocks: number
  readonly rows: number
  readonly symbols: number
  /** Sums over all rows: a reader that decodes them all must come to the same. */
  readonly sums: SliceSums
  /** Counts of the original as it was read for this slice. */
  readonly stats: DecodeStats
}

/** Sums of columns in the order of the rows, of values that are not `NaN`; equal to the last bit. */
export interface SliceSums {
  readonly receivedUs: number
  readonly sourceUs: number
  readonly place: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
}

/**
 * A value's code has 16 bits. Small whole numbers are their own code; of these two the first says `NaN` (of a place:
 * the next new one), the second that the value is the next of the column's floats.
 *
 * A column whose codes are mostly below 256 is narrow: a byte each, and of the others their places in the column and
 * their codes, two bytes each, after the bytes. Of any other column the low bytes lie together, and the high bytes
 * after them.
 */
export const CODE = { none: 0xfffe, wide: 0xffff } as const
/** The largest difference, up or down, that a code can say. */
export const MAX_DIFFERENCE = 0x7ffe
/** Instead of how many codes are large: the column is not narrow. */
export const NOT_NARROW = 0xffff_ffff
/** Words at the start of a block: rows, unit, parts, runs, how ages are told, bytes of symbols; then three a column. */
export const BLOCK_WORDS = 6
/** Of each column: codes, floats, and large codes. */
export const COLUMN_WORDS = 3
/** How a block tells the ages of its rows, received less source: one for all, or a column. */
export const AGE = { same: 0, column: 1 } as const
/** Columns of a block. */
export const COLUMN = { place: 0, a: 1, b: 2, c: 3, d: 4, e: 5, time: 6, age: 7 } as const
export const COLUMNS = 8
