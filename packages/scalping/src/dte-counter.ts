import { type CalendarReader, daysToExpiry, type IsoDate, US_PER_SECOND, type Us } from '@scalp/canonical'

const US_PER_DAY = 86_400 * US_PER_SECOND

/** Counts days to expiry, each expiry once a trading date. */
export class DteCounter {
  readonly #calendar: CalendarReader
  readonly #unit: 'calendar' | 'trading'
  readonly #byExpiry = new Map<IsoDate, number>()
  #today: IsoDate = ''

  /** Days of the calendar, or sessions after today's: a Friday's Monday is 3 or 1. */
  constructor(calendar: CalendarReader, unit: 'calendar' | 'trading') {
    this.#calendar = calendar
    this.#unit = unit
  }

  days(expiry: IsoDate, today: IsoDate): number {
    if (today !== this.#today) {
      this.#today = today
      this.#byExpiry.clear()
    }
    let days = this.#byExpiry.get(expiry)
    if (days === undefined) {
      days = daysToExpiry(expiry, today)
      if (this.#unit === 'trading' && days > 0) days = this.#sessionsBetween(today, expiry)
      this.#byExpiry.set(expiry, days)
    }
    return days
  }

  /** Sessions after a date up to and including another. */
  #sessionsBetween(today: IsoDate, expiry: IsoDate): number {
    let sessions = 0
    for (let us = noonUs(today) + US_PER_DAY; us <= noonUs(expiry); us += US_PER_DAY) {
      if (this.#calendar.session(us) !== undefined) sessions++
    }
    return sessions
  }
}

/** About noon in New York, whatever the clocks do. */
function noonUs(date: IsoDate): Us {
  return Date.parse(`${date}T17:00:00Z`) * 1_000
}
