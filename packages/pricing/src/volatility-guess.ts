import { erfcx } from './normal.js'
import { normalisedVega } from './normalised-black.js'

const SQRT_TWO_PI = 2.5066282746310002
/** Nearer the money than this the lower guess is Bachelier's. */
const BACHELIER_X = -0.1
/** Bachelier's normalised price at u = 1, its logarithm, and there the slope of u² by minus one over the logarithm. */
const PRICE_AT_ONE = 0.08331547058768606
const LOG_PRICE_AT_ONE: number = Math.log(PRICE_AT_ONE)
const SLOPE_AT_ONE: number = (2 * PRICE_AT_ONE * LOG_PRICE_AT_ONE ** 2) / 0.24197072451914337

/** Gives the normalised price where it bends from convex to concave in s, at `s = √(2|x|)`. */
export function inflectionPrice(x: number, highest: number): number {
  return 0.5 * highest * (1 - erfcx(Math.sqrt(-x)))
}

/** Gives a total volatility within some percent of the one that `beta` in (0, highest) has. */
export function firstGuess(x: number, beta: number, highest: number): number {
  const inflection = inflectionPrice(x, highest)
  if (beta >= inflection) return highGuess(x, beta, inflection, highest)
  return x > BACHELIER_X ? -x * bachelierGuess(-beta / x) : lowGuess(x, beta, inflection)
}

/**
 * Inverts Bachelier's normalised price `r = u·φ(1/u) − Φ(−1/u)`, to which Black's tends near the money. Above u = 1 by
 * its series, `r + 1/2 = φ(0)·(u + 1/(2u) − 1/(24u³))`; below, as in {@link lowGuess}, from 0 to u = 1.
 */
function bachelierGuess(r: number): number {
  if (r > PRICE_AT_ONE) {
    const sum = SQRT_TWO_PI * (r + 0.5)
    const rough = 0.5 * (sum + Math.sqrt(Math.max(sum * sum - 2, 0)))
    const closer = sum + 1 / (24 * rough * rough * rough)
    return 0.5 * (closer + Math.sqrt(closer * closer - 2))
  }
  const w = LOG_PRICE_AT_ONE / Math.log(r)
  const bow = w * (1 - w)
  const chord = -LOG_PRICE_AT_ONE
  return Math.sqrt((chord * w * w + 0.5 * bow) / (chord + (0.5 + SLOPE_AT_ONE - 2 * chord) * bow))
}

/** Interpolates s² by `-1/ln b` with a monotone rational between s = 0, where s² → x²/2 · (-1/ln b), and the inflection. */
function lowGuess(x: number, beta: number, inflection: number): number {
  const squareAtInflection = -2 * x
  const logInflection = Math.log(inflection)
  const w = logInflection / Math.log(beta)
  const chord = -squareAtInflection * logInflection
  const slopeAtZero = 0.5 * x * x
  const s = Math.sqrt(squareAtInflection)
  const slopeAtInflection = (2 * s * inflection * logInflection * logInflection) / normalisedVega(x, s)
  const bow = w * (1 - w)
  return Math.sqrt(
    (squareAtInflection * (chord * w * w + slopeAtZero * bow)) /
      (chord + (slopeAtZero + slopeAtInflection - 2 * chord) * bow),
  )
}

/**
 * Corrects the at-the-money answer `v`, exact for x = 0: `s² − v²` runs from its value and slope at the
 * inflection to `4|x|` at infinity.
 */
function highGuess(x: number, beta: number, inflection: number, highest: number): number {
  const v = atTheMoneyGuess(beta / highest)
  if (x === 0) return v
  const vInflection = atTheMoneyGuess(inflection / highest)
  const square = -2 * x
  const excess = square - vInflection * vInflection
  const slope = 2 * (Math.sqrt(square) * Math.exp(-0.125 * vInflection * vInflection) - vInflection)
  const rise = 2 * square - excess
  const k = Math.max(slope / rise, 0) * (v - vInflection)
  return Math.sqrt(v * v + excess + (rise * k) / (1 + k))
}

/** The total volatility of a normalised price at the money: `2√2 · erf⁻¹(q)`, to 0.2 % (S. Winitzki, 2008). */
function atTheMoneyGuess(q: number): number {
  const w = -Math.log1p(-q * q)
  const a = 0.147
  const c = 2 / (Math.PI * a) - 0.5 * w
  const root = Math.sqrt(c * c + w / a)
  return 2 * Math.SQRT2 * Math.sqrt(c > 0 ? w / a / (root + c) : root - c)
}
