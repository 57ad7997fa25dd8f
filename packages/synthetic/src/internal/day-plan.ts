import { createRandom, type Micros, type Session } from '@scalp/canonical'
import { NormalStream } from './normal-stream.js'

/** What is settled about a day before any of its seconds is made, so that days do not depend on each other. */
export interface DayPlan {
  readonly index: number
  readonly session: Session
  readonly previousCloseMicros: Micros
  readonly openMicros: Micros
  readonly closeMicros: Micros
  /** Annual volatility of the day. */
  readonly volatility: number
}

const SESSIONS_PER_YEAR = 252
const TYPICAL_VOLATILITY = 0.5
/** Volatility reverts to what is typical by this share a day, shaken by this much of its logarithm. */
const VOLATILITY_REVERSION = 0.06
const VOLATILITY_SHAKE = 0.09
/** Shares of a day's standard deviation that happen overnight and in the session. */
const OVERNIGHT_SHARE = 0.45
const SESSION_SHARE = 0.9
/** A weak pull to the starting price keeps a year of days in a sensible range. */
const PRICE_REVERSION = 0.01
const TREND_PROBABILITY = 0.2
const TREND_FACTOR = 1.5

/** Draws opening and closing prices and volatility of every day: a few numbers per day. */
export function planDays(
  seed: string | number,
  sessions: readonly Session[],
  startPriceMicros: Micros,
): DayPlan[] {
  const random = createRandom(`${seed}:days`)
  const normal = new NormalStream(random)
  let logVolatility = VOLATILITY_SHAKE * 2 * normal.next()
  let previousCloseMicros = startPriceMicros
  return sessions.map((session, index) => {
    logVolatility += -VOLATILITY_REVERSION * logVolatility + VOLATILITY_SHAKE * normal.next()
    const volatility = TYPICAL_VOLATILITY * Math.exp(logVolatility)
    const deviation = volatility / Math.sqrt(SESSIONS_PER_YEAR)
    const pull = -PRICE_REVERSION * Math.log(previousCloseMicros / startPriceMicros)
    const trend = random() < TREND_PROBABILITY ? TREND_FACTOR : 1
    const gap = clamp(OVERNIGHT_SHARE * deviation * normal.next(), 4 * deviation)
    const move = clamp(SESSION_SHARE * deviation * trend * normal.next() + pull, 5 * deviation)
    const openMicros = toCents(previousCloseMicros * Math.exp(gap))
    const closeMicros = toCents(openMicros * Math.exp(move))
    const plan = { index, session, previousCloseMicros, openMicros, closeMicros, volatility }
    previousCloseMicros = closeMicros
    return plan
  })
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit)
}

/** Rounds to whole cents, one at least. */
function toCents(micros: number): Micros {
  return Math.max(Math.round(micros / 10_000), 1) * 10_000
}
