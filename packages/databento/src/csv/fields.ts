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

/**
 * A price in micro-dollars: decimal with a point, else an integer of 1e-9 dollars. Empty and the undefined
 * price are `NaN`; `undefined` is no price at all.
 */
export function readPriceMicros(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (start >= end) return Number.NaN
  const isNegative = bytes[start] === 45
  const from = isNegative ? start + 1 : start
  let point = -1
  for (let i = from; i < end; i++) if (bytes[i] === 46) point = i
  let micros: number
  if (point < 0) {
    const whole = readInteger(bytes, from, end)
    if (Number.isNaN(whole)) return undefined
    if (whole >= 9.223372036854775e18) return Number.NaN
    micros = Math.round(whole / 1_000)
  } else {
    const whole = readInteger(bytes, from, point)
    const decimals = Math.min(end - point - 1, 6)
    const fraction = readInteger(bytes, point + 1, point + 1 + decimals)
    if (Number.isNaN(whole) || Number.isNaN(fraction)) return undefined
    micros = whole * 1_000_000 + fraction * 10 ** (6 - decimals)
    if (end - point - 1 > 6 && (bytes[point + 7] as number) >= 53) micros++
  }
  return isNegative ? -micros : micros
}

/**
 * An instant in µs: ISO 8601 with zone, else an integer of ns. Empty and the undefined time are `NaN`;
 * `undefined` is no time at all.
 */
export function readTimeUs(bytes: Uint8Array, start: number, end: number): number | undefined {
  const length = end - start
  if (length === 0) return Number.NaN
  if (bytes[start + 4] !== 45) {
    if (length > 20 || Number.isNaN(readInteger(bytes, start, end))) return undefined
    if (length === 20) return Number.NaN
    return length <= 3 ? 0 : readInteger(bytes, start, end - 3)
  }
  if (length === 30 && bytes[end - 1] === 90) return readPrettyTime(bytes, start)
  const text = String.fromCharCode(...bytes.subarray(start, end))
  const match = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|\+00:00)$/.exec(text)
  if (match === null) return undefined
  const [, seconds = '', fraction = ''] = match
  return (
    Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1_000 + Math.floor(Number(fraction.padEnd(9, '0')) / 1_000)
  )
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`. */
function readPrettyTime(bytes: Uint8Array, start: number): number | undefined {
  const at = (offset: number, digits: number): number =>
    readInteger(bytes, start + offset, start + offset + digits)
  const seconds = Date.UTC(at(0, 4), at(5, 2) - 1, at(8, 2), at(11, 2), at(14, 2), at(17, 2)) / 1_000
  const us = seconds * 1_000_000 + at(20, 6)
  return Number.isNaN(us) ? undefined : us
}
