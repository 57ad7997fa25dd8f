import type { IsoDate, Session } from '@scalp/canonical'
import { type SyntheticBars, toMinuteBars } from './bars.js'
import { SyntheticOptionsError } from './errors.js'
import { layOutStrikes, listContracts, type SyntheticContract } from './internal/chain.js'
import { type DayPlan, planDays } from './internal/day-plan.js'
import { addDays, EXPIRY_HORIZON_DAYS, listExpiries } from './internal/expiries.js'
import { createPath } from './internal/path.js'
import { QuoteMinutes } from './internal/quote-minutes.js'
import { type ResolvedOptions, resolveOptions, type SyntheticMarketOptions } from './options.js'
import type { QuoteRows } from './quote-rows.js'

const SESSIONS_BEFORE = 5

/** One trading day: the underlying, its option chain and what the chain was quoted at. */
export interface SyntheticDay {
  /** 0 for the first day. */
  readonly index: number
  readonly date: IsoDate
  readonly session: Session
  readonly underlying: string
  /** In the order of quote rows: by expiry, strike, call before put. */
  readonly contracts: readonly SyntheticContract[]
  /** Bars of a second, one for every second of the session. */
  underlyingBars1s(): SyntheticBars
  /** Bars of a minute, summed from the seconds. */
  underlyingBars1m(): SyntheticBars
  /** The quotes, minute by minute; every call starts over and gives the same. The rows lent are reused. */
  minutes(): Iterable<QuoteRows>
}

/** A market that never was. */
export interface SyntheticMarket {
  readonly underlying: string
  readonly sessions: readonly Session[]
  /** The days in order, each made when asked for and forgotten by the market: memory does not grow. */
  days(): Iterable<SyntheticDay>
  /**
   * One day on its own.
   *
   * @throws {@link SyntheticOptionsError} When there is no such day.
   */
  day(index: number): SyntheticDay
}

/**
 * Makes a market out of a seed: an underlying by the second and its option chain by the minute.
 *
 * Deterministic: the same options give the same numbers. Days do not depend on each other beyond their planned
 * opening and closing prices, so any one can be made alone. There is no interest and no dividend in this
 * world: the forward is the spot.
 *
 * @throws {@link SyntheticOptionsError} When an option makes no sense.
 * @example
 * const market = createSyntheticMarket({ seed: 1, startDate: '2024-01-02', days: 5 })
 * for (const day of market.days()) for (const rows of day.minutes()) console.log(day.date, rows.count)
 */
export function createSyntheticMarket(options: SyntheticMarketOptions): SyntheticMarket {
  const resolved = resolveOptions(options)
  const listed = listSessions(resolved)
  const first = listed.findIndex((session) => session.date >= resolved.startDate)
  const sessions = listed.slice(first, first + resolved.days)
  const plans = planDays(resolved.seed, sessions, resolved.startPriceMicros)
  const day = (index: number): SyntheticDay => {
    const plan = plans[index]
    if (plan === undefined) {
      const reason = `there are days 0 to ${plans.length - 1}`
      throw new SyntheticOptionsError({ option: 'index', value: index, reason })
    }
    const nearby = listed.slice(
      Math.max(first + index - SESSIONS_BEFORE, 0),
      first + index + EXPIRY_HORIZON_DAYS,
    )
    return createDay(resolved, plan, nearby)
  }
  return {
    underlying: resolved.underlying,
    sessions,
    *days() {
      for (let index = 0; index < plans.length; index++) yield day(index)
    },
    day,
  }
}

function createDay(options: ResolvedOptions, plan: DayPlan, nearby: readonly Session[]): SyntheticDay {
  const { seed, underlying, quotesPerDay, expiries: rhythm } = options
  const { index, session, previousCloseMicros } = plan
  const price = previousCloseMicros / 1e6
  const slots = layOutStrikes(listExpiries(session, nearby, rhythm), price, quotesPerDay)
  const contracts = listContracts(seed, underlying, index, session.date, price, slots)
  const path = createPath(seed, plan)
  return {
    index,
    date: session.date,
    session,
    underlying,
    contracts,
    underlyingBars1s: () => path.bars,
    underlyingBars1m: () => toMinuteBars(path.bars, session),
    minutes: () => ({
      [Symbol.iterator]: () => new QuoteMinutes(seed, plan, path, slots, contracts)[Symbol.iterator](),
    }),
  }
}

/** The sessions of the market, some before to tell a holiday by, and enough after to expire its options on. */
function listSessions({ calendar, startDate, days }: ResolvedOptions): Session[] {
  const to = addDays(startDate, Math.ceil(days * 1.5) + EXPIRY_HORIZON_DAYS + 14)
  const sessions = [...calendar.sessions(addDays(startDate, -7), to)]
  const lastDate = sessions.filter((session) => session.date >= startDate)[days - 1]?.date
  if (lastDate === undefined || addDays(lastDate, EXPIRY_HORIZON_DAYS) > to) {
    const reason = 'the calendar has not that many sessions from the start date on'
    throw new SyntheticOptionsError({ option: 'days', value: days, reason })
  }
  return sessions
}
