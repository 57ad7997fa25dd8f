import { POWERS } from './tables.js'

const PIECES_PER_OCTAVE = 46.16624130844683 // 32 / ln 2
/** ln 2 / 32, cut so that its product with any piece number is exact; and the rest. */
const PIECE_HEAD = 0.021660849392446835
const PIECE_TAIL = 5.145609244655338e-14
/** Added and taken away, rounds to the nearest integer. */
const ROUNDER = 6_755_399_441_055_744
const LOWEST = -745.2
const HIGHEST = 709
const LOWEST_POWER = -1_075
const OCTAVES: Float64Array = Float64Array.from({ length: 2_099 }, (_, i) => 2 ** (i + LOWEST_POWER))

/**
 * Gives `exp(x + tail)` for a `tail` far smaller than `x`, such as what the rounding of `x` left out; within 0.6 units
 * of the last place.
 *
 * Source: P. Tang, "Table-driven implementation of the exponential function" (1989): the nearest multiple of
 * ln 2 / 32 by table, the rest by a polynomial.
 */
export function exponential(x: number, tail: number): number {
  if (!(x > LOWEST && x < HIGHEST)) return Math.exp(x)
  const piece = x * PIECES_PER_OCTAVE + ROUNDER - ROUNDER
  const r = x - piece * PIECE_HEAD - piece * PIECE_TAIL + tail
  const rest = r + r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720)))))
  const whole = piece | 0
  const at = (whole & 31) << 1
  const powers = POWERS
  const power = powers[at] as number
  return (
    (power + (power * rest + (powers[at + 1] as number))) * (OCTAVES[(whole >> 5) - LOWEST_POWER] as number)
  )
}
