import type { RightSign } from './black76.js'
import { exponential } from './exponential.js'
import { MINUTES_PER_YEAR, upperProbability } from './greeks.js'
import { impliedVolatilityWarm } from './implied-volatility.js'
import { logRatio } from './log-ratio.js'
import { mills } from './mills.js'

const INVERSE_SQRT_TWO_PI = 0.3989422804014327
/** A single step must not be longer than this, relative; its error is of fifth order in it. */
const NEAR = 0.03
/** Up to this `2·artanh` of a few terms is the logarithm. */
const NEAR_LOG_SQUARE = 0.01

/** Contracts of one expiry in columns: what is known of each, and what {@link evaluateChain} finds. */
export class ChainColumns {
  /** How many contracts. */
  readonly count: number
  /** In: +1 for a call, -1 for a put. */
  readonly sign: Int8Array
  /** In: dollars. */
  readonly strike: Float64Array
  /** In: dollars, usually the middle of the quote; `NaN` when unknown. */
  readonly price: Float64Array
  /** In and out: the last volatility, from which the next is found; `NaN` at first, and where the price has none. */
  readonly volatility: Float64Array
  /** Out: per dollar of the forward. */
  readonly delta: Float64Array
  /** Out: change of delta per dollar. */
  readonly gamma: Float64Array
  /** Out: dollars per minute of 525,600 a year. */
  readonly thetaPerMinute: Float64Array
  /** Out: per 1.00 of volatility. */
  readonly vega: Float64Array

  constructor(count: number) {
    this.count = count
    this.sign = new Int8Array(count).fill(1)
    const column = (): Float64Array => new Float64Array(count).fill(Number.NaN)
    this.strike = column()
    this.price = column()
    this.volatility = column()
    this.delta = column()
    this.gamma = column()
    this.thetaPerMinute = column()
    this.vega = column()
  }
}

/**
 * Finds volatility and Greeks of all contracts of an expiry from their prices; gives how many have a volatility.
 *
 * A volatility within 3 % of the last is found in one step, to 2e-9; others are solved in full. Greeks are those of Black's
 * formula. Allocates nothing while volatilities move in steps.
 *
 * @example
 * const chain = new ChainColumns(2)
 * chain.strike.set([100, 105])
 * chain.price.set([3.99, 2])
 * evaluateChain(chain, 100, 0.25, 1) // 2
 */
export function evaluateChain(chain: ChainColumns, forward: number, years: number, discount: number): number {
  findVolatilities(chain, forward, years, discount)
  return fillGreeks(chain, forward, years, discount)
}

const lone: ChainColumns = new ChainColumns(1)

/**
 * Gives the implied volatility by one step from a `previous` one close by, for hot paths: a relative error of at most
 * 2e-9 after moves up to 3 %. A longer move, or a `previous` that is none, is solved in full.
 */
export function impliedVolatilityNear(
  previous: number,
  sign: RightSign,
  price: number,
  forward: number,
  strike: number,
  years: number,
  discount: number,
): number {
  lone.sign[0] = sign
  lone.strike[0] = strike
  lone.price[0] = price
  lone.volatility[0] = previous
  findVolatilities(lone, forward, years, discount)
  return lone.volatility[0]
}

/**
 * One Householder step of order five on the logarithm of the normalised price, for each contract.
 *
 * The price needs no more digits than the step, so that the plain difference of Mills' ratios serves at every moneyness.
 */
function findVolatilities(chain: ChainColumns, forward: number, years: number, discount: number): void {
  const { count, sign: signs, strike: strikes, price: prices, volatility: volatilities } = chain
  const rootForward = Math.sqrt(forward)
  const rootYears = Math.sqrt(years)
  for (let i = 0; i < count; i++) {
    const strike = strikes[i] as number
    const rootStrike = Math.sqrt(strike)
    const isAbove = forward > strike
    const intrinsic = isAbove === (signs[i] as number) > 0 ? Math.abs(forward - strike) : 0
    const beta = ((prices[i] as number) / discount - intrinsic) / (rootForward * rootStrike)
    const highest = isAbove ? rootStrike / rootForward : rootForward / rootStrike
    const s = (volatilities[i] as number) * rootYears
    const inverse = 1 / s
    const h = -Math.abs(logRatio(forward, strike)) * inverse
    const t = 0.5 * s
    const vega = INVERSE_SQRT_TWO_PI * exponential(-0.5 * (h * h + t * t), 0)
    const right = h + t
    const far = mills(t - h)
    const near = mills(Math.abs(right))
    const b = right > 0 ? highest - vega * (near + far) : vega * (near - far)
    const z = (beta - b) / (beta + b)
    const q = z * z
    const log =
      q < NEAR_LOG_SQUARE
        ? 2 * z * (1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9)))))
        : Math.log(beta / b)
    // The ratios f″/f′, f‴/f′ and f⁗/f′ of f = ln b, from b′ = vega and vega′ = p · vega.
    const g = h * inverse
    const p = h * g - 0.25 * s
    const pSlope = -3 * g * g - 0.25
    const m = vega / b
    const second = p - m
    const secondSlope = pSlope - m * second
    const third = second * second + secondSlope
    const fourth =
      second * third + (2 * second - m) * secondSlope + 12 * g * g * inverse - m * second * second
    const y = log / m
    const change =
      (y * (1 + y * (second + third * y * (1 / 6)))) /
      (1 + y * (1.5 * second + y * (0.25 * second * second + third * (1 / 3) + fourth * y * (1 / 24))))
    // From afar the step is short too, but not Newton's: it must be of the same size for the series to mean anything.
    const isNear = Math.abs(change) <= NEAR * s && Math.abs(y) <= 2 * NEAR * s && beta > 0 && beta < highest
    volatilities[i] = isNear
      ? (s + change) / rootYears
      : impliedVolatilityWarm(
          volatilities[i] as number,
          (signs[i] as number) > 0 ? 1 : -1,
          prices[i] as number,
          forward,
          strike,
          years,
          discount,
        )
  }
}

/** Writes the Greeks of each contract's volatility; gives how many have one. */
function fillGreeks(chain: ChainColumns, forward: number, years: number, discount: number): number {
  const { count, sign: signs, strike: strikes, price: prices, volatility: volatilities } = chain
  const { delta, gamma, thetaPerMinute, vega } = chain
  const rootForward = Math.sqrt(forward)
  const rootYears = Math.sqrt(years)
  const rate = discount === 1 ? 0 : -Math.log(discount) / years
  let known = 0
  for (let i = 0; i < count; i++) {
    const strike = strikes[i] as number
    const s = (volatilities[i] as number) * rootYears
    const x = logRatio(forward, strike)
    const rootStrike = Math.sqrt(strike)
    const isAbove = x > 0
    const highest = isAbove ? rootStrike / rootForward : rootForward / rootStrike
    const h = -Math.abs(x) / s
    const t = 0.5 * s
    const root = INVERSE_SQRT_TWO_PI * exponential(-0.5 * (h * h + t * t), 0)
    const scaled = discount * rootForward * rootStrike * root
    const sign: RightSign = (signs[i] as number) > 0 ? 1 : -1
    delta[i] = sign * discount * upperProbability(sign, isAbove, h, t, root, highest)
    gamma[i] = scaled / (forward * forward * s)
    vega[i] = scaled * rootYears
    thetaPerMinute[i] = ((-0.5 * scaled * s) / years + rate * (prices[i] as number)) / MINUTES_PER_YEAR
    if (s > 0) known++
    else delta[i] = gamma[i] = vega[i] = thetaPerMinute[i] = Number.NaN
  }
  return known
}
