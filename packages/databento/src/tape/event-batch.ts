/** What a row of a batch is. */
export const KIND = { quote: 0, trade: 1, bar: 2, openInterest: 3, volume: 4 } as const

/**
 * Decoded events in columns, as threads hand them over.
 *
 * | kind | a | b | c | d | e |
 * | --- | --- | --- | --- | --- | --- |
 * | quote | bid | ask | bid size | ask size | |
 * | trade | price | size | | | |
 * | bar | open | high | low | close | volume |
 * | openInterest, volume | value | | | | |
 *
 * Prices are micro-dollars, `NaN` where there is none; times are µs.
 */
export interface EventBatch {
  count: number
  /** Symbols that rows of this and later batches of the file name by their place, first seen first. */
  newSymbols: string[]
  readonly kind: Uint8Array
  readonly symbol: Uint32Array
  readonly receivedUs: Float64Array
  readonly sourceUs: Float64Array
  readonly a: Float64Array
  readonly b: Float64Array
  readonly c: Float64Array
  readonly d: Float64Array
  readonly e: Float64Array
}

/** Rows of a batch: as many as leave room for a reader in the second cache of a processor. */
export const BATCH_ROWS = 4_096

const FLOAT_COLUMNS = 7
/** Seven columns of floats, one of places, one of kinds. */
const ROW_BYTES = FLOAT_COLUMNS * 8 + 4 + 1

/** An empty batch; shared if it is to lie in memory that threads see at once. */
export function createBatch(
  rows: number = BATCH_ROWS,
  { isShared = false }: { readonly isShared?: boolean } = {},
): EventBatch {
  const buffer = isShared ? new SharedArrayBuffer(rows * ROW_BYTES) : new ArrayBuffer(rows * ROW_BYTES)
  let at = 0
  const column = (): Float64Array => new Float64Array(buffer, rows * 8 * at++, rows)
  return {
    count: 0,
    newSymbols: [],
    kind: new Uint8Array(buffer, rows * (FLOAT_COLUMNS * 8 + 4), rows),
    symbol: new Uint32Array(buffer, rows * FLOAT_COLUMNS * 8, rows),
    receivedUs: column(),
    sourceUs: column(),
    a: column(),
    b: column(),
    c: column(),
    d: column(),
    e: column(),
  }
}

/** Batches that were read to their end, kept by each thread: a day of quotes takes the memory of a few. */
const spare: EventBatch[] = []
const MAX_SPARE = 4
let isSharing = false

/**
 * From now on batches of this thread lie in shared memory, and none is let go: another thread knows each by its place.
 * There are never more than were under way at once.
 */
export function shareBatches(): void {
  isSharing = true
}

/** An empty batch, used before if there is one. */
export function takeBatch(): EventBatch {
  const batch = spare.pop()
  if (batch === undefined) return createBatch(BATCH_ROWS, { isShared: isSharing })
  batch.count = 0
  batch.newSymbols = []
  return batch
}

/** Gives back a batch that nobody reads any more. */
export function giveBatch(batch: EventBatch): void {
  if (isSharing || spare.length < MAX_SPARE) spare.push(batch)
}

/** Counts of what a file held. */
export interface DecodeStats {
  records: number
  kept: number
  /** Records of contracts that were not asked for. */
  filtered: number
  /** Records whose symbol is no OCC symbol, or that no symbol is known for. */
  dropped: number
  /** The first few symbols dropped. */
  droppedSymbols: string[]
  /** Records of other types than the schema's. */
  skipped: number
}

/** No records yet. */
export function emptyStats(): DecodeStats {
  return { records: 0, kept: 0, filtered: 0, dropped: 0, droppedSymbols: [], skipped: 0 }
}

/** Adds the counts of one file to those of others. */
export function addStats(
  sum: DecodeStats,
  { records, kept, filtered, dropped, droppedSymbols, skipped }: DecodeStats,
): void {
  sum.records += records
  sum.kept += kept
  sum.filtered += filtered
  sum.dropped += dropped
  sum.skipped += skipped
  for (const symbol of droppedSymbols) {
    if (sum.droppedSymbols.length < 10 && !sum.droppedSymbols.includes(symbol))
      sum.droppedSymbols.push(symbol)
  }
}
