import { isIsoDate, US_PER_MINUTE, US_PER_SECOND, type Us } from '@scalp/canonical'
import { InstantFormatError } from './errors.js'

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/

/**
 * Parses an ISO 8601 instant to µs since 1970; digits below the microsecond are cut off.
 *
 * @throws {@link InstantFormatError} On text without a zone, or that is no instant.
 */
export function parseInstant(text: string): Us {
  const us = safeParseInstant(text)
  if (us === undefined) throw new InstantFormatError({ text })
  return us
}

/** As {@link parseInstant}, undefined instead of throwing. */
export function safeParseInstant(text: string): Us | undefined {
  const match = INSTANT.exec(text)
  if (match === null) return undefined
  const [, date = '', hour, minute, second, fraction = '', sign, zoneHour = '0', zoneMinute = '0'] = match
  if (!isIsoDate(date)) return undefined
  const seconds = Date.parse(`${date}T${hour}:${minute}:${second}Z`) / 1_000
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1)
  return seconds * US_PER_SECOND + Number(fraction.slice(0, 6).padEnd(6, '0')) - zone * US_PER_MINUTE
}
