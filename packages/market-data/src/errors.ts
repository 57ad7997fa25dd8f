import { ScalpError } from '@scalp/canonical'

/** Thrown when an instant lies outside the years the calendar knows. */
export class CalendarRangeError extends ScalpError {
  override readonly name = 'CalendarRangeError'
  constructor({ date }: { date: string }) {
    super(`The exchange calendar does not know ${date}.`, {
      code: 'CALENDAR_RANGE',
      hint: 'It holds the years 2010 to 2030. Check the units of the time: microseconds since 1970.',
      details: { date },
    })
  }
}
