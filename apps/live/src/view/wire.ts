import { type Micros, type Us } from '@scalp/canonical'

/** An instant as ISO 8601; null when it is none. */
export function iso(us: Us): string {
  return new Date(Math.floor(us / 1_000)).toISOString()
}

/** As {@link iso}; null when unknown. */
export function isoOrNull(us: Us | null | undefined): string | null {
  return us === null || us === undefined || !Number.isFinite(us) ? null : iso(us)
}

/** Dollars of micro-dollars, to a ten-thousandth; null when unknown. */
export function usd(micros: Micros | null | undefined): number | null {
  return micros === null || micros === undefined || !Number.isFinite(micros)
    ? null
    : Math.round(micros / 100) / 10_000
}

/** As {@link usd}, 0 when unknown. */
export function usdOr0(micros: Micros | null | undefined): number {
  return usd(micros) ?? 0
}

/** A number with so many decimals; null when unknown. */
export function fixed(value: number | null | undefined, decimals: number): number | null {
  if (value === null || value === undefined || !Number.isFinite(value)) return null
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}
