import { FORM } from './fields.js'
import type { Text } from './line-reader.js'

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
/** Below it a price of nine decimals is exact. */
const EXACT_DOLLARS = 9_000_000
/** As Databento writes prices. */
const DECIMALS = 9
const FOUR_ZEROS = 0x3030_3030
/** Characters of a time as `pretty_ts` writes it. */
const PRETTY_TIME = 30
/** Characters of a padded OCC symbol. */
const OCC_LENGTH = 21
const MAX_ID = 0xffff_ffff

/** The places of a quote's columns in a line. */
export interface QuoteColumns {
  readonly received: number
  readonly id: number
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
  id = 0
  bidMicros = 0.5
  askMicros = 0.5
  bidSize = 0
  askSize = 0
  symbolStart = 0
  symbolEnd = 0
  /** A hash of the symbol's bytes. */
  symbolHash = 0
  /** The receive time that lines must repeat; `NaN` until {@link learn}. */
  receivedUs: number = Number.NaN
  /** Columns before the time, between it and the id, from there to the bid, and between the sizes and the symbol. */
  readonly #before: number
  readonly #toId: number
  readonly #toBid: number
  readonly #after: number
  /** The text of the time; its first words are compared whole. */
  readonly #time = new Uint8Array(32)
  readonly #timeWords = new Int32Array(8)
  #timeLength = 0
  #form: number = FORM.unknown
  /** Where what was read last ends, and whether anything was not as it should be. */
  #at = 0
  #isOdd = false

  /** True when the columns stand as Databento writes them: time, id, bid, ask, their sizes, and the symbol last. */
  static canRead({ received, id, bid, ask, bidSize, askSize, symbol, count }: QuoteColumns): boolean {
    const areTogether = ask === bid + 1 && bidSize === ask + 1 && askSize === bidSize + 1
    const areInOrder = received >= 0 && received + 1 < id && id + 1 < bid && askSize < symbol
    return areTogether && areInOrder && symbol === count - 1
  }

  constructor({ received, id, bid, askSize, symbol }: QuoteColumns) {
    this.#before = received
    this.#toId = id - received - 1
    this.#toBid = bid - id - 1
    this.#after = symbol - askSize - 1
  }

  /** Takes what later lines must repeat from one that was read with care. */
  learn(bytes: Uint8Array, start: number, end: number, us: number, form: number): void {
    const isKept = end - start <= this.#time.length
    this.#timeLength = isKept ? end - start : 0
    this.receivedUs = isKept ? us : Number.NaN
    this.#time.set(bytes.subarray(start, start + this.#timeLength))
    const view = new DataView(this.#time.buffer)
    for (let word = 0; word < 8; word++) this.#timeWords[word] = view.getInt32(word * 4, true)
    this.#form = form
  }

  /**
   * Reads the line at a place; answers where the next one starts, or -1 when it must be read with care.
   *
   * The line must be whole: its line feed is in the text. No column is passed over without a look at each byte, so
   * that a line feed where none should be is seen.
   */
  read({ bytes, view }: Text, start: number): number {
    if (this.#form === FORM.unknown || Number.isNaN(this.receivedUs)) return -1
    this.#isOdd = false
    let at = this.#before === 0 ? start : skip(bytes, start, this.#before)
    if (at < 0 || !this.#isSameTime(bytes, view, at)) return -1
    at += this.#timeLength
    if (bytes[at] !== COMMA) return -1
    at = isPrettyTime(bytes, view, at + 1)
      ? skip(bytes, at + 2 + PRETTY_TIME, this.#toId - 1)
      : skip(bytes, at + 1, this.#toId)
    if (at < 0) return -1
    this.id = this.#integer(bytes, at)
    at = skip(bytes, this.#at, this.#toBid)
    if (at < 0) return -1
    this.bidMicros = this.#price(bytes, view, at)
    this.askMicros = this.#price(bytes, view, this.#at)
    this.bidSize = this.#integer(bytes, this.#at)
    this.askSize = this.#integer(bytes, this.#at)
    if (this.#isOdd || this.id > MAX_ID) return -1
    at = skip(bytes, this.#at, this.#after)
    return at < 0 ? -1 : this.#symbol(bytes, view, at)
  }

  #isSameTime(bytes: Uint8Array, view: DataView, start: number): boolean {
    const words = this.#timeWords
    const length = this.#timeLength
    let i = 0
    for (; i + 4 <= length; i += 4) if (view.getInt32(start + i, true) !== words[i >>> 2]) return false
    for (; i < length; i++) if (bytes[start + i] !== this.#time[i]) return false
    return true
  }

  /** The symbol, which ends the line. Answers where the next line starts. */
  #symbol(bytes: Uint8Array, view: DataView, start: number): number {
    let end = start + OCC_LENGTH
    if (bytes[end] === LINE_FEED && this.#hash(view, start)) {
      this.symbolStart = start
      this.symbolEnd = end
      return end + 1
    }
    let hash = 0
    for (end = start; bytes[end] !== LINE_FEED; end++) {
      const byte = bytes[end] as number
      if (byte === COMMA || byte === QUOTE) return -1
      hash = Math.imul(hash ^ byte, 0x0100_0193)
    }
    this.symbolHash = hash
    this.symbolStart = start
    this.symbolEnd = bytes[end - 1] === RETURN ? end - 1 : end
    return this.symbolEnd === start ? -1 : end + 1
  }

  /** Hashes 21 bytes; false where any is below a letter or a digit, but blank. */
  #hash(view: DataView, start: number): boolean {
    let hash = 0
    let odd = 0
    for (let at = start; at < start + 20; at += 4) {
      const word = view.getInt32(at, true)
      odd |= below(word, 0x2020_2020) | equal(word, 0x2c2c_2c2c) | equal(word, 0x2222_2222)
      hash = Math.imul(hash ^ word, 0x85eb_ca6b)
      hash ^= hash >>> 15
    }
    const last = view.getUint8(start + 20)
    this.symbolHash = Math.imul(hash ^ last, 0x85eb_ca6b)
    return odd === 0 && last > COMMA
  }

  /** Micro-dollars; `NaN` where there is none. Leaves {@link #at} after the comma. */
  #price(bytes: Uint8Array, view: DataView, start: number): number {
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
      const tenths = (bytes[at + 1] as number) - ZERO
      const cents = (bytes[at + 2] as number) - ZERO
      const isCents = view.getInt32(at + 3, true) === FOUR_ZEROS && view.getInt32(at + 6, true) === FOUR_ZEROS
      if (isCents && tenths >= 0 && tenths <= 9 && cents >= 0 && cents <= 9 && whole < EXACT_DOLLARS)
        return whole * 1_000_000 + tenths * 100_000 + cents * 10_000
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
function isPrettyTime(bytes: Uint8Array, view: DataView, at: number): boolean {
  if (
    bytes[at + PRETTY_TIME] !== COMMA ||
    bytes[at + PRETTY_TIME - 1] !== ZULU ||
    bytes[at + 10] !== TEE ||
    bytes[at + 4] !== DASH
  )
    return false
  let odd = 0
  for (let word = at; word < at + 28; word += 4) odd |= below(view.getInt32(word, true), 0x2d2d_2d2d)
  return odd === 0 && (bytes[at + 28] as number) >= ZERO
}

/** Not 0 where any of four bytes is below that of a pattern of four the same, of 128 at most. */
function below(word: number, pattern: number): number {
  return (word - pattern) & ~word & 0x8080_8080
}

/** Not 0 where any of four bytes is that of a pattern of four the same. */
function equal(word: number, pattern: number): number {
  const rest = word ^ pattern
  return (rest - 0x0101_0101) & ~rest & 0x8080_8080
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
