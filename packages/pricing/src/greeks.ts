import { type Black76Input, black76Value, logMoneyness, type RightSign, rightSign } from './black76.js'
import { normalCdf, normalPdf } from './normal.js'

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
  const price = black76Value(sign, forward, strike, years, volatility, discount)
  const s = volatility * Math.sqrt(years)
  const rate = years > 0 ? -Math.log(discount) / years : 0
  if (!(s > 0) || Number.isNaN(price)) {
    const isKnown = s === 0 && !Number.isNaN(price)
    const step = forward === strike ? 0.5 : sign * (forward - strike) > 0 ? 1 : 0
    out[0] = price
    out[1] = isKnown ? sign * step * discount : Number.NaN
    out[2] = isKnown ? 0 : Number.NaN
    out[3] = isKnown ? (rate * price) / DAYS_PER_YEAR : Number.NaN
    out[4] = isKnown ? 0 : Number.NaN
    out[5] = isKnown ? -years * price : Number.NaN
    return
  }
  const d1 = logMoneyness(forward, strike) / s + 0.5 * s
  const density = discount * normalPdf(d1)
  out[0] = price
  out[1] = sign * discount * normalCdf(sign * d1)
  out[2] = density / (forward * s)
  out[3] = ((-0.5 * forward * density * s) / years + rate * price) / DAYS_PER_YEAR
  out[4] = forward * density * Math.sqrt(years)
  out[5] = -years * price
}

function toGreeks(out: Float64Array): Greeks {
  const [price = Number.NaN, delta = Number.NaN, gamma = Number.NaN] = out
  const [, , , thetaPerDay = Number.NaN, vega = Number.NaN, rho = Number.NaN] = out
  const thetaPerMinute = (thetaPerDay * DAYS_PER_YEAR) / MINUTES_PER_YEAR
  return { price, delta, gamma, thetaPerDay, thetaPerMinute, vega, rho }
}
