import type { Right } from '@scalp/canonical'
import { type RightSign, rightSign } from './black76.js'
import { logRatio } from './log-ratio.js'
import { blackOfVega, normalisedVega } from './normalised-black.js'
import { firstGuess, inflectionPrice } from './volatility-guess.js'

/** An option's price and what else its volatility follows from. */
export interface ImpliedVolatilityInput {
  readonly right: Right
  /** In dollars, as discounted as the market quotes it. */
  readonly price: number
  readonly forward: number
  readonly strike: number
  /** Time to expiry in years. */
  readonly years: number
  /** Value now of a dollar at expiry; 1 unless given. */
  readonly discount?: number
}

/** A fourth-order step this small, relative, leaves nothing for a further one. */
const CONVERGED = 1e-5
const MAX_STEPS = 60

/**
 * Gives the volatility at which Black's formula returns the price, to what the price's own digits allow.
 *
 * Never throws: `NaN` when the price is below intrinsic or not below the most an option can cost (the
 * forward of a call, the strike of a put, discounted), or when an input is unknown. 0 at exactly intrinsic.
 * Source: own implementation after P. Jäckel, "Let's Be Rational" (2015): normalised out-of-the-money price,
 * a first guess from rational interpolation between the asymptotics, then Householder steps of order four on
 * an objective chosen by region; the steps are kept inside a bracket.
 *
 * @example
 * impliedVolatility({ right: 'C', price: 3.987761167674492, forward: 100, strike: 100, years: 0.25 }) // 0.2
 */
export function impliedVolatility(input: ImpliedVolatilityInput): number {
  const { right, price, forward, strike, years, discount = 1 } = input
  return impliedVolatilityValue(rightSign(right), price, forward, strike, years, discount)
}

/** As {@link impliedVolatility}, with positional numbers and no allocation. */
export function impliedVolatilityValue(
  sign: RightSign,
  price: number,
  forward: number,
  strike: number,
  years: number,
  discount: number,
): number {
  return impliedVolatilityWarm(Number.NaN, sign, price, forward, strike, years, discount)
}

/**
 * Gives the implied volatility starting from a `previous` one, such as that of the quote before; the result
 * is the same, sooner. A `previous` that is no positive number starts from the usual guess.
 */
export function impliedVolatilityWarm(
  previous: number,
  sign: RightSign,
  price: number,
  forward: number,
  strike: number,
  years: number,
  discount: number,
): number {
  if (!(forward > 0 && strike > 0 && years > 0 && discount > 0)) return Number.NaN
  const rootForward = Math.sqrt(forward)
  const rootStrike = Math.sqrt(strike)
  const intrinsic = sign * (forward - strike) > 0 ? sign * (forward - strike) : 0
  const beta = (price / discount - intrinsic) / (rootForward * rootStrike)
  const x = -Math.abs(logRatio(forward, strike))
  const highest = forward > strike ? rootStrike / rootForward : rootForward / rootStrike
  if (!(beta >= 0 && beta < highest)) return Number.NaN
  if (beta === 0) return 0
  const root = Math.sqrt(years)
  return solve(x, beta, highest, previous > 0 && previous < 100 ? previous * root : Number.NaN) / root
}

/**
 * The total volatility of a normalised price in (0, highest), from a start; `NaN` starts from the usual guess, and so
 * does a start whose price is too far off for steps of a series to mean anything there.
 */
function solve(x: number, beta: number, highest: number, start: number): number {
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let s = start > 0 ? start : firstGuess(x, beta, highest)
  const isLow = beta < inflectionPrice(x, highest)
  const isHigh = beta > 0.5 * highest
  const logBeta = isLow ? Math.log(beta) : 0
  for (let step = 0; step < MAX_STEPS; step++) {
    const vega = normalisedVega(x, s)
    const h = x / s
    const b = blackOfVega(h, 0.5 * s, vega, highest)
    const difference = b - beta
    if (step === 0 && s === start && isFar(b, beta, highest)) {
      s = firstGuess(x, beta, highest)
      continue
    }
    if (difference === 0) return s
    if (difference < 0) low = s
    else high = s
    const second = (h * h) / s - 0.25 * s
    const third = second * second - (3 * h * h) / (s * s) - 0.25
    let change: number
    if (isLow) change = lowStep(vega / b, second, third, b, difference / beta, logBeta)
    else if (isHigh) change = highStep(vega, second, third, highest - b, difference)
    else change = householder(-difference / vega, second, third)
    const next = s + change
    if (next > low && next < high) {
      if (Math.abs(change) <= CONVERGED * next) return next
      s = next
      continue
    }
    // The step left the bracket, or is NaN where the price underflows: halve, or double, instead.
    const middle = high === Number.POSITIVE_INFINITY ? 2 * s : 0.5 * (low + high)
    if (!(middle > low && middle < high) || Math.abs(change) <= 1e-15 * s) return s
    s = middle
  }
  return s
}

/** The step on `1/ln b − 1/ln beta`, which is nearly linear in s² where b is tiny; `excess` is `b / beta − 1`. */
function lowStep(
  slope: number,
  second: number,
  third: number,
  b: number,
  excess: number,
  logBeta: number,
): number {
  const logB = Math.log(b)
  const bend = slope * (1 + 2 / logB)
  return householder(
    (-Math.log1p(excess) * logB) / (logBeta * slope),
    second - bend,
    third + 2 * slope * slope * (1 + (3 / logB) * (1 + 1 / logB)) - 3 * second * bend,
  )
}

/** The step on `ln((highest − beta) / (highest − b))`, for prices near the highest possible. */
function highStep(vega: number, second: number, third: number, room: number, difference: number): number {
  const slope = vega / room
  return householder(
    -Math.log1p(difference / room) / slope,
    second + slope,
    third + 3 * second * slope + 2 * slope * slope,
  )
}

/**
 * Householder's step of order four from Newton's step and the ratios f″/f′ and f‴/f′; where the two differ in size the
 * series says nothing, and Newton's is left for the bracket to judge. Far off, its own would be short and look settled.
 */
function householder(newton: number, second: number, third: number): number {
  const ratio = (1 + 0.5 * second * newton) / (1 + newton * (second + (third * newton) / 6))
  return ratio > 0.25 && ratio < 4 ? newton * ratio : newton
}

/** True unless a price, and what is left above it, are within a factor of two of those wanted. */
function isFar(b: number, beta: number, highest: number): boolean {
  return !(
    b < 2 * beta &&
    2 * b > beta &&
    highest - b < 2 * (highest - beta) &&
    2 * (highest - b) > highest - beta
  )
}
