import type { Right } from '@scalp/canonical'
import { black76Value, rightSign } from './black76.js'
import { black76Greeks, DAYS_PER_YEAR, type Greeks, MINUTES_PER_YEAR } from './greeks.js'

/** What the formula of Black, Scholes and Merton needs. Dollars and years are plain floats. */
export interface BlackScholesInput {
  readonly right: Right
  /** Price of the underlying now, in dollars. */
  readonly spot: number
  readonly strike: number
  /** Time to expiry in years. */
  readonly years: number
  /** Annual, 0.2 for 20 %. */
  readonly volatility: number
  /** Continuously compounded, annual; 0 unless given. */
  readonly rate?: number
  /** Continuous, annual; 0 unless given. */
  readonly dividendYield?: number
}

/**
 * Gives the price of a European option on a spot price, in dollars; `NaN` when an input makes no sense.
 *
 * Source: F. Black and M. Scholes (1973), with R. Merton's dividend yield; computed as Black's formula on the
 * forward `spot · exp((rate − dividendYield) · years)`.
 */
export function blackScholesPrice(input: BlackScholesInput): number {
  const { right, spot, strike, years, volatility, rate = 0, dividendYield = 0 } = input
  const forward = spot * Math.exp((rate - dividendYield) * years)
  return black76Value(rightSign(right), forward, strike, years, volatility, Math.exp(-rate * years))
}

/** Gives price and Greeks of an option on a spot price. Theta holds spot, rate and yield; rho holds the spot. */
export function blackScholesGreeks(input: BlackScholesInput): Greeks {
  const { right, spot, strike, years, volatility, rate = 0, dividendYield = 0 } = input
  const carry = rate - dividendYield
  const growth = Math.exp(carry * years)
  const discount = Math.exp(-rate * years)
  const onForward = black76Greeks({ right, forward: spot * growth, strike, years, volatility, discount })
  const delta = onForward.delta * growth
  // What the drifting forward adds to the theta and the rho of Black's formula, which hold it.
  const drift = delta * spot
  const thetaPerDay = onForward.thetaPerDay - (carry * drift) / DAYS_PER_YEAR
  return {
    price: onForward.price,
    delta,
    gamma: onForward.gamma * growth * growth,
    thetaPerDay,
    thetaPerMinute: (thetaPerDay * DAYS_PER_YEAR) / MINUTES_PER_YEAR,
    vega: onForward.vega,
    rho: onForward.rho + years * drift,
  }
}
