import { exponential } from './exponential.js'
import { mills } from './mills.js'

const SQRT_HALF = Math.SQRT1_2
const SQRT_TWO_OVER_PI = 0.7978845608028654
const INVERSE_SQRT_TWO_PI = 0.3989422804014327
/** Below this `erfcx` is beyond the largest double. */
const ERFCX_LOWEST = -26.628
/** Beyond this the density is below the smallest double. */
const PDF_HIGHEST = 39

/**
 * Gives the probability that a standard normal variable is below `x`, to full double precision, far tail included.
 *
 * @example
 * normalCdf(-1.96) // 0.024997895148220435
 */
export function normalCdf(x: number): number {
  const a = Math.abs(x)
  if (a < 0.66) return 0.5 * (1 + erfCentral(x * SQRT_HALF))
  const tail = a > PDF_HIGHEST ? 0 : INVERSE_SQRT_TWO_PI * expMinusHalfSquare(a) * mills(a)
  return x > 0 ? 1 - tail : tail
}

/** Gives the standard normal density at `x`. */
export function normalPdf(x: number): number {
  const a = Math.abs(x)
  return a > PDF_HIGHEST ? 0 : INVERSE_SQRT_TWO_PI * expMinusHalfSquare(a)
}

/**
 * Gives the scaled complementary error function `exp(x²) · erfc(x)`; `Infinity` below -26.6.
 */
export function erfcx(x: number): number {
  if (x < 0.46875 && x > -0.46875) return exponential(x * x, 0) * (1 - erfCentral(x))
  if (x >= 0) return SQRT_TWO_OVER_PI * mills(x * Math.SQRT2)
  if (x < ERFCX_LOWEST) return Number.POSITIVE_INFINITY
  const square = x * x
  return 2 * exponential(square, squareTail(x, square)) - SQRT_TWO_OVER_PI * mills(-x * Math.SQRT2)
}

/**
 * `erf` for |x| ≤ 0.47.
 *
 * Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
 */
function erfCentral(x: number): number {
  const z = x * x
  const top =
    (((0.18577770618460315 * z + 3.1611237438705655) * z + 113.86415415105016) * z + 377.485237685302) * z +
    3209.3775891384694
  const bottom =
    (((z + 23.601290952344122) * z + 244.02463793444417) * z + 1282.6165260773723) * z + 2844.236833439171
  return (x * top) / bottom
}

/** `exp(-a²/2)`, with what the rounding of the square leaves out. */
function expMinusHalfSquare(a: number): number {
  const square = a * a
  return exponential(-0.5 * square, -0.5 * squareTail(a, square))
}

/** What `x²` is more than its rounded value, exactly: T. J. Dekker's product (1971). */
function squareTail(x: number, square: number): number {
  const split = 134_217_729 * x
  const head = split - (split - x)
  const rest = x - head
  return head * head - square + 2 * head * rest + rest * rest
}
