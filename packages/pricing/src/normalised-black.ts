import { exponential } from './exponential.js'
import { mills, millsFall } from './mills.js'

const INVERSE_SQRT_TWO_PI = 0.3989422804014327
/** Below this half total volatility, and this log-moneyness, the terms of Black's formula cancel and a series takes over. */
const SMALL_T = 0.1
const SMALL_PRODUCT = 1
/** Up to this the series needs fewer terms. */
const TINY_T = 0.012

/**
 * Gives Black's price of an out-of-the-money option in units of `√(forward · strike)`.
 *
 * Shape: `x ≤ 0` is minus the absolute log-moneyness, `s > 0` the total volatility `σ√T`.
 * Accuracy: relative, some 1e-15 plus what the rounding of `x/s` costs in the far wings.
 * Source: P. Jäckel, "Let's Be Rational" (2015), for the normalisation and the thought of regions.
 */
export function normalisedBlack(x: number, s: number): number {
  return blackOfVega(x / s, 0.5 * s, normalisedVega(x, s), exponential(0.5 * x, 0))
}

/** Gives the derivative of {@link normalisedBlack} by `s`. */
export function normalisedVega(x: number, s: number): number {
  const h = x / s
  const t = 0.5 * s
  return INVERSE_SQRT_TWO_PI * exponential(-0.5 * (h * h + t * t), 0)
}

/**
 * The normalised price of `h = x/s ≤ 0` and `t = s/2`, once its vega and the `highest` price `exp(x/2)` are known:
 * with Y = Φ/φ, it is `vega · (Y(h+t) − Y(h−t))`, and Y of minus a is Mills' ratio of a.
 */
export function blackOfVega(h: number, t: number, vega: number, highest: number): number {
  if (vega === 0 && h + t < 0) return 0
  if (t < SMALL_T && -h * t < SMALL_PRODUCT) return 2 * vega * t * slopeSeries(h, t)
  const right = h + t
  return right <= 0 ? vega * (mills(-right) - mills(t - h)) : highest - vega * (mills(right) + mills(t - h))
}

/**
 * `(Y(h+t) − Y(h−t)) / 2t = Σ t^2k/(2k+1)! · Y^(2k+1)(h)`, all of whose terms are positive; the derivatives follow from
 * `Y' = 1 + hY` by `Y^(n+1) = h·Y^(n) + n·Y^(n−1)`. The first is read from a table, free of cancellation, and so the
 * recurrence loses nothing while |h|·t is small.
 */
function slopeSeries(h: number, t: number): number {
  const square = t * t
  const first = millsFall(-h)
  const second = h * first + mills(-h)
  const third = h * second + 2 * first
  const fourth = h * third + 3 * second
  const fifth = h * fourth + 4 * third
  const sixth = h * fifth + 5 * fourth
  const seventh = h * sixth + 6 * fifth
  if (t < TINY_T) {
    return first + square * (third * (1 / 6) + square * (fifth * (1 / 120) + square * seventh * (1 / 5_040)))
  }
  const eighth = h * seventh + 7 * sixth
  const ninth = h * eighth + 8 * seventh
  const tenth = h * ninth + 9 * eighth
  const eleventh = h * tenth + 10 * ninth
  const twelfth = h * eleventh + 11 * tenth
  const thirteenth = h * twelfth + 12 * eleventh
  const far =
    ninth * (1 / 362_880) + square * (eleventh * (1 / 39_916_800) + square * thirteenth * (1 / 6_227_020_800))
  return (
    first +
    square *
      (third * (1 / 6) + square * (fifth * (1 / 120) + square * (seventh * (1 / 5_040) + square * far)))
  )
}
