import type { Field } from '../dbn/layouts.js'

/** How prices and times print: plain integers, or decimals and ISO 8601. */
export interface TextForm {
  /** Prices as decimals with 9 digits, undefined ones blank; else integers of 1e-9. */
  readonly prettyPrices?: boolean
  /** Times as ISO 8601 with 9 digits, undefined ones and 0 blank; else ns since 1970. */
  readonly prettyTimes?: boolean
}

/** A value as text, and what JSON makes of it; null is blank in CSV. */
export interface TextValue {
  readonly text: string | null
  readonly json: 'number' | 'string' | 'escaped'
}

const UNDEF_PRICE = 0x7fff_ffff_ffff_ffffn
const UNDEF_TIMESTAMP = 0xffff_ffff_ffff_ffffn
const NS_PER_SECOND = 1_000_000_000n

/** Prints the field of the record at `offset` by Databento's rules. */
export function printField(
  view: DataView,
  offset: number,
  { type, offset: at, bytes }: Field,
  form: TextForm,
): TextValue {
  const here = offset + at
  switch (type) {
    case 'price':
      return { text: printPrice(view.getBigInt64(here, true), form), json: 'string' }
    case 'time':
      return { text: printTime(view.getBigUint64(here, true), form), json: 'string' }
    case 'i64':
      return { text: String(view.getBigInt64(here, true)), json: 'string' }
    case 'u64':
      return { text: String(view.getBigUint64(here, true)), json: 'string' }
    case 'u32':
      return { text: String(view.getUint32(here, true)), json: 'number' }
    case 'i32':
      return { text: String(view.getInt32(here, true)), json: 'number' }
    case 'u16':
      return { text: String(view.getUint16(here, true)), json: 'number' }
    case 'i16':
      return { text: String(view.getInt16(here, true)), json: 'number' }
    case 'u8':
      return { text: String(view.getUint8(here)), json: 'number' }
    case 'i8':
      return { text: String(view.getInt8(here)), json: 'number' }
    case 'char':
      return { text: printChar(view.getUint8(here)), json: 'escaped' }
    case 'text':
      return { text: printText(new Uint8Array(view.buffer, view.byteOffset + here, bytes)), json: 'string' }
  }
}

/** A price in 1e-9 dollars; null when it is undefined and blank. */
export function printPrice(price: bigint, { prettyPrices = false }: TextForm): string | null {
  if (!prettyPrices) return String(price)
  if (price === UNDEF_PRICE) return null
  const digits = String(price < 0n ? -price : price).padStart(10, '0')
  return `${price < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** A time in ns since 1970; null when it is undefined, or 0, and blank. */
export function printTime(ns: bigint, { prettyTimes = false }: TextForm): string | null {
  if (!prettyTimes) return String(ns)
  if (ns === UNDEF_TIMESTAMP || ns === 0n) return null
  const seconds = new Date(Number(ns / NS_PER_SECOND) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(ns % NS_PER_SECOND).padStart(9, '0')}Z`
}

const NAMED_CHARS: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x27, "\\'"],
  [0x5c, '\\\\'],
])

function printChar(byte: number): string | null {
  if (byte === 0) return null
  const named = NAMED_CHARS.get(byte)
  if (named !== undefined) return named
  if (byte >= 0x20 && byte <= 0x7e) return String.fromCharCode(byte)
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text before the first NUL; empty when there is no NUL, or it is not UTF-8. */
function printText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  if (end === -1) return ''
  try {
    return decoder.decode(bytes.subarray(0, end))
  } catch {
    return ''
  }
}
