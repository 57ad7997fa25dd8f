const DASH = '–'

const dollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
})
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const minutes = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  hour: '2-digit',
  minute: '2-digit',
})
const dates = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' })

/** Dollars and cents; a dash for what is unknown. */
export function usd(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : dollars.format(value)
}

/** As {@link usd}, with the sign of a gain. */
export function profit(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : `${value > 0 ? '+' : ''}${dollars.format(value)}`
}

/** A price without its currency. */
export function price(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? DASH : value.toFixed(digits)
}

/** A percent number. */
export function percent(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined ? DASH : `${value.toFixed(digits)} %`
}

/** As {@link percent}, with the sign of a gain. */
export function change(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? DASH : `${value > 0 ? '+' : ''}${value.toFixed(digits)} %`
}

/** A number without decimals. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : whole.format(value)
}

/** Seconds as people say them: `42 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return DASH
  const total = Math.max(0, Math.round(seconds))
  if (total < 60) return `${total} s`
  const two = (value: number): string => String(value).padStart(2, '0')
  return total < 3_600
    ? `${Math.floor(total / 60)} min ${two(total % 60)} s`
    : `${Math.floor(total / 3_600)} h ${two(Math.floor((total % 3_600) / 60))} min`
}

/** Milliseconds, with the digits that matter. */
export function millis(value: number | null | undefined): string {
  if (value === null || value === undefined) return DASH
  return value >= 10_000
    ? duration(value / 1_000)
    : `${value < 10 ? value.toFixed(2) : whole.format(value)} ms`
}

/** An instant as a time of day in New York. */
export function timeOfDay(instant: string | number | null | undefined): string {
  return instant === null || instant === undefined ? DASH : clock.format(new Date(instant))
}

/** The same without seconds. */
export function hourMinute(instant: string | number): string {
  return minutes.format(new Date(instant))
}

/** An instant as a date in New York. */
export function newYorkDate(instant: string | number): string {
  return dates.format(new Date(instant))
}

/** `SPY261218C00600000` as `SPY 600 C 12-18`. */
export function contractName(symbol: string | null | undefined): string {
  const parts = /^([A-Z][A-Z0-9.]{0,5}?)(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/.exec(
    (symbol ?? '').replaceAll(' ', ''),
  )
  if (parts === null) return symbol ?? DASH
  const [, root, , month, day, right, strike] = parts
  return `${root} ${Number(strike) / 1_000} ${right} ${month}-${day}`
}

/** `stop_loss` and `SPREAD_TOO_WIDE` as words. */
export function words(code: string): string {
  return code.toLowerCase().replaceAll(/[_-]/g, ' ')
}

/** A value of any kind, short. */
export function anything(value: number | string | boolean | null): string {
  if (value === null) return DASH
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 1 ? 3 : 2)
}
