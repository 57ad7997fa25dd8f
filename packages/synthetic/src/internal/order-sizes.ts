import { createRandom } from '@scalp/canonical'
import { NormalStream } from './normal-stream.js'

const TABLE_LENGTH = 1_024
const VENUES = [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 33, 34, 35, 36, 37]

/** Log-normal sizes, drawn once: picking one is an index, not a logarithm. */
const SIZES: Uint32Array = logNormalTable('sizes', 35, 1.1)
const TRADE_SIZES: Uint32Array = logNormalTable('trade-sizes', 2.2, 1.1)

/** Contracts shown at a price, for an even draw in [0, 1). */
export function quoteSize(u: number): number {
  return SIZES[Math.floor(u * TABLE_LENGTH)] as number
}

/** Contracts of a trade. */
export function tradeSize(u: number): number {
  return TRADE_SIZES[Math.floor(u * TABLE_LENGTH)] as number
}

/** The venue that shows the best price. */
export function venue(u: number): number {
  return VENUES[Math.floor(u * VENUES.length)] as number
}

function logNormalTable(seed: string, median: number, deviation: number): Uint32Array {
  const normal = new NormalStream(createRandom(seed))
  return Uint32Array.from({ length: TABLE_LENGTH }, () =>
    Math.max(1, Math.round(median * Math.exp(deviation * normal.next()))),
  )
}
