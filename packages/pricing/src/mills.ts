import { MILLS } from './tables.js'

const PIECES = 64
const STRIDE = 14
const SHIFT = 4

/**
 * Gives Mills' ratio `(1 − Φ(a)) / φ(a)` for `a ≥ 0`: what of the normal tail remains once its exponential is taken
 * out. Relative error below 4e-16 up to infinity.
 *
 * Source: own table, see test/reference/make_tables.py; the change of variable is S. G. Johnson's for `erfcx`.
 */
export function mills(a: number): number {
  const table = MILLS
  const u = SHIFT / (a + SHIFT)
  const place = u * PIECES
  const piece = place < PIECES ? place | 0 : PIECES - 1
  const v = 2 * (place - piece) - 1
  const at = piece * STRIDE
  let sum = table[at + 6] as number
  sum = sum * v + (table[at + 5] as number)
  sum = sum * v + (table[at + 4] as number)
  sum = sum * v + (table[at + 3] as number)
  sum = sum * v + (table[at + 2] as number)
  sum = sum * v + (table[at + 1] as number)
  return (sum * v + (table[at] as number)) * u * (1 / SHIFT)
}

/** Gives minus the slope of Mills' ratio, `1 − a · mills(a)`, without its cancellation; relative error below 6e-16. */
export function millsFall(a: number): number {
  const table = MILLS
  const u = SHIFT / (a + SHIFT)
  const place = u * PIECES
  const piece = place < PIECES ? place | 0 : PIECES - 1
  const v = 2 * (place - piece) - 1
  const at = piece * STRIDE + 7
  let sum = table[at + 6] as number
  sum = sum * v + (table[at + 5] as number)
  sum = sum * v + (table[at + 4] as number)
  sum = sum * v + (table[at + 3] as number)
  sum = sum * v + (table[at + 2] as number)
  sum = sum * v + (table[at + 1] as number)
  const scaled = u * (1 / SHIFT)
  return (sum * v + (table[at] as number)) * scaled * scaled
}
