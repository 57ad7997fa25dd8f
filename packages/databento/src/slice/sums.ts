import type { EventBatch } from '../tape/event-batch.js'
import type { SliceSums } from './format.js'

/** Sums of a slice under way. */
export type RunningSums = { -readonly [Name in keyof SliceSums]: SliceSums[Name] }

/** No rows yet. */
export function emptySums(): RunningSums {
  return { receivedUs: 0, sourceUs: 0, place: 0, a: 0, b: 0, c: 0, d: 0, e: 0 }
}

/** Which of the columns `a` to `e` rows of a kind have, by kind. */
export const COLUMNS_OF_KIND: readonly number[] = [4, 2, 5, 1, 1]

/** Adds a batch, row by row. */
export function addToSums(sums: RunningSums, batch: EventBatch): void {
  const { count, kind, symbol, receivedUs, sourceUs } = batch
  const columns = [batch.a, batch.b, batch.c, batch.d, batch.e]
  const names = ['a', 'b', 'c', 'd', 'e'] as const
  for (let row = 0; row < count; row++) {
    sums.receivedUs += receivedUs[row] as number
    sums.sourceUs += sourceUs[row] as number
    sums.place += symbol[row] as number
  }
  for (const [i, name] of names.entries()) {
    const column = columns[i] as Float64Array
    let sum = sums[name]
    for (let row = 0; row < count; row++) {
      const value = column[row] as number
      if (i < (COLUMNS_OF_KIND[kind[row] as number] as number) && value === value) sum += value
    }
    sums[name] = sum
  }
}

/** Adds one row: kind, place, receive time, source time and `a` to `e` side by side; the same sums as of a batch. */
export function addRowToSums(sums: RunningSums, values: Float64Array, at: number): void {
  sums.place += values[at + 1] as number
  sums.receivedUs += values[at + 2] as number
  sums.sourceUs += values[at + 3] as number
  const columns = COLUMNS_OF_KIND[values[at] as number] as number
  const [a, b, c, d, e] = [values[at + 4], values[at + 5], values[at + 6], values[at + 7], values[at + 8]]
  if (a === a) sums.a += a as number
  if (columns > 1 && b === b) sums.b += b as number
  if (columns > 2 && c === c) sums.c += c as number
  if (columns > 2 && d === d) sums.d += d as number
  if (columns > 4 && e === e) sums.e += e as number
}
