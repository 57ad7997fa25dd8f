import {
  type CalendarReader,
  type IsoDate,
  type Session,
  US_PER_DAY,
  US_PER_MINUTE,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { CalendarRangeError } from './errors.js'
import { daylightSaving, earlyCloses, holidays } from './holidays.js'

const FIRST_YEAR = 2010
const LAST_YEAR = 2030
const HOUR = 60 * US_PER_MINUTE
const OPEN = 9 * HOUR + 30 * US_PER_MINUTE
const CLOSE = 16 * HOUR
const EARLY_CLOSE = 13 * HOUR
/** Roots whose options trade a quarter of an hour longer: broad index options and ETF options. */
const LATE_CLOSE_MINUTES = 15

/** What a calendar may be told. */
export interface ExchangeCalendarOptions {
  /** Option roots that close 15 minutes after the shares, such as SPX; none unless told. */
  readonly lateCloseRoots?: readonly string[]
}

/** An instant on the clocks of New York. */
export interface NewYorkTime {
  readonly date: IsoDate
  /** 0 on Sunday to 6 on Saturday. */
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
}

/** The calendar of the US equity and options exchanges, 2010 to 2030, in New York time. */
export interface ExchangeCalendar extends CalendarReader {
  /** The session of a date; undefined on weekends and holidays. */
  sessionOn(date: IsoDate): Session | undefined
  /** Sessions from a date to a date, both included. */
  sessions(from: IsoDate, to: IsoDate): readonly Session[]
  isTradingDay(date: IsoDate): boolean
  /** The first session after a date; undefined past the calendar's end. */
  nextSession(date: IsoDate): Session | undefined
  /** The last session before a date; undefined before the calendar's start. */
  previousSession(date: IsoDate): Session | undefined
  /** Minutes since the opening bell, negative before it; `NaN` on a day without session. */
  minutesSinceOpen(us: Us): number
  /** Minutes until the closing bell, negative after it; `NaN` on a day without session. */
  minutesUntilClose(us: Us): number
  /** New York time minus UTC, µs: -4 or -5 hours. */
  newYorkOffsetUs(us: Us): number
  /** The instant on the clocks of New York; makes an object, so not for every event. */
  toNewYork(us: Us): NewYorkTime
  /** When options of a root stop trading on a date; `NaN` on a day without session. */
  optionsCloseUs(root: string, date: IsoDate): Us
}

/**
 * Makes the exchange calendar. Look-ups within one New York day allocate nothing.
 *
 * @throws {@link CalendarRangeError} On look-ups outside 2010 to 2030.
 */
export function createExchangeCalendar({
  lateCloseRoots = [],
}: ExchangeCalendarOptions = {}): ExchangeCalendar {
  const late = new Set(lateCloseRoots)
  const sessionsByDate = new Map<IsoDate, Session | undefined>()
  let fromUs: Us = 0
  let toUs: Us = 0
  let date: IsoDate = ''
  let session: Session | undefined

  /** Moves the cached day to that of an instant. */
  function seek(us: Us): void {
    if (us >= fromUs && us < toUs) return
    const local = us + newYorkOffsetUs(us)
    const day = Math.floor(local / US_PER_DAY)
    const on = toIsoDate(day)
    session = sessionOn(on) // throws outside the calendar, and then the cached day must stay whole
    date = session?.date ?? on // one string a date: compared by whoever asks again and again
    fromUs = toUtcUs(day * US_PER_DAY)
    toUs = toUtcUs((day + 1) * US_PER_DAY)
  }

  function sessionOn(on: IsoDate): Session | undefined {
    if (!sessionsByDate.has(on)) sessionsByDate.set(on, makeSession(on))
    return sessionsByDate.get(on)
  }

  function step(from: IsoDate, by: 1 | -1): Session | undefined {
    for (let day = toDay(from) + by; ; day += by) {
      const next = toIsoDate(day)
      const year = Number(next.slice(0, 4))
      if (year < FIRST_YEAR || year > LAST_YEAR) return undefined
      const found = sessionOn(next)
      if (found !== undefined) return found
    }
  }

  return {
    session(us) {
      seek(us)
      return session
    },
    tradingDate(us) {
      seek(us)
      return date
    },
    isOpen(us) {
      seek(us)
      return session !== undefined && us >= session.openUs && us < session.closeUs
    },
    sessionOn,
    sessions(from, to) {
      const found: Session[] = []
      const last = toDay(to)
      for (let day = toDay(from); day <= last; day++) {
        const on = sessionOn(toIsoDate(day))
        if (on !== undefined) found.push(on)
      }
      return found
    },
    isTradingDay: (on) => sessionOn(on) !== undefined,
    nextSession: (on) => step(on, 1),
    previousSession: (on) => step(on, -1),
    minutesSinceOpen(us) {
      seek(us)
      return session === undefined ? Number.NaN : (us - session.openUs) / US_PER_MINUTE
    },
    minutesUntilClose(us) {
      seek(us)
      return session === undefined ? Number.NaN : (session.closeUs - us) / US_PER_MINUTE
    },
    newYorkOffsetUs,
    toNewYork,
    optionsCloseUs(root, on) {
      const closeUs = sessionOn(on)?.closeUs ?? Number.NaN
      return late.has(root) ? closeUs + LATE_CLOSE_MINUTES * US_PER_MINUTE : closeUs
    },
  }
}

function makeSession(date: IsoDate): Session | undefined {
  const year = Number(date.slice(0, 4))
  const closed = holidays[year]
  if (closed === undefined) throw new CalendarRangeError({ date })
  const day = toDay(date)
  const weekday = (day + 4) % 7
  if (weekday === 0 || weekday === 6 || closed.includes(date)) return undefined
  const isEarlyClose = earlyCloses[year]?.includes(date) ?? false
  const local = day * US_PER_DAY
  return {
    date,
    openUs: toUtcUs(local + OPEN),
    closeUs: toUtcUs(local + (isEarlyClose ? EARLY_CLOSE : CLOSE)),
    isEarlyClose,
  }
}

/** Daylight saving time begins at 02:00 standard time, 07:00 UTC, and ends at 02:00 daylight time, 06:00 UTC. */
const changes: readonly { readonly startUs: Us; readonly endUs: Us }[] = Array.from(
  { length: LAST_YEAR - FIRST_YEAR + 1 },
  (_, index) => {
    const [start, end] = daylightSaving[FIRST_YEAR + index] as readonly [IsoDate, IsoDate]
    return { startUs: toDay(start) * US_PER_DAY + 7 * HOUR, endUs: toDay(end) * US_PER_DAY + 6 * HOUR }
  },
)
const YEAR_US = 365.2425 * US_PER_DAY
const FIRST_US = toDay('2010-01-01') * US_PER_DAY

function newYorkOffsetUs(us: Us): number {
  const year = Math.floor((us - FIRST_US) / YEAR_US)
  /** The guess may be a year late around New Year, when it is winter either way. */
  const change = changes[Math.min(Math.max(year, 0), changes.length - 1)]
  const isSummer = change !== undefined && us >= change.startUs && us < change.endUs
  return (isSummer ? -4 : -5) * HOUR
}

/** The instant of a local time, which must not lie in the hour that a change skips or repeats. */
function toUtcUs(localUs: number): Us {
  const guess = localUs + 5 * HOUR
  return localUs - newYorkOffsetUs(guess - HOUR)
}

function toNewYork(us: Us): NewYorkTime {
  const local = us + newYorkOffsetUs(us)
  const day = Math.floor(local / US_PER_DAY)
  const time = local - day * US_PER_DAY
  return {
    date: toIsoDate(day),
    weekday: (day + 4) % 7,
    hour: Math.floor(time / HOUR),
    minute: Math.floor(time / US_PER_MINUTE) % 60,
    second: Math.floor(time / US_PER_SECOND) % 60,
    microsecond: time % US_PER_SECOND,
  }
}

function toDay(date: IsoDate): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000
}

function toIsoDate(day: number): IsoDate {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
