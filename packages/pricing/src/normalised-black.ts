import { erfcx, normalCdf } from './normal.js'

const SQRT_HALF = Math.SQRT1_2
const SQRT_HALF_PI = 1.2533141373155003
const INVERSE_SQRT_TWO_PI = 0.3989422804014327
/** Below this half total volatility the two terms of Black's formula cancel, and a series takes over. */
const SMALL_T = 0.25
/** Below this the forward recurrence of the series loses digits, and a continued fraction takes over. */
const FAR_H = -4
const EPSILON = 2 ** -54

/**
 * Gives Black's price of an out-of-the-money option in units of `√(forward · strike)`.
 *
 * Shape: `x ≤ 0` is minus the absolute log-moneyness, `s > 0` the total volatility `σ√T`.
 * Accuracy: relative, some 1e-15 plus what the rounding of `x/s` costs in the far wings.
 * Source: P. Jäckel, "Let's Be Rational" (2015), for the normalisation and the regions; the series below
 * sums `Y(h+t) − Y(h−t) = 2 Σ t^(2k+1)/(2k+1)! · Y^(2k+1)(h)` with `Y = Φ/φ`, all of whose terms are positive.
 */
export function normalisedBlack(x: number, s: number): number {
  const h = x / s
  const t = 0.5 * s
  if (h < -39 && h + t < -38.6) return 0
  if (t < SMALL_T) return INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * (h * h + t * t)) * smallDifference(h, t)
  if (h + t > 0) return Math.exp(0.5 * x) * normalCdf(h + t) - Math.exp(-0.5 * x) * normalCdf(h - t)
  const difference = erfcx(-(h + t) * SQRT_HALF) - erfcx(-(h - t) * SQRT_HALF)
  return 0.5 * Math.exp(-0.5 * (h * h + t * t)) * difference
}

/** Gives the derivative of {@link normalisedBlack} by `s`. */
export function normalisedVega(x: number, s: number): number {
  const h = x / s
  const t = 0.5 * s
  return INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * (h * h + t * t))
}

/** `Y(h+t) − Y(h−t)` for h ≤ 0 and small t ≥ 0. */
function smallDifference(h: number, t: number): number {
  if (h < FAR_H) return farDifference(h, t)
  const square = t * t
  let even = SQRT_HALF_PI * erfcx(-h * SQRT_HALF)
  let odd = 1 + h * even
  let power = t
  let sum = odd * t
  for (let n = 1; n < 30; n += 2) {
    even = h * odd + n * even
    odd = h * even + (n + 1) * odd
    power *= square / ((n + 1) * (n + 2))
    const term = odd * power
    sum += term
    if (term < EPSILON * sum) break
  }
  return 2 * sum
}

const DEPTH = 40
const ratios = new Float64Array(DEPTH + 1)

/** The same by ratios `Y^(n)/Y^(n-1) = n / (|h| + next ratio)`, taken downwards, where they are stable. */
function farDifference(h: number, t: number): number {
  const a = -h
  let ratio = 0.5 * (Math.sqrt(a * a + 4 * DEPTH) - a)
  for (let n = DEPTH; n >= 1; n--) {
    ratio = n / (a + ratio)
    ratios[n] = ratio
  }
  let term = (ratio / (a + ratio)) * t
  let sum = term
  for (let n = 1; n + 2 <= DEPTH; n += 2) {
    term *= ((ratios[n + 1] as number) * (ratios[n + 2] as number) * t * t) / ((n + 1) * (n + 2))
    sum += term
    if (term < EPSILON * sum) break
  }
  return 2 * sum
}
