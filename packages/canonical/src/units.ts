import { MoneyFormatError } from './errors.js'

/** Price, premium, cash or fee in integer 1e-6 dollars; `NaN` where there is none. Exact to $9 billion. */
export type Micros = number
/** An instant in integer microseconds since 1970-01-01 UTC. Exact to the year 2255. */
export type Us = number
/** A calendar date `YYYY-MM-DD`; a trading date is one in New York. */
export type IsoDate = string

/** Micro-dollars in a dollar. */
export const MICROS_PER_DOLLAR = 1_000_000
/** Microseconds in a millisecond. */
export const US_PER_MS = 1_000
/** Microseconds in a second. */
export const US_PER_SECOND = 1_000_000
/** Microseconds in a minute. */
export const US_PER_MINUTE = 60_000_000
/** Microseconds in a day of 24 hours. */
export const US_PER_DAY = 86_400_000_000

const MONEY = /^([+-]?)(\d{1,10})(?:\.(\d{1,6}))?$/

/**
 * Reads dollars written in decimals, exactly.
 *
 * @throws {@link MoneyFormatError} On anything but digits with at most six decimals, and beyond 9 billion dollars.
 * @example
 * parseMicros('1.15') // 1_150_000
 */
export function parseMicros(text: string): Micros {
  const match = MONEY.exec(text)
  if (match === null) throw new MoneyFormatError({ text })
  const [, sign, whole = '0', decimals = ''] = match
  const micros = Number(whole) * MICROS_PER_DOLLAR + Number(decimals.padEnd(6, '0'))
  if (!Number.isSafeInteger(micros)) throw new MoneyFormatError({ text })
  return sign === '-' && micros !== 0 ? -micros : micros
}

/** Rounds a dollar amount held as a float to the nearest micro-dollar, for values that were never text. */
export function toMicros(dollars: number): Micros {
  return Math.round(dollars * MICROS_PER_DOLLAR)
}

/** Dollars as a float, for display, statistics and vendors' JSON; never for sums. */
export function toDollars(micros: Micros): number {
  return micros / MICROS_PER_DOLLAR
}

/**
 * Writes an amount as dollars with two decimals, or as many as it takes to be exact.
 *
 * @example
 * formatUsd(-1_234_500_000) // '-$1,234.50'
 */
export function formatUsd(micros: Micros): string {
  if (!Number.isFinite(micros)) return '–'
  const absolute = Math.abs(Math.round(micros))
  const whole = Math.floor(absolute / MICROS_PER_DOLLAR)
  const decimals = String(absolute % MICROS_PER_DOLLAR)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '')
  return `${micros < 0 && absolute > 0 ? '-' : ''}$${whole.toLocaleString('en-US')}.${decimals}`
}

/** The instant as ISO 8601 UTC with microseconds, for logs and messages. */
export function formatUs(us: Us): string {
  if (!Number.isFinite(us)) return '–'
  const iso = new Date(Math.floor(us / 1_000)).toISOString()
  return `${iso.slice(0, 23)}${String(((us % 1_000) + 1_000) % 1_000).padStart(3, '0')}Z`
}
