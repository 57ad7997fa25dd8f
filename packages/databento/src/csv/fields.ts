const NS_PER_DOLLAR = 1_000_000_000
const NO_PRICE = 9_223_372_036_854_775_000
const MS_PER_DAY = 86_400_000

/** How a column writes prices or times; decided at its first value, and then the same to the end. */
export const FORM = { unknown: 0, pretty: 1, raw: 2 } as const

/** Digits of a field as a number; `NaN` when there is anything else. */
export function readInteger(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** The form of a price that is not empty: with a point pretty, else raw. */
export function priceForm(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 10] === 46 && end - start > 10) return FORM.pretty
  for (let i = start; i < end; i++) if (bytes[i] === 46) return FORM.pretty
  return FORM.raw
}

/** The form of a time that is not empty: with a dash after four digits pretty, else raw. */
export function timeForm(bytes: Uint8Array, start: number, end: number): number {
  return end - start > 4 && bytes[start + 4] === 45 ? FORM.pretty : FORM.raw
}

/**
 * A price in micro-dollars, exactly: decimal dollars with a point and up to nine digits after it, else an
 * integer of 1e-9 dollars. Empty and the undefined price are `NaN`; `undefined` is no price at all.
 *
 * A price between two micro-dollars is rounded as the reader of DBN rounds it.
 */
export function readPriceMicros(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (start >= end) return Number.NaN
  const isNegative = bytes[start] === 45
  const from = isNegative ? start + 1 : start
  let point = end - 10
  if (point <= from || bytes[point] !== 46) point = bytes.subarray(from, end).indexOf(46) + from
  let nanos: number
  if (point < from) {
    nanos = readInteger(bytes, from, end)
    if (nanos >= NO_PRICE) return Number.NaN
  } else {
    const decimals = end - point - 1
    if (decimals > 9) return undefined
    nanos =
      readInteger(bytes, from, point) * NS_PER_DOLLAR +
      readInteger(bytes, point + 1, end) * 10 ** (9 - decimals)
  }
  if (Number.isNaN(nanos)) return undefined
  return Math.round((isNegative ? -nanos : nanos) / 1_000) + 0
}

/**
 * An instant in µs, rounded down: ISO 8601 with zone, else an integer of ns. Empty and the undefined time are
 * `NaN`; `undefined` is no time at all.
 */
export function readTimeUs(bytes: Uint8Array, start: number, end: number): number | undefined {
  const length = end - start
  if (length === 0) return Number.NaN
  if (timeForm(bytes, start, end) === FORM.raw) {
    if (length > 20 || Number.isNaN(readInteger(bytes, start, end))) return undefined
    if (length === 20) return Number.NaN
    return length <= 3 ? 0 : readInteger(bytes, start, end - 3)
  }
  if (length === 30 && bytes[end - 1] === 90) return readPrettyTime(bytes, start)
  return readLooseTime(bytes, start, end)
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`, as Databento writes it. */
function readPrettyTime(bytes: Uint8Array, s: number): number | undefined {
  if (
    bytes[s + 7] !== 45 ||
    bytes[s + 10] !== 84 ||
    bytes[s + 13] !== 58 ||
    bytes[s + 16] !== 58 ||
    bytes[s + 19] !== 46
  )
    return undefined
  const month = readInteger(bytes, s + 5, s + 7)
  const day = readInteger(bytes, s + 8, s + 10)
  const hour = readInteger(bytes, s + 11, s + 13)
  const minute = readInteger(bytes, s + 14, s + 16)
  const second = readInteger(bytes, s + 17, s + 19)
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 60))
    return undefined
  if (Number.isNaN(readInteger(bytes, s + 20, s + 29))) return undefined
  const midnight = Date.UTC(readInteger(bytes, s, s + 4), month - 1, day)
  const us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + readInteger(bytes, s + 20, s + 26)
  return Number.isNaN(midnight) ? undefined : (midnight / MS_PER_DAY) * 86_400_000_000 + us
}

/** What other programs make of a time: a blank for the T, fewer digits, `+00:00` for the Z. */
function readLooseTime(bytes: Uint8Array, start: number, end: number): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 40)))
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/.exec(text)
  if (match === null) return undefined
  const [, date = '', time = '', fraction = ''] = match
  const us = Date.parse(`${date}T${time}Z`) * 1_000 + Math.floor(Number(fraction.padEnd(9, '0')) / 1_000)
  return Number.isNaN(us) ? undefined : us
}
