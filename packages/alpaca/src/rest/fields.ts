import { MICROS_PER_DOLLAR, type Micros } from '@scalp/canonical'
import { z } from 'zod'
import { parseTimestamp, type WireTimestamp } from '../wire/timestamp.js'

const DECIMAL = /^([+-]?)(\d{1,12})(?:\.(\d+))?$/

/**
 * Reads a decimal as Alpaca writes it, to the nearest micro-dollar; averages come with more decimals than six.
 * `NaN` when it is none.
 */
export function decimalMicros(text: string): Micros {
  const match = DECIMAL.exec(text)
  if (match === null) return Number.NaN
  const [, sign, whole, decimals = ''] = match
  const kept = Number(decimals.slice(0, 6).padEnd(6, '0')) + (Number(decimals[6] ?? '0') >= 5 ? 1 : 0)
  const micros = Number(whole) * MICROS_PER_DOLLAR + kept
  return sign === '-' && micros !== 0 ? -micros : micros
}

/** Writes micro-dollars as the decimal that Alpaca takes: two decimals at least, no more than needed. */
export function microsText(micros: Micros): string {
  const absolute = Math.abs(micros)
  const decimals = String(absolute % MICROS_PER_DOLLAR)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '')
  return `${micros < 0 ? '-' : ''}${Math.floor(absolute / MICROS_PER_DOLLAR)}.${decimals}`
}

const decimal = z.union([z.string().regex(DECIMAL), z.number().transform(String)])

/** Money; `NaN` where it is missing or null. */
export const money: z.ZodType<Micros> = decimal
  .nullish()
  .transform((text) => (text === null || text === undefined ? Number.NaN : decimalMicros(text)))
/** A quantity or ratio as a number; `NaN` where it is missing or null. */
export const quantity: z.ZodType<number> = z
  .union([z.string().regex(DECIMAL), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? Number.NaN : Number(value)))
/** Text; empty where it is missing or null. */
export const words: z.ZodType<string> = z
  .string()
  .nullish()
  .transform((text) => text ?? '')
/** A flag; false where it is missing or null. */
export const flag: z.ZodType<boolean> = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false)
/** A time in microseconds since 1970, `NaN` where it is missing or null. */
export const timeUs: z.ZodType<number> = z
  .string()
  .transform((text, context) => parseTimestamp(text)?.us ?? invalid(context))
  .nullish()
  .transform((us) => us ?? Number.NaN)
/** A time that must be there, to the nanosecond. */
export const instant: z.ZodType<WireTimestamp> = z
  .string()
  .transform((text, context) => parseTimestamp(text) ?? invalid(context))

function invalid(context: z.core.$RefinementCtx): never {
  context.addIssue('is no RFC 3339 time')
  return z.NEVER
}
