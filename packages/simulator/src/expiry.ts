import {
  type CalendarReader,
  daysToExpiry,
  type IsoDate,
  type Session,
  US_PER_DAY,
  type Us,
} from '@scalp/canonical'

/** Longer than any shut-down of the exchanges that the calendar knows. */
const MAX_SEARCH_DAYS = 14

/** The next closing bell at or after an instant; `Infinity` when the calendar knows none. */
export function nextCloseUs(calendar: CalendarReader, us: Us): Us {
  for (let day = 0; day < MAX_SEARCH_DAYS; day++) {
    const session = calendar.session(us + day * US_PER_DAY)
    if (session !== undefined && session.closeUs >= us) return session.closeUs
  }
  return Number.POSITIVE_INFINITY
}

/** The first session after the one that closed at an instant; undefined when the calendar knows none. */
export function nextSession(calendar: CalendarReader, closedUs: Us): Session | undefined {
  for (let day = 1; day <= MAX_SEARCH_DAYS; day++) {
    const session = calendar.session(closedUs + day * US_PER_DAY)
    if (session !== undefined && session.openUs > closedUs) return session
  }
  return undefined
}

/** True when no session follows, up to the expiry, the one that closed at an instant. */
export function isLastSession(calendar: CalendarReader, closedUs: Us, expiry: IsoDate): boolean {
  const left = daysToExpiry(expiry, calendar.tradingDate(closedUs))
  for (let day = 1; day <= left; day++) {
    if (day > MAX_SEARCH_DAYS || calendar.session(closedUs + day * US_PER_DAY) !== undefined) return false
  }
  return true
}
