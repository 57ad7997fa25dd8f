import { FORM } from './fields.js'

const COMMA = 44
const LINE_FEED = 10
const RETURN = 13
const QUOTE = 34
const POINT = 46
const ZERO = 48
const DASH = 45
const TEE = 84
const ZULU = 90
const NO_PRICE = 9_223_372_036_854_775_000
const NS_PER_DOLLAR = 1_000_000_000
/** As Databento writes prices. */
const DECIMALS = 9
/** Characters of a time as `pretty_ts` writes it. */
const PRETTY_TIME = 30

/** The places of a quote's columns in a line. */
export interface QuoteColumns {
  readonly received: number
  readonly bid: number
  readonly ask: number
  readonly bidSize: number
  readonly askSize: number
  readonly symbol: number
  /** How many columns there are. */
  readonly count: number
}

/**
 * Reads lines of quotes in one pass over their bytes, where they are as their neighbours are: the same receive
 * time as the line before, prices written the same way, nothing in quotes. All others are for {@link CsvRow}.
 */
export class QuoteLine {
  bidMicros = 0.5
  askMicros = 0.5
  bidSize = 0
  askSize = 0
  symbolStart = 0
  symbolEnd = 0
  /** The receive time that lines must repeat; `NaN` until {@link learn}. */
  receivedUs: number = Number.NaN
  /** Columns before the time, between it and the bid, and between the sizes and the symbol. */
  readonly #before: number
  readonly #between: number
  readonly #after: number
  readonly #time = new Uint8Array(32)
  #timeLength = 0
  #form: number = FORM.unknown
  /** Where what was read last ends, and whether anything was not as it should be. */
  #at = 0
  #isOdd = false

  /** True when the columns stand as Databento writes them: time, bid, ask, their sizes, and the symbol last. */
  static canRead({ received, bid, ask, bidSize, askSize, symbol, count }: QuoteColumns): boolean {
    const areTogether = ask === bid + 1 && bidSize === ask + 1 && askSize === bidSize + 1
    return received >= 0 && received + 1 < bid && areTogether && askSize < symbol && symbol === count - 1
  }

  constructor({ received, bid, askSize, symbol }: QuoteColumns) {
    this.#before = received
    this.#between = bid - received - 1
    this.#after = symbol - askSize - 1
  }

  /** Takes what later lines must repeat from one that was read with care. */
  learn(bytes: Uint8Array, start: number, end: number, us: number, form: number): void {
    this.#timeLength = Math.min(end - start, this.#time.length)
    this.receivedUs = end - start > this.#time.length ? Number.NaN : us
    this.#time.set(bytes.subarray(start, start + this.#timeLength))
    this.#form = form
  }

  /**
   * Reads the line at a place; answers where the next one starts, or -1 when it must be read with care.
   *
   * The line must be whole: its line feed is among the bytes.
   */
  read(bytes: Uint8Array, start: number): number {
    if (Number.isNaN(this.receivedUs) || this.#form === FORM.unknown) return -1
    this.#isOdd = false
    let at = this.#before === 0 ? start : skip(bytes, start, this.#before)
    if (at < 0 || !this.#isSameTime(bytes, at)) return -1
    at += this.#timeLength
    if (bytes[at] !== COMMA) return -1
    at = isPrettyTime(bytes, at + 1)
      ? skip(bytes, at + 2 + PRETTY_TIME, this.#between - 1)
      : skip(bytes, at + 1, this.#between)
    if (at < 0) return -1
    this.bidMicros = this.#price(bytes, at)
    this.askMicros = this.#price(bytes, this.#at)
    this.bidSize = this.#integer(bytes, this.#at)
    this.askSize = this.#integer(bytes, this.#at)
    if (this.#isOdd) return -1
    at = skip(bytes, this.#at, this.#after)
    if (at < 0) return -1
    this.symbolStart = at
    let byte = bytes[at] as number
    while (byte !== LINE_FEED) {
      if (byte === COMMA || byte === QUOTE) return -1
      byte = bytes[++at] as number
    }
    this.symbolEnd = bytes[at - 1] === RETURN ? at - 1 : at
    return this.symbolEnd === this.symbolStart ? -1 : at + 1
  }

  #isSameTime(bytes: Uint8Array, start: number): boolean {
    const time = this.#time
    const length = this.#timeLength
    for (let i = 0; i < length; i++) if (bytes[start + i] !== time[i]) return false
    return true
  }

  /** Micro-dollars; `NaN` where there is none. Leaves {@link #at} after the comma. */
  #price(bytes: Uint8Array, start: number): number {
    let at = start
    let digit = (bytes[at] as number) - ZERO
    let whole = 0
    while (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit
      digit = (bytes[++at] as number) - ZERO
    }
    if (at > start && this.#form === FORM.pretty) {
      if (digit !== POINT - ZERO || bytes[at + DECIMALS + 1] !== COMMA) this.#isOdd = true
      this.#at = at + DECIMALS + 2
      return Math.round((whole * NS_PER_DOLLAR + this.#nanos(bytes, at + 1)) / 1_000)
    }
    if (digit !== COMMA - ZERO) this.#isOdd = true
    this.#at = at + 1
    return at === start || whole >= NO_PRICE ? Number.NaN : Math.round(whole / 1_000)
  }

  /** Nine digits; of a digit and of itself plus 6 neither goes beyond four bits. */
  #nanos(bytes: Uint8Array, at: number): number {
    const a = (bytes[at] as number) - ZERO
    const b = (bytes[at + 1] as number) - ZERO
    const c = (bytes[at + 2] as number) - ZERO
    const d = (bytes[at + 3] as number) - ZERO
    const e = (bytes[at + 4] as number) - ZERO
    const f = (bytes[at + 5] as number) - ZERO
    const g = (bytes[at + 6] as number) - ZERO
    const h = (bytes[at + 7] as number) - ZERO
    const i = (bytes[at + 8] as number) - ZERO
    const all = a | b | c | d | e | f | g | h | i
    const plus6 = (a + 6) | (b + 6) | (c + 6) | (d + 6) | (e + 6) | (f + 6) | (g + 6) | (h + 6) | (i + 6)
    if ((all | plus6) >>> 4 !== 0) this.#isOdd = true
    const high = (a * 10 + b) * 10 + c
    const middle = (d * 10 + e) * 10 + f
    return (high * 1_000 + middle) * 1_000 + (g * 10 + h) * 10 + i
  }

  /** A whole number. Leaves {@link #at} after the comma. */
  #integer(bytes: Uint8Array, start: number): number {
    let at = start
    let value = 0
    let digit = (bytes[at] as number) - ZERO
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digit = (bytes[++at] as number) - ZERO
    }
    if (at === start || digit !== COMMA - ZERO) this.#isOdd = true
    this.#at = at + 1
    return value
  }
}

/** True where a whole column is a time of the one form and length that Databento writes. */
function isPrettyTime(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + PRETTY_TIME] === COMMA &&
    bytes[at + PRETTY_TIME - 1] === ZULU &&
    bytes[at + 10] === TEE &&
    bytes[at + 4] === DASH
  )
}

/** The place after so many commas; -1 when the line ends before, or has quotes. Text of columns is above them. */
function skip(bytes: Uint8Array, start: number, commas: number): number {
  let at = start
  for (let left = commas; left > 0; ) {
    const byte = bytes[at++] as number
    if (byte > COMMA) continue
    if (byte === COMMA) left--
    else if (byte === LINE_FEED || byte === QUOTE) return -1
  }
  return at
}
