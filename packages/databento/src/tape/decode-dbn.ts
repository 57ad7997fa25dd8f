import type { Block } from '../dbn/assembler.js'
import { DaySymbols } from '../dbn/day-symbols.js'
import { RTYPE, type Schema } from '../dbn/enums.js'
import { neededWords } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'
import { CorruptFileError } from '../errors.js'
import { BatchWriter } from './batch-writer.js'
import { type DecodeStats, type EventBatch, KIND } from './event-batch.js'
import { SymbolFilter, type Wanted } from './symbol-filter.js'

/** The stat_type of open interest. */
export const OPEN_INTEREST = 9
/** Lengths of bars, µs. */
export const BAR_US: Readonly<Partial<Record<Schema, number>>> = {
  'ohlcv-1s': 1_000_000,
  'ohlcv-1m': 60_000_000,
  'ohlcv-1h': 3_600_000_000,
  'ohlcv-1d': 86_400_000_000,
}
const LENGTH_US: Readonly<Record<number, number>> = {
  [RTYPE.ohlcv1s]: 1_000_000,
  [RTYPE.ohlcv1m]: 60_000_000,
  [RTYPE.ohlcv1h]: 3_600_000_000,
  [RTYPE.ohlcv1d]: 86_400_000_000,
}
/** ASCII code of the action of a trade. */
const TRADE_ACTION = 0x54
const WORDS_MAX = 0xffff_ffff
const US_PER_DAY = 86_400_000_000
/** Records of a run: those of a block. */
const RUN = 2_048
const TWO_32 = 4_294_967_296

/** What a decoder needs besides the bytes. */
export interface DecodeOptions {
  readonly source: string
  readonly schema: Schema
  readonly wanted: Wanted
  /** Where the metadata name no symbols: of an id and a date YYYYMMDD. */
  readonly symbolOf?: (id: number, date: number) => string | undefined
  readonly stats: DecodeStats
}

/**
 * Turns blocks of DBN records into batches of events.
 *
 * A quote sampled over an interval is known at `ts_recv`, the interval's end; a bar is known at its end.
 */
export class DbnBatcher {
  readonly #options: DecodeOptions
  readonly #filter: SymbolFilter
  readonly #writer: BatchWriter
  #symbols: DaySymbols | undefined
  #day = Number.NaN
  /** High words of times that are surely of the day at hand: between these. */
  #dayFrom = 0
  #dayTo = 0
  /** The receive time of the quotes at hand, which a minute's all share, in the file's words and in µs. */
  #low = 0
  #high = 0
  #receivedUs = Number.NaN
  #version = 3
  #needed = neededWords(3)
  /** Of a run of quotes, those whose ids are not surely left out: places in it, ids, and what the ids stand for. */
  readonly #places = new Int32Array(RUN)
  readonly #ids = new Uint32Array(RUN)
  readonly #numbers = new Int32Array(RUN)

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#filter = new SymbolFilter(options.wanted, options.stats)
    this.#writer = new BatchWriter({ source: options.source, stats: options.stats, filter: this.#filter })
  }

  onMetadata(metadata: Metadata): void {
    this.#symbols = new DaySymbols(metadata)
    this.#version = metadata.version
    this.#needed = neededWords(metadata.version)
  }

  onBlock(block: Block): void {
    const { u32, length } = block
    const words = length >>> 2
    const { stats } = this.#options
    for (let word = 0; word < words; ) {
      const head = u32[word] as number
      const rtype = (head >>> 8) & 0xff
      if ((head & 0xff) < (this.#needed[rtype] as number)) throw this.#tooShort(head)
      if (rtype === RTYPE.cbbo1m || rtype === RTYPE.cbbo1s) {
        word = this.#run(block, word, words)
        continue
      }
      stats.records++
      this.#record(block, word, head)
      word += head & 0xff
    }
  }

  /**
   * Quotes of one type, length and day that follow one another: first which of them are wanted, by their ids alone, then
   * the fields of those. Answers where the run ends.
   */
  #run({ u32, i32 }: Block, from: number, words: number): number {
    const { stats } = this.#options
    const filter = this.#filter
    const places = this.#places
    const ids = this.#ids
    const numbers = this.#numbers
    const head = (u32[from] as number) & 0xffff
    const step = head & 0xff
    this.#moveTo(u32, from + 8)
    const count = this.#runLength(u32, from, words, head)
    const wanted = filter.placesOfWanted(u32, from + 1, step, count, places)
    for (let i = 0; i < wanted; i++) ids[i] = u32[from + (places[i] as number) * step + 1] as number
    filter.numbersOf(ids, wanted, numbers)
    const before = stats.records
    for (let i = 0; i < wanted; i++) {
      const place = places[i] as number
      let number = numbers[i] as number
      if (number < 0) number = filter.find(ids[i] as number, this.#textOf)
      if (number < 0) continue
      const word = from + place * step
      stats.records = before + place + 1
      this.#moveTo(u32, word + 8)
      this.#quote(u32, i32, word, number, this.#receivedUs)
    }
    stats.records = before + count
    stats.filtered += count - wanted
    return from + count * step
  }

  /** How many records follow one another that begin alike and are surely of the day at hand; at least the first. */
  #runLength(u32: Uint32Array, from: number, words: number, head: number): number {
    const dayFrom = this.#dayFrom
    const dayTo = this.#dayTo
    const step = head & 0xff
    let count = 1
    for (let word = from + step; count < RUN && word < words; word += step) {
      const high = u32[word + 9] as number
      if (((u32[word] as number) & 0xffff) !== head || high <= dayFrom || high >= dayTo) break
      count++
    }
    return count
  }

  #tooShort(head: number): CorruptFileError {
    const { source, stats } = this.#options
    const what = `record ${stats.records} of type ${(head >>> 8) & 0xff}`
    return new CorruptFileError({ source, offset: 0, reason: `${what} has ${(head & 0xff) * 4} bytes` })
  }

  /** Any record but the quotes that make up most files. */
  #record({ bytes, u32, i32, view }: Block, word: number, head: number): void {
    const rtype = (head >>> 8) & 0xff
    switch (rtype) {
      case RTYPE.cmbp1:
        this.#event(u32, i32, word, bytes[word * 4 + 28] === TRADE_ACTION)
        break
      case RTYPE.tcbbo:
      case RTYPE.trade:
        this.#trade(u32, i32, word)
        break
      case RTYPE.ohlcv1s:
      case RTYPE.ohlcv1m:
      case RTYPE.ohlcv1h:
      case RTYPE.ohlcv1d:
        this.#bar(u32, i32, word, LENGTH_US[rtype] as number)
        break
      case RTYPE.statistics:
        this.#statistic(u32, view, word * 4)
        break
      default:
        this.#options.stats.skipped++
    }
  }

  /** Batches that are full, and at the end the last one too. */
  take(isEnd: boolean): EventBatch[] {
    if (isEnd) this.#filter.end()
    return this.#writer.take(isEnd)
  }

  /** A quote that says when it came about, not only when it was received; the trade that it follows from comes before it. */
  #event(u32: Uint32Array, i32: Int32Array, word: number, isTrade: boolean): void {
    this.#moveTo(u32, word + 8)
    const number = this.#filter.find(u32[word + 1] as number, this.#textOf)
    if (number < 0) return
    const sourceUs = micros(u32, word + 2)
    if (isTrade) this.#traded(u32, i32, word, number, this.#receivedUs, sourceUs)
    this.#quote(u32, i32, word, number, sourceUs)
  }

  #quote(u32: Uint32Array, i32: Int32Array, word: number, number: number, sourceUs: number): void {
    const row = this.#writer.begin(KIND.quote, number, this.#receivedUs, sourceUs)
    const { a, b, c, d } = this.#writer.batch
    a[row] = price(u32, i32, word + 12)
    b[row] = price(u32, i32, word + 14)
    c[row] = u32[word + 16] as number
    d[row] = u32[word + 17] as number
    this.#writer.commit()
  }

  #trade(u32: Uint32Array, i32: Int32Array, word: number): void {
    const receivedUs = micros(u32, word + 8)
    const symbol = this.#symbol(u32[word + 1] as number, receivedUs)
    if (symbol >= 0) this.#traded(u32, i32, word, symbol, receivedUs, micros(u32, word + 2))
  }

  #traded(
    u32: Uint32Array,
    i32: Int32Array,
    word: number,
    number: number,
    receivedUs: number,
    sourceUs: number,
  ): void {
    const row = this.#writer.begin(KIND.trade, number, receivedUs, sourceUs)
    this.#writer.batch.a[row] = price(u32, i32, word + 4)
    this.#writer.batch.b[row] = u32[word + 6] as number
    this.#writer.commit()
  }

  #bar(u32: Uint32Array, i32: Int32Array, word: number, lengthUs: number): void {
    const startUs = micros(u32, word + 2)
    const receivedUs = startUs + lengthUs
    const symbol = this.#symbol(u32[word + 1] as number, startUs)
    if (symbol < 0) return
    const volume = (u32[word + 13] as number) * 4_294_967_296 + (u32[word + 12] as number)
    if (this.#options.wanted.options) return this.#writer.volume(symbol, receivedUs, volume)
    const row = this.#writer.begin(KIND.bar, symbol, receivedUs, startUs)
    const { a, b, c, d, e } = this.#writer.batch
    a[row] = price(u32, i32, word + 4)
    b[row] = price(u32, i32, word + 6)
    c[row] = price(u32, i32, word + 8)
    d[row] = price(u32, i32, word + 10)
    e[row] = volume
    this.#writer.commit()
  }

  #statistic(u32: Uint32Array, view: DataView, at: number): void {
    const isV3 = this.#version >= 3
    if (view.getUint16(at + (isV3 ? 56 : 52), true) !== OPEN_INTEREST) return
    const receivedUs = micros(u32, (at >>> 2) + 4)
    const symbol = this.#symbol(u32[(at >>> 2) + 1] as number, receivedUs)
    if (symbol < 0) return
    const quantity = isV3
      ? Number(view.getBigInt64(at + 40, true))
      : legacyQuantity(view.getInt32(at + 40, true))
    this.#writer.openInterest(symbol, receivedUs, quantity)
  }

  #symbol(id: number, us: number): number {
    this.#setDay(us)
    return this.#filter.find(id, this.#textOf)
  }

  /** Takes the receive time of the record at hand, if it is another one. */
  #moveTo(u32: Uint32Array, word: number): void {
    const low = u32[word] as number
    const high = u32[word + 1] as number
    if (low === this.#low && high === this.#high) return
    const receivedUs = micros(u32, word)
    this.#setDay(receivedUs)
    this.#low = low
    this.#high = high
    this.#receivedUs = receivedUs
  }

  #setDay(us: number): void {
    if (Number.isNaN(us)) {
      const { source, stats } = this.#options
      throw new CorruptFileError({ source, offset: 0, reason: `record ${stats.records} has no receive time` })
    }
    const day = Math.floor(us / US_PER_DAY)
    if (day === this.#day) return
    this.#day = day
    this.#dayFrom = Math.floor((day * US_PER_DAY * 1_000) / TWO_32)
    this.#dayTo = Math.floor(((day + 1) * US_PER_DAY * 1_000) / TWO_32)
    this.#filter.setDay(day, this.#symbols, { areAll: this.#options.symbolOf === undefined })
    this.#writer.startDay()
  }

  readonly #textOf = (id: number): string | undefined =>
    this.#symbols?.find(id) ?? this.#options.symbolOf?.(id, this.#symbols?.date ?? 0)
}

/** ns since 1970 in two words to whole µs, exactly; the undefined time is `NaN`: 2^32 ns are 4,294,967 µs and 296 ns. */
function micros(u32: Uint32Array, word: number): number {
  const high = u32[word + 1] as number
  if (high === WORDS_MAX && u32[word] === WORDS_MAX) return Number.NaN
  return high * 4_294_967 + Math.floor((high * 296 + (u32[word] as number)) / 1_000)
}

/** 1e-9 dollars in two words to micro-dollars; the undefined price is `NaN`. */
function price(u32: Uint32Array, i32: Int32Array, word: number): number {
  const high = i32[word + 1] as number
  if (high === 0x7fff_ffff && (u32[word] as number) >= 0xffff_fe00) return Number.NaN
  return Math.round((high * 4_294_967_296 + (u32[word] as number)) / 1_000) + 0
}

/** Before version 3 "no quantity" is the largest 32-bit signed integer. */
function legacyQuantity(quantity: number): number {
  return quantity === 0x7fff_ffff ? 2 ** 63 : quantity
}
