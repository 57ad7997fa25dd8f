import type { Right } from '@scalp/canonical'
import { blackScholesGreeks, blackScholesPrice } from './black-scholes.js'
import { rightSign } from './black76.js'
import { type CashDividend, type ExerciseStyle, type GridOption, gridInto } from './dividend-grid.js'
import { americanPutInto } from './exercise-boundary.js'
import { DAYS_PER_YEAR, type Greeks, MINUTES_PER_YEAR } from './greeks.js'
import { impliedVolatility } from './implied-volatility.js'

/** What the price of an option on a share follows from, if it may be exercised early. Dollars and years are plain floats. */
export interface AmericanInput {
  readonly right: Right
  /** Price of the share now, in dollars. */
  readonly spot: number
  readonly strike: number
  /** Time to expiry in years. */
  readonly years: number
  /** Annual, 0.2 for 20 %. */
  readonly volatility: number
  /** Continuously compounded, annual; 0 unless given. */
  readonly rate?: number
  /** Continuous, annual: a yield, or the cost of borrowing the share; 0 unless given. */
  readonly dividendYield?: number
  /** Cash dividends; those that go ex after now and before expiry count. None unless given. */
  readonly dividends?: readonly CashDividend[]
}

/** As {@link AmericanInput}, with a price in place of the volatility. */
export interface AmericanVolatilityInput extends Omit<AmericanInput, 'volatility'> {
  /** Dollars per share. */
  readonly price: number
  /** A volatility to start from, such as the last one; the European one unless given. */
  readonly guess?: number
}

/** Volatilities the search stays within. */
const LOWEST_VOLATILITY = 0.005
const HIGHEST_VOLATILITY = 20
const MAX_STEPS = 50
/** The search has arrived when the volatility moves less than this, relative. */
const CONVERGED = 1e-8
/** How far Greeks without a formula look to either side. */
const VOLATILITY_BUMP = 0.01
const RATE_BUMP = 5e-4

const figures: Float64Array = new Float64Array(3)
const europeanFigures: Float64Array = new Float64Array(3)
/** A grid's value this near to intrinsic is intrinsic. */
const GRID_ROUNDING = 1e-9

/**
 * Gives the price of an American option on a share, in dollars; `NaN` when an input makes no sense.
 *
 * Without a cash dividend in its life: by the exercise boundary, of L. Andersen, M. Lake and D. Offengenden (2016),
 * and P. Carr's and R. Chesney's symmetry for calls. With one: on a grid, where the share falls by the amount and the
 * volatility is that of the share (the spot model). Errors are measured in the README.
 *
 * @example
 * americanPrice({ right: 'P', spot: 100, strike: 100, years: 1, volatility: 0.25, rate: 0.05, dividendYield: 0.05 })
 * // 9.5694, of which 0.1070 for early exercise
 */
export function americanPrice(input: AmericanInput): number {
  price(figures, input, 'american')
  return figures[0] as number
}

/** What the right to exercise early adds to the price, in dollars: subtract it from a quote and Black's formula applies. */
export function earlyExercisePremium(input: AmericanInput): number {
  const american = americanPrice(input)
  if (!hasDividend(input)) return Math.max(american - blackScholesPrice(input), 0)
  price(figures, input, 'european')
  return Math.max(american - (figures[0] as number), 0)
}

/**
 * Gives price and Greeks of an American option. Theta follows from the Black-Scholes equation, vega and rho from prices to
 * either side. Where it should be exercised at once, delta is one and the rest 0.
 */
export function americanGreeks(input: AmericanInput): Greeks {
  const { right, spot, strike, volatility, rate = 0, dividendYield = 0 } = input
  price(figures, input, 'american')
  const [value = Number.NaN, delta = Number.NaN, gamma = Number.NaN] = figures
  const isExercised = value <= rightSign(right) * (spot - strike)
  const thetaPerYear = isExercised
    ? 0
    : rate * value - (rate - dividendYield) * spot * delta - 0.5 * (volatility * spot) ** 2 * gamma
  const bump = VOLATILITY_BUMP * volatility
  const vega =
    (americanPrice({ ...input, volatility: volatility + bump }) -
      americanPrice({ ...input, volatility: volatility - bump })) /
    (2 * bump)
  const rho =
    (americanPrice({ ...input, rate: rate + RATE_BUMP }) -
      americanPrice({ ...input, rate: rate - RATE_BUMP })) /
    (2 * RATE_BUMP)
  return {
    price: value,
    delta,
    gamma,
    thetaPerDay: thetaPerYear / DAYS_PER_YEAR,
    thetaPerMinute: thetaPerYear / MINUTES_PER_YEAR,
    vega: isExercised ? 0 : vega,
    rho: isExercised ? 0 : rho,
  }
}

/**
 * Gives the volatility at which {@link americanPrice} returns the price; `NaN` when there is none from 0.5 % to 2,000 %,
 * and 0 at exactly intrinsic, which every volatility low enough gives.
 */
export function americanImpliedVolatility(input: AmericanVolatilityInput): number {
  const { right, price: target, spot, strike, years, rate = 0, dividendYield = 0, guess = Number.NaN } = input
  const intrinsic = rightSign(right) * (spot - strike)
  if (target === Math.max(intrinsic, 0)) return 0
  const most = right === 'C' ? spot : strike
  if (!(target > Math.max(intrinsic, 0) && target < most && years > 0)) return Number.NaN
  let low = LOWEST_VOLATILITY
  let high = HIGHEST_VOLATILITY
  let volatility = guess
  if (!(guess > low && guess < high)) {
    const forward = spot * Math.exp((rate - dividendYield) * years)
    volatility = impliedVolatility({
      right,
      price: target,
      forward,
      strike,
      years,
      discount: Math.exp(-rate * years),
    })
  }
  if (!(volatility > low && volatility < high)) volatility = 0.3
  let last = Number.NaN
  let lastError = Number.NaN
  for (let step = 0; step < MAX_STEPS; step++) {
    const error = americanPrice({ ...input, volatility }) - target
    if (Number.isNaN(error)) return Number.NaN
    if (error > 0) high = volatility
    else low = volatility
    const slope =
      step === 0
        ? firstSlope({ ...input, volatility }, error, target)
        : (error - lastError) / (volatility - last)
    const next = volatility - error / slope
    if (error === 0) return volatility
    if (Math.abs(next - volatility) <= CONVERGED * volatility) return next
    last = volatility
    lastError = error
    volatility = next > low && next < high ? next : 0.5 * (low + high)
    if (high - low <= CONVERGED * low) break
  }
  // Stuck at an end of the range: there is no such volatility.
  return high === HIGHEST_VOLATILITY || low === LOWEST_VOLATILITY ? Number.NaN : volatility
}

/** The slope of the European price, near enough for a first step. */
function firstSlope(input: AmericanInput, error: number, target: number): number {
  const bump = 1e-4
  const slope =
    (blackScholesPrice({ ...input, volatility: input.volatility + bump }) - blackScholesPrice(input)) / bump
  return slope > 0 ? slope : Math.abs(error) / target
}

function hasDividend({ dividends = [], years }: AmericanInput): boolean {
  return dividends.some(({ years: at, amount }) => at > 0 && at < years && amount > 0)
}

/** Price, delta and gamma into three slots of `out`. */
function price(out: Float64Array, input: AmericanInput, exercise: ExerciseStyle): void {
  const { right, spot, strike, years, volatility, rate = 0, dividendYield = 0, dividends = [] } = input
  const sign = rightSign(right)
  const intrinsic = Math.max(sign * (spot - strike), 0)
  out.fill(Number.NaN)
  if (!(spot > 0 && strike > 0 && years >= 0 && volatility >= 0 && spot + strike < Number.POSITIVE_INFINITY))
    return
  if (!(Number.isFinite(rate) && Number.isFinite(dividendYield) && volatility * Math.sqrt(years) < 100))
    return
  if (years === 0) {
    out[0] = intrinsic
    out[1] = intrinsic > 0 ? sign : spot === strike ? 0.5 * sign : 0
    out[2] = 0
    return
  }
  if (volatility < LOWEST_VOLATILITY) return
  if (exercise === 'american' && !hasDividend(input)) {
    if (sign === -1 && americanPutInto(out, spot, strike, years, volatility, rate, dividendYield)) return
    if (sign === 1 && americanCallInto(out, spot, strike, years, volatility, rate, dividendYield)) return
  }
  const option = { sign, spot, strike, years, volatility, rate, dividendYield, dividends, exercise }
  gridInto(out, option)
  if (exercise === 'european') return
  if (!hasDividend(input)) correctByEuropean(out, input, option)
  if ((out[0] as number) < intrinsic + GRID_ROUNDING) out.set([intrinsic, sign, 0])
}

/** Takes from the grid's answer what it gets wrong of the European option, whose price is known. */
function correctByEuropean(out: Float64Array, input: AmericanInput, option: GridOption): void {
  gridInto(europeanFigures, { ...option, exercise: 'european' })
  const { price: exact, delta, gamma } = blackScholesGreeks(input)
  out[0] = (out[0] as number) + exact - (europeanFigures[0] as number)
  out[1] = (out[1] as number) + delta - (europeanFigures[1] as number)
  out[2] = (out[2] as number) + gamma - (europeanFigures[2] as number)
}

/** A call is a put of the strike to buy the share: both change places, as do rate and yield. */
function americanCallInto(
  out: Float64Array,
  spot: number,
  strike: number,
  years: number,
  volatility: number,
  rate: number,
  dividendYield: number,
): boolean {
  if (!americanPutInto(out, strike, spot, years, volatility, dividendYield, rate)) return false
  const [value = Number.NaN, delta = Number.NaN, gamma = Number.NaN] = out
  // The slope along the put's strike follows from its price growing in proportion with spot and strike.
  out[1] = (value - strike * delta) / spot
  out[2] = gamma * (strike / spot) ** 2
  return true
}
