import type { Right } from '@scalp/canonical'
import { black76Value, rightSign } from './black76.js'
import { MINUTES_PER_YEAR } from './greeks.js'

/** A long option as a scalper is about to hold it. Dollars are per share. */
export interface HeldOption {
  readonly right: Right
  readonly forward: number
  readonly strike: number
  /** Time to expiry in years of 525,600 minutes. */
  readonly years: number
  readonly volatility: number
  /** Value now of a dollar at expiry; 1 unless given. */
  readonly discount?: number
}

/** What a round trip costs, in dollars per share. */
export interface RoundTripCost {
  /** Ask less bid: bought at one, sold at the other. */
  readonly spread: number
  /** Fees of both orders per share: those per contract over the multiplier. */
  readonly fees: number
  /** Minutes the option is held, whose decay the move must earn as well; 0 unless given. */
  readonly holdMinutes?: number
}

const HALVINGS = 50

/**
 * Gives the move of the underlying, in dollars and signed, after which a long option bought at the ask and sold at the bid
 * breaks even: its value must rise by spread and fees within the hold. `NaN` when no move can, or an input is unknown.
 *
 * Assumes that volatility stays and that the quote keeps its width around the value. Formula: Black's, solved for the
 * forward by halving, so that gamma and decay count in full.
 *
 * @example
 * const option = { right: 'C', forward: 250, strike: 250, years: 390 / 525_600, volatility: 0.5 } as const
 * moveToCover(option, { spread: 0.04, fees: 0.013 }) // 0.104: the move that pays for 5.3 cents
 */
export function moveToCover(option: HeldOption, { spread, fees, holdMinutes = 0 }: RoundTripCost): number {
  const { right, forward, strike, years, volatility, discount = 1 } = option
  const sign = rightSign(right)
  const left = Math.max(years - holdMinutes / MINUTES_PER_YEAR, 0)
  const need = black76Value(sign, forward, strike, years, volatility, discount) + spread + fees
  const isEnough = (move: number): boolean =>
    black76Value(sign, forward + sign * move, strike, left, volatility, discount) >= need
  // However low the underlying falls, a put is never worth more than its strike.
  if (!(need < (sign === 1 ? Number.POSITIVE_INFINITY : discount * strike))) return Number.NaN
  if (isEnough(0)) return 0
  let low = 0
  let high = sign === 1 ? need : Math.min(need, forward)
  while (!isEnough(high)) {
    low = high
    high = sign === 1 ? 2 * high : 0.5 * (high + forward)
    if (!(high > low)) return Number.NaN
  }
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return sign * high
}
