import { isScalpError } from '@scalp/canonical'
import { createExchangeCalendar, type ExchangeCalendar } from '@scalp/market-data'

/** The calendar of the US exchanges; options of broad indexes and funds close a quarter of an hour later. */
export const calendar: ExchangeCalendar = createExchangeCalendar()

/** Whether US exchanges traded on a day, `YYYY-MM-DD`; outside the years of the calendar Monday to Friday. */
export function isTradingDay(date: string): boolean {
  try {
    return calendar.isTradingDay(date)
  } catch (error) {
    if (!isScalpError(error)) throw error
    const weekday = new Date(Date.parse(date)).getUTCDay()
    return weekday !== 0 && weekday !== 6
  }
}
