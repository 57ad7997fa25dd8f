import { type Greeks, MINUTES_PER_YEAR } from './greeks.js'

/** An option's price at one moment, with what it follows from. */
export interface PricedMoment {
  /** Dollars per share. */
  readonly price: number
  readonly forward: number
  readonly volatility: number
  /** Minutes to expiry. */
  readonly minutesLeft: number
}

/** Where a change of price came from, in dollars per share; what a long position gained. */
export interface PriceChange {
  readonly total: number
  /** By the move of the underlying, at the delta of the entry. */
  readonly delta: number
  /** By that move's own change of delta. */
  readonly gamma: number
  /** By the time that passed. */
  readonly theta: number
  /** By the change of implied volatility: a crush is negative. */
  readonly vega: number
  /** What these leave over: terms of higher order, and the width of the quotes. */
  readonly rest: number
  /** Implied volatility now less that at entry, in points of a percent. */
  readonly volatilityPoints: number
}

/** Takes a change of price apart by the Greeks of the entry. */
export function explainChange(entry: PricedMoment, greeks: Greeks, now: PricedMoment): PriceChange {
  const move = now.forward - entry.forward
  const total = now.price - entry.price
  const delta = greeks.delta * move
  const gamma = 0.5 * greeks.gamma * move * move
  const theta = greeks.thetaPerMinute * (entry.minutesLeft - now.minutesLeft)
  const vega = greeks.vega * (now.volatility - entry.volatility)
  const volatilityPoints = 100 * (now.volatility - entry.volatility)
  return { total, delta, gamma, theta, vega, rest: total - delta - gamma - theta - vega, volatilityPoints }
}

/** What a minute does to an option that is held, in dollars per share. */
export interface MinuteView {
  /** Decay. */
  readonly theta: number
  /** What gamma earns in a minute if the underlying moves as much as `volatility` says; at the implied one, all of the decay. */
  readonly gammaGain: number
  /** One standard deviation of the underlying's move in a minute, dollars. */
  readonly move: number
  /** The change of delta over such a move. */
  readonly deltaChange: number
}

/** Shows what a minute costs and may earn, at the `volatility` that is expected or was realised. */
export function minuteView(
  greeks: Greeks,
  { forward, volatility }: Pick<PricedMoment, 'forward' | 'volatility'>,
): MinuteView {
  const move = impliedMove(forward, volatility, 1 / MINUTES_PER_YEAR)
  return {
    theta: greeks.thetaPerMinute,
    gammaGain: 0.5 * greeks.gamma * move * move,
    move,
    deltaChange: greeks.gamma * move,
  }
}

/** Gives one standard deviation of an underlying's move, in dollars, over `years`; its mean size is 0.798 of that. */
export function impliedMove(forward: number, volatility: number, years: number): number {
  return forward * volatility * Math.sqrt(years)
}
