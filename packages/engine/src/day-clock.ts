import {
  type CalendarReader,
  type IsoDate,
  type Session,
  US_PER_DAY,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'

/** Longest New York day: 25 hours when daylight saving time ends, and a little. */
const LONGEST_DAY_US = US_PER_DAY + 2 * 3_600 * US_PER_SECOND

/** Where time stands in the trading day: the date, its session and the next bell. */
export class DayClock {
  session: Session | undefined
  /** When the next bell rings; `Infinity` when none does today. */
  bellUs: Us = Number.POSITIVE_INFINITY
  readonly #calendar: CalendarReader
  #isOpen = false
  #dateEndsUs: Us = Number.NEGATIVE_INFINITY

  constructor(calendar: CalendarReader) {
    this.#calendar = calendar
  }

  /** True at the first instant seen of a New York date. */
  isNewDate(us: Us): boolean {
    return us >= this.#dateEndsUs
  }

  /** Moves to the date of an instant. A bell that has rung already rings at once: `bellUs` is then that instant. */
  startDate(us: Us): IsoDate {
    const date = this.#calendar.tradingDate(us)
    this.#dateEndsUs = this.#endOfDate(us, date)
    this.session = this.#calendar.session(us)
    this.#isOpen = false
    const isOver = this.session === undefined || us > this.session.closeUs
    this.bellUs = isOver ? Number.POSITIVE_INFINITY : Math.max(us, this.session?.openUs ?? us)
    return date
  }

  /** Rings the bell that is due. The close is heard just after it, so that a sample at the bell still counts. */
  ring(): 'open' | 'close' {
    this.#isOpen = !this.#isOpen
    this.bellUs = this.#isOpen ? (this.session?.closeUs ?? Number.NaN) + 1 : Number.POSITIVE_INFINITY
    return this.#isOpen ? 'open' : 'close'
  }

  /** The first instant of the next date, found without knowing the zone's rules. */
  #endOfDate(us: Us, date: IsoDate): Us {
    let low = us
    let high = us + LONGEST_DAY_US
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (this.#calendar.tradingDate(middle) === date) low = middle
      else high = middle
    }
    return high
  }
}
