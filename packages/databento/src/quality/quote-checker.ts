import type { IsoDate } from '@scalp/canonical'
import type { Block, RecordSink } from '../dbn/assembler.js'
import type { Metadata } from '../dbn/metadata.js'
import { SymbolMap } from '../symbols/symbol-source.js'
import { InstrumentColumns } from './instrument-columns.js'
import { emptyCounts, type QuoteCounts, type QuoteReport } from './report.js'
import { SessionMinutes, type SessionTimes } from './session-minutes.js'

/** How quotes are checked. */
export interface QuoteCheckOptions {
  /** When the market is open on a date; undefined on days without session. */
  readonly sessionOn: (date: IsoDate) => SessionTimes | undefined
  /** Told of each underlying when a day is over; days come in the order of the file. */
  readonly onReport: (report: QuoteReport) => void
  /** Only these OCC roots; all unless told. */
  readonly underlyings?: readonly string[]
  /** A quote is frozen when so many records in a row hold the same prices and sizes; 30 unless told. */
  readonly frozenAfter?: number
  /** The symbol of an id on a day, counted from 1970; the metadata's own unless told. */
  readonly symbolOf?: (day: number, id: number) => string | undefined
}

/** Quotes sampled at the end of an interval, and quotes as they came, by record type. */
const SAMPLED = new Set([0xc0, 0xc1, 0xc3, 0xc4])
const TICKS = new Set([0x01, 0xb1, 0xc2])
/** Of a record type: 0 no quote, 1 sample, 2 tick. */
const KINDS = Uint8Array.from({ length: 256 }, (_, rtype) =>
  SAMPLED.has(rtype) ? 1 : TICKS.has(rtype) ? 2 : 0,
)
const US_PER_DAY = 86_400_000_000
const MINUTES_A_DAY = 1_440
const GRACE_US = 15 * 60_000_000
const UNDEF_LOW = 0xffff_ffff
const UNDEF_HIGH = 0x7fff_ffff
const UNDEF_TIME_HIGH = 0xffff_ffff
const NOT_WANTED = -1

/**
 * Checks quotes as they stream by, in constant memory: state is one row for each instrument of a day.
 *
 * Reads records of cbbo, cmbp-1, tcbbo, bbo, mbp-1 and tbbo; others are passed over. Call `end` after the last
 * block of a file.
 */
export class QuoteChecker implements RecordSink {
  /** Records of quotes seen, wanted or not. */
  records = 0
  readonly #options: QuoteCheckOptions
  readonly #frozenAfter: number
  readonly #instruments = new InstrumentColumns()
  #symbolOf: (day: number, id: number) => string | undefined
  #day = Number.NaN
  #session: SessionMinutes | undefined
  #names: string[] = []
  readonly #places = new Map<string, number>()
  #counts: QuoteCounts[] = []
  /** A byte for each minute of the session, of each underlying. */
  #seen: Uint8Array = new Uint8Array(64 * MINUTES_A_DAY)
  /** The time under the head, and what follows from it. */
  #low = 0
  #high = 0
  #minute = -1
  #isOutside = false

  constructor(options: QuoteCheckOptions) {
    this.#options = options
    this.#frozenAfter = options.frozenAfter ?? 30
    this.#symbolOf = options.symbolOf ?? (() => undefined)
  }

  onMetadata(metadata: Metadata): void {
    const { stypeIn, stypeOut } = metadata
    if (this.#options.symbolOf !== undefined) return
    if (stypeIn !== 'instrument_id' && stypeOut !== 'instrument_id') return
    const map = new SymbolMap(metadata)
    this.#symbolOf = (day, id) => map.find(day, id)
  }

  onBlock({ bytes, u32, i32, length }: Block): void {
    for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
      const kind = KINDS[bytes[at + 1] as number] as number
      if (kind !== 0) this.#quote(u32, i32, at >>> 2, kind === 1)
    }
  }

  /** Ends the file: the last day's underlyings are reported. */
  end(): void {
    if (this.#session !== undefined) this.#report(this.#session)
    this.#day = Number.NaN
    this.#session = undefined
    this.#low = 0
    this.#high = 0
  }

  #quote(u32: Uint32Array, i32: Int32Array, word: number, isSample: boolean): void {
    this.records++
    const low = u32[word + 8] as number
    const high = u32[word + 9] as number
    const isUndefined = high === UNDEF_TIME_HIGH && low === UNDEF_LOW
    const isBack = isUndefined || high < this.#high || (high === this.#high && low < this.#low)
    if (!isBack && (low !== this.#low || high !== this.#high)) this.#moveTo(low, high, isSample)
    if (this.#session === undefined) return
    const columns = this.#instruments
    const id = u32[word + 1] as number
    let place = columns.find(id)
    if (place < 0) place = this.#add(id)
    const underlying = columns.underlying[place] as number
    if (underlying === NOT_WANTED) return
    const counts = this.#counts[underlying] as QuoteCounts
    counts.records++
    if (isBack) counts.unsorted++
    if (this.#isOutside) counts.outOfSession++
    if (this.#minute >= 0) this.#seen[underlying * MINUTES_A_DAY + this.#minute] = 1

    const bidLow = u32[word + 12] as number
    const askLow = u32[word + 14] as number
    const bidHigh = i32[word + 13] as number
    const askHigh = i32[word + 15] as number
    const hasBid = bidHigh !== UNDEF_HIGH || bidLow !== UNDEF_LOW
    const hasAsk = askHigh !== UNDEF_HIGH || askLow !== UNDEF_LOW
    if (hasBid && hasAsk) {
      if (bidHigh > askHigh || (bidHigh === askHigh && bidLow > askLow)) counts.crossed++
      else if (bidHigh === askHigh && bidLow === askLow) counts.locked++
    } else if (hasBid || hasAsk) counts.oneSided++
    else counts.empty++
    this.#compare(u32, word, place, counts, isSample)
    columns.timeLow[place] = low
    columns.timeHigh[place] = high
  }

  /** Compares a record with the one before it of the same instrument, whose state it then becomes. */
  #compare(u32: Uint32Array, word: number, place: number, counts: QuoteCounts, isSample: boolean): void {
    const columns = this.#instruments
    const { quote, trade, run } = columns
    const start = place * 6
    let isSame = true
    for (let i = 0; i < 6; i++) {
      const value = u32[word + 12 + i] as number
      if (quote[start + i] === value) continue
      quote[start + i] = value
      isSame = false
    }
    const before = run[place] as number
    const isSameTrade = trade[place * 2] === u32[word + 2] && trade[place * 2 + 1] === u32[word + 6]
    trade[place * 2] = u32[word + 2] as number
    trade[place * 2 + 1] = u32[word + 6] as number
    if (before > 0) {
      const isSameTime = columns.timeLow[place] === u32[word + 8] && columns.timeHigh[place] === u32[word + 9]
      if (isSameTime && (isSample || (isSame && isSameTrade))) counts.duplicates++
    }
    const length = isSame && before > 0 ? before + 1 : 1
    run[place] = length
    if (length === this.#frozenAfter) counts.frozen += length
    else if (length > this.#frozenAfter) counts.frozen++
  }

  #moveTo(low: number, high: number, isSample: boolean): void {
    const us = Math.floor((high * 4_294_967_296 + low) / 1_000)
    const day = Math.floor(us / US_PER_DAY)
    if (day !== this.#day || this.#session === undefined) {
      if (this.#session !== undefined) this.#report(this.#session)
      this.#day = day
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10)
      this.#session = new SessionMinutes(date, this.#options.sessionOn(date), GRACE_US)
    }
    const minute = this.#session.minuteOf(us, isSample)
    this.#minute = minute < this.#session.count ? minute : -1
    this.#isOutside = this.#session.isOutside(us, isSample)
    this.#low = low
    this.#high = high
  }

  #add(id: number): number {
    const symbol = this.#symbolOf(this.#day, id)
    const underlying = symbol === undefined ? '?' : rootOf(symbol)
    const { underlyings } = this.#options
    if (underlyings !== undefined && !underlyings.includes(underlying))
      return this.#instruments.add(id, NOT_WANTED)
    let at = this.#places.get(underlying)
    if (at === undefined) {
      at = this.#names.push(underlying) - 1
      this.#places.set(underlying, at)
      this.#counts.push(emptyCounts())
      if ((at + 1) * MINUTES_A_DAY > this.#seen.length) {
        const seen = new Uint8Array(this.#seen.length * 2)
        seen.set(this.#seen)
        this.#seen = seen
      }
    }
    ;(this.#counts[at] as QuoteCounts).instruments++
    return this.#instruments.add(id, at)
  }

  #report(session: SessionMinutes): void {
    for (const [at, underlying] of this.#names.entries()) {
      const seen = this.#seen.subarray(at * MINUTES_A_DAY, (at + 1) * MINUTES_A_DAY)
      const { missing, gaps } = session.gapsOf(seen)
      const counts = this.#counts[at] as QuoteCounts
      this.#options.onReport({
        date: session.date,
        underlying,
        sessionMinutes: session.count,
        ...counts,
        missingMinutes: missing,
        gaps,
      })
    }
    this.#seen.fill(0, 0, this.#names.length * MINUTES_A_DAY)
    this.#instruments.clear()
    this.#places.clear()
    this.#names = []
    this.#counts = []
  }
}

/** The OCC root of an option; any other symbol is its own. */
function rootOf(symbol: string): string {
  return /^(.{6})\d{6}[CP]\d{8}$/.exec(symbol)?.[1]?.trim() ?? symbol
}
