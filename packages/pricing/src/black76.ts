import type { Right } from '@scalp/canonical'
import { logRatio } from './log-ratio.js'
import { blackOfVega, normalisedVega } from './normalised-black.js'

/** A call or a put as a number, for positional functions: +1 or -1. */
export type RightSign = 1 | -1

/** What Black's formula needs. Dollars and years are plain floats; see `toDollars` for micro-dollars. */
export interface Black76Input {
  readonly right: Right
  /** Price of the underlying for delivery at expiry, in dollars. */
  readonly forward: number
  readonly strike: number
  /** Time to expiry in years. */
  readonly years: number
  /** Annual, 0.2 for 20 %. */
  readonly volatility: number
  /** Value now of a dollar at expiry; 1 unless given. */
  readonly discount?: number
}

/** Gives +1 for a call, -1 for a put. */
export function rightSign(right: Right): RightSign {
  return right === 'C' ? 1 : -1
}

/**
 * Gives the price of a European option on a forward, in dollars; `NaN` when an input makes no sense.
 *
 * With no time or no volatility left it is the discounted intrinsic value.
 * Source: F. Black, "The pricing of commodity contracts" (1976).
 *
 * @example
 * black76Price({ right: 'C', forward: 100, strike: 100, years: 0.25, volatility: 0.2 }) // 3.987761167674492
 */
export function black76Price(input: Black76Input): number {
  const { right, forward, strike, years, volatility, discount = 1 } = input
  return black76Value(rightSign(right), forward, strike, years, volatility, discount)
}

/** As {@link black76Price}, with positional numbers and no allocation. */
export function black76Value(
  sign: RightSign,
  forward: number,
  strike: number,
  years: number,
  volatility: number,
  discount: number,
): number {
  if (!(forward > 0 && strike > 0 && years >= 0 && volatility >= 0 && discount > 0)) return Number.NaN
  const intrinsic = sign * (forward - strike) > 0 ? sign * (forward - strike) : 0
  const s = volatility * Math.sqrt(years)
  if (!(s < Number.POSITIVE_INFINITY && forward + strike < Number.POSITIVE_INFINITY)) return Number.NaN
  if (s === 0) return discount * intrinsic
  const x = -Math.abs(logRatio(forward, strike))
  const rootForward = Math.sqrt(forward)
  const rootStrike = Math.sqrt(strike)
  const highest = forward > strike ? rootStrike / rootForward : rootForward / rootStrike
  const black = blackOfVega(x / s, 0.5 * s, normalisedVega(x, s), highest)
  return discount * (intrinsic + rootForward * rootStrike * black)
}
