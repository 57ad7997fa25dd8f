import { daysToExpiry, type IsoDate, type Session } from '@scalp/canonical'
import type { ExpiryRhythm } from '../options.js'

/** An expiry: its date and the instant at which trading in it ends. */
export interface Expiry {
  readonly date: IsoDate
  readonly closeUs: number
  /** Calendar days from the day it is listed on. */
  readonly daysLeft: number
}

const WEEK = 7
/** Fridays listed beyond the first week. */
const FAR_FRIDAYS = 8
/** Calendar days that cover every listed expiry, holidays included. */
export const EXPIRY_HORIZON_DAYS: number = WEEK * (FAR_FRIDAYS + 2)

/**
 * Lists the expiries open on a day, nearest first: those of the next seven days by rhythm, then Fridays.
 * A Monday holiday moves its expiry to the next session, any other holiday to the one before.
 */
export function listExpiries(today: Session, sessions: readonly Session[], rhythm: ExpiryRhythm): Expiry[] {
  const expiries = new Map<IsoDate, Expiry>()
  for (let days = -3; days <= EXPIRY_HORIZON_DAYS; days++) {
    const date = addDays(today.date, days)
    const weekday = weekdayOf(date)
    const isFriday = weekday === 5
    const isNear = days <= WEEK && weekday >= 1 && weekday <= 5 && (rhythm === 'daily' || weekday % 2 === 1)
    if (!isNear && !(isFriday && days <= WEEK * (FAR_FRIDAYS + 1))) continue
    const session = shift(date, weekday === 1, sessions)
    if (session === undefined || session.date < today.date) continue
    const daysLeft = daysToExpiry(session.date, today.date)
    expiries.set(session.date, { date: session.date, closeUs: session.closeUs, daysLeft })
  }
  return [...expiries.values()].sort((a, b) => a.closeUs - b.closeUs)
}

/** The date a number of calendar days later. */
export function addDays(date: IsoDate, days: number): IsoDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

function shift(date: IsoDate, isForward: boolean, sessions: readonly Session[]): Session | undefined {
  if (isForward) return sessions.find((session) => session.date >= date)
  return sessions.findLast((session) => session.date <= date)
}

/** 0 for Sunday. */
function weekdayOf(date: IsoDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay()
}
