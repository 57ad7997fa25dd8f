import type { IsoDate, OptionId, Session, Us } from '@scalp/canonical'
import type { ExchangeCalendar } from './exchange-calendar.js'

/** A year of 365 days, µs. */
export const CALENDAR_YEAR_US: number = 31_536_000 * 1_000_000
/** A year of 252 sessions of 390 minutes, µs. */
export const TRADING_YEAR_US: number = 252 * 390 * 60 * 1_000_000

/** What an option settles on: the close of its expiry (`pm`, all equity options), or the open (`am`, SPX monthlies). */
export type ExpirySettlement = 'am' | 'pm'

/**
 * The instant an option's value is settled: the closing bell of its expiry in New York, 16:00 or 13:00 on a short
 * day; with `am` the opening bell. An expiry on a day without session, such as the Saturdays of monthlies until
 * 2015, counts as the session before it. `NaN` before the calendar's first session.
 *
 * @throws {@link CalendarRangeError} On an expiry the calendar does not know.
 */
export function expiryUs(
  option: Pick<OptionId, 'expiry'>,
  calendar: ExchangeCalendar,
  { settlement = 'pm' }: { readonly settlement?: ExpirySettlement } = {},
): Us {
  const session = calendar.sessionOn(option.expiry) ?? calendar.previousSession(option.expiry)
  if (session === undefined) return Number.NaN
  return settlement === 'am' ? session.openUs : session.closeUs
}

/** Years of 31,536,000 s from `nowUs` to `untilUs`; 0 once it has passed. */
export function calendarYears(nowUs: Us, untilUs: Us): number {
  return Math.max(0, untilUs - nowUs) / CALENDAR_YEAR_US
}

/**
 * Years of 252 × 390 minutes of open market from `nowUs` to `untilUs`; 0 once it has passed. Its cost grows
 * with the days between; meant for once per expiry and minute, not per quote.
 *
 * @throws {@link CalendarRangeError} When either end lies outside the calendar.
 */
export function tradingYears(nowUs: Us, untilUs: Us, calendar: ExchangeCalendar): number {
  const today: IsoDate = calendar.tradingDate(nowUs)
  let session: Session | undefined = calendar.sessionOn(today) ?? calendar.nextSession(today)
  let openUs = 0
  while (session !== undefined && session.openUs < untilUs) {
    openUs += Math.max(0, Math.min(session.closeUs, untilUs) - Math.max(session.openUs, nowUs))
    session = calendar.nextSession(session.date)
  }
  return openUs / TRADING_YEAR_US
}
