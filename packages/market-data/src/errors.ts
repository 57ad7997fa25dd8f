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

/** Thrown when text is no instant with a time zone. */
export class InstantFormatError extends ScalpError {
  override readonly name = 'InstantFormatError'
  constructor({ text }: { text: string }) {
    super(`"${text}" is no instant.`, {
      code: 'INSTANT_FORMAT',
      hint: 'Write ISO 8601 with seconds and a zone, such as 2025-02-20T09:30:00-05:00 or 2025-02-20T14:30:00.5Z.',
      details: { text },
    })
  }
}
