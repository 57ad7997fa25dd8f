import { type Black76Input, type RightSign, rightSign } from './black76.js'
import { logRatio } from './log-ratio.js'
import { mills } from './mills.js'
import { blackOfVega, normalisedVega } from './normalised-black.js'

/** Days in the year of theta: calendar days. */
export const DAYS_PER_YEAR = 365
/** Minutes in the year of theta. */
export const MINUTES_PER_YEAR = 525_600

/** How an option's price answers to its inputs, per share and in dollars. */
export interface Greeks {
  readonly price: number
  /** Per dollar of the underlying: the forward in Black's formula, the spot in Black and Scholes'. */
  readonly delta: number
  /** Change of delta per dollar. */
  readonly gamma: number
  /** Per calendar day that passes; negative where time costs. */
  readonly thetaPerDay: number
  /** Per minute that passes. */
  readonly thetaPerMinute: number
  /** Per 1.00 of volatility, so a point of volatility is a hundredth of it. */
  readonly vega: number
  /** Per 1.00 of the interest rate. */
  readonly rho: number
}

/** Where {@link black76GreeksInto} writes each figure. */
export const GREEK_SLOTS = {
  price: 0,
  delta: 1,
  gamma: 2,
  thetaPerDay: 3,
  vega: 4,
  rho: 5,
} as const

/**
 * Gives price and Greeks of an option on a forward. Theta lets time pass with forward and interest rate held;
 * rho moves the discount only. At expiry delta is a step (half at the strike) and the rest is 0.
 */
export function black76Greeks(input: Black76Input): Greeks {
  const { right, forward, strike, years, volatility, discount = 1 } = input
  const out = new Float64Array(6)
  black76GreeksInto(out, rightSign(right), forward, strike, years, volatility, discount)
  return toGreeks(out)
}

/** As {@link black76Greeks}, with positional numbers, into six slots of `out` ({@link GREEK_SLOTS}). */
export function black76GreeksInto(
  out: Float64Array,
  sign: RightSign,
  forward: number,
  strike: number,
  years: number,
  volatility: number,
  discount: number,
): void {
  const s = volatility * Math.sqrt(years)
  if (!(s > 0 && s < Number.POSITIVE_INFINITY && forward > 0 && strike > 0 && discount > 0)) {
    greeksWithoutTime(out, sign, forward, strike, years, s, discount)
    return
  }
  const x = logRatio(forward, strike)
  const rootForward = Math.sqrt(forward)
  const rootStrike = Math.sqrt(strike)
  const isAbove = x > 0
  const highest = isAbove ? rootStrike / rootForward : rootForward / rootStrike
  const h = (isAbove ? -x : x) / s
  const t = 0.5 * s
  const root = normalisedVega(h * s, s)
  const scale = discount * rootForward * rootStrike
  const intrinsic = sign * (forward - strike) > 0 ? discount * sign * (forward - strike) : 0
  const price = intrinsic + scale * blackOfVega(h, t, root, highest)
  // The density at d1 is that of the normalised vega, taken from the middle between d1 and d2 to d1.
  const gammaScale = (scale * root) / (forward * forward * s)
  const rate = discount === 1 ? 0 : -Math.log(discount) / years
  out[0] = price
  out[1] = sign * discount * upperProbability(sign, isAbove, h, t, root, highest)
  out[2] = gammaScale
  out[3] = ((-0.5 * scale * root * s) / years + rate * price) / DAYS_PER_YEAR
  out[4] = scale * root * Math.sqrt(years)
  out[5] = -years * price
}

/** Φ(sign · d1), of which each tail is computed as such: delta without discount and sign. */
export function upperProbability(
  sign: RightSign,
  isAbove: boolean,
  h: number,
  t: number,
  root: number,
  highest: number,
): number {
  if (isAbove) {
    // d1 = t − h, so Φ(−d1) is the far tail.
    const tail = root * highest * mills(t - h)
    return sign === 1 ? 1 - tail : tail
  }
  const d1 = h + t
  const tail = (root / highest) * mills(Math.abs(d1))
  return d1 > 0 === (sign === 1) ? 1 - tail : tail
}

function greeksWithoutTime(
  out: Float64Array,
  sign: RightSign,
  forward: number,
  strike: number,
  years: number,
  s: number,
  discount: number,
): void {
  const isKnown =
    s === 0 &&
    years >= 0 &&
    discount > 0 &&
    forward > 0 &&
    strike > 0 &&
    forward + strike < Number.POSITIVE_INFINITY
  if (!isKnown) {
    out.fill(Number.NaN, 0, 6)
    return
  }
  const itm = sign * (forward - strike)
  const price = itm > 0 ? discount * itm : 0
  const rate = years > 0 ? -Math.log(discount) / years : 0
  out[0] = price
  out[1] = sign * discount * (itm > 0 ? 1 : itm < 0 ? 0 : 0.5)
  out[2] = 0
  out[3] = (rate * price) / DAYS_PER_YEAR
  out[4] = 0
  out[5] = -years * price
}

function toGreeks(out: Float64Array): Greeks {
  const [price = Number.NaN, delta = Number.NaN, gamma = Number.NaN] = out
  const [, , , thetaPerDay = Number.NaN, vega = Number.NaN, rho = Number.NaN] = out
  const thetaPerMinute = (thetaPerDay * DAYS_PER_YEAR) / MINUTES_PER_YEAR
  return { price, delta, gamma, thetaPerDay, thetaPerMinute, vega, rho }
}
