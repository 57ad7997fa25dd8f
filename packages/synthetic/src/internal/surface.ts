/** Years of 365 days, in µs. */
const US_PER_YEAR = 365 * 86_400_000_000
/** Options keep this much time value when nothing is left, so that quotes do not collapse before the bell. */
const LEAST_YEARS = 0.5 / 525_600
/** The smile is drawn over deviations of at least an hour, or the last minutes would stretch it without end. */
const SMILE_YEARS = 60 / 525_600

const SKEW = -0.035
const CURVATURE = 0.022
const WIDEST = 4

/** Time to expiry in years, never quite 0. */
export function yearsLeft(expiryUs: number, nowUs: number): number {
  return Math.max((expiryUs - nowUs) / US_PER_YEAR, LEAST_YEARS)
}

/**
 * Gives the at-the-money volatility of an expiry: near ones follow the day's `stress` and its losses more.
 * `dayReturn` is the log return since the day before.
 */
export function atTheMoneyVolatility(
  dayVolatility: number,
  years: number,
  stress: number,
  dayReturn: number,
): number {
  const nearness = Math.exp(-years / 0.03)
  const term = 0.94 + 0.12 * nearness
  const mood = Math.exp((0.03 + 0.09 * nearness) * stress - (0.8 + 1.2 * nearness) * dayReturn)
  return dayVolatility * term * Math.min(mood, 2.5)
}

/** Gives the smile's factor on it: a parabola in standard deviations, flat beyond four of them. */
export function smileFactor(logMoneyness: number, atTheMoney: number, years: number): number {
  const z = logMoneyness / (atTheMoney * Math.sqrt(Math.max(years, SMILE_YEARS)))
  const inside = Math.min(Math.max(z, -WIDEST), WIDEST)
  return 1 + SKEW * inside + CURVATURE * inside * inside
}
