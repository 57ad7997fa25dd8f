import type { BlockTape, Fill, InstrumentIndex, Us } from '@scalp/canonical'
import type { QuoteTape } from '@scalp/report'
import { QuoteRing, type RingRow } from './quote-ring.js'

/** Quotes around one trade while they are gathered. */
export interface TapeWatch {
  readonly instrument: InstrumentIndex
  readonly rows: RingRow[]
  /** Every so many quotes one is kept. */
  stride: number
  seen: number
  entry: Fill | undefined
  exit: Fill | undefined
  entrySize: number
  exitSize: number
  /** The place of the trade, once it is closed. */
  trade: number
  untilUs: Us
}

/** How much is kept. */
export interface QuoteTapesOptions {
  /** From before the entry; less where the ring does not reach back so far. */
  readonly beforeUs?: number
  /** Until after the exit. */
  readonly afterUs?: number
  /** Quotes of a trade above which every second one goes. */
  readonly mostOfTrade?: number
  /** Quotes of all trades together above which every second one goes. */
  readonly mostInAll?: number
  readonly ringRows?: number
}

const LEAST_OF_TRADE = 8

/**
 * Gathers the quotes around each trade, from minutes before its entry until minutes after its exit.
 *
 * What it holds is bounded: a trade's quotes are thinned out evenly as they grow, and so are those of all trades.
 * Nothing that decides reads it, and no result hash covers it.
 */
export class QuoteTapes {
  readonly #ring: QuoteRing
  readonly #beforeUs: number
  readonly #afterUs: number
  readonly #mostInAll: number
  #mostOfTrade: number
  readonly #open = new Map<InstrumentIndex, TapeWatch[]>()
  #tapes: QuoteTape[] = []
  #kept = 0

  constructor({
    beforeUs = 300e6,
    afterUs = 120e6,
    mostOfTrade = 160,
    mostInAll = 200_000,
    ringRows,
  }: QuoteTapesOptions = {}) {
    this.#beforeUs = beforeUs
    this.#afterUs = afterUs
    this.#mostOfTrade = mostOfTrade
    this.#mostInAll = mostInAll
    this.#ring = new QuoteRing((instrument, row) => this.#onRow(instrument, row), ringRows)
  }

  /** The same tape, whose quotes are seen here too. */
  tap(tape: BlockTape): BlockTape {
    return this.#ring.tap(tape)
  }

  /** A position was opened. */
  open(fill: Fill): TapeWatch {
    const watch: TapeWatch = {
      instrument: fill.instrument,
      rows: [],
      stride: 1,
      seen: 0,
      entry: fill,
      exit: undefined,
      entrySize: Number.NaN,
      exitSize: Number.NaN,
      trade: -1,
      untilUs: Number.POSITIVE_INFINITY,
    }
    for (const row of this.#ring.since(fill.instrument, fill.receivedUs - this.#beforeUs))
      this.#add(watch, row)
    const others = this.#open.get(fill.instrument)
    if (others === undefined) this.#open.set(fill.instrument, [watch])
    else others.push(watch)
    this.#ring.watch(fill.instrument)
    return watch
  }

  /** A later fill of the same position; the last one counts as its exit. */
  fill(watch: TapeWatch, fill: Fill): void {
    watch.exit = fill
    for (const row of this.#ring.since(watch.instrument, fill.receivedUs - this.#beforeUs)) sizeOf(watch, row)
  }

  /** The position was closed; its trade stands at `trade`. */
  close(watch: TapeWatch, trade: number, closedUs: Us): void {
    watch.trade = trade
    watch.untilUs = closedUs + this.#afterUs
  }

  /** Everything that was gathered, in the order of the trades; positions that never closed are left out. */
  finish(): QuoteTape[] {
    for (const watches of this.#open.values()) for (const watch of watches) this.#end(watch)
    while (this.#kept > this.#mostInAll && this.#halve());
    return this.#tapes.toSorted((a, b) => a.trade - b.trade)
  }

  #onRow(instrument: InstrumentIndex, row: RingRow): void {
    for (const watch of this.#open.get(instrument) ?? [])
      if (row.receivedUs > watch.untilUs) this.#end(watch)
      else this.#add(watch, row)
  }

  #add(watch: TapeWatch, row: RingRow): void {
    sizeOf(watch, row)
    if (watch.seen++ % watch.stride !== 0) return
    watch.rows.push(row)
    if (watch.rows.length <= this.#mostOfTrade) return
    let kept = 0
    for (let at = 0; at < watch.rows.length; at += 2) watch.rows[kept++] = watch.rows[at] as RingRow
    watch.rows.length = kept
    watch.stride *= 2
  }

  #end(watch: TapeWatch): void {
    this.#ring.unwatch(watch.instrument)
    const others = (this.#open.get(watch.instrument) ?? []).filter((other) => other !== watch)
    if (others.length === 0) this.#open.delete(watch.instrument)
    else this.#open.set(watch.instrument, others)
    if (watch.trade < 0 || watch.rows.length === 0) return
    if (this.#kept > 2 * this.#mostInAll && !this.#halve()) return
    const tape = toTape(watch)
    this.#tapes.push(tape)
    this.#kept += tape.atMs.length
  }

  /** Thins all tapes out; false where they are as thin as they get. */
  #halve(): boolean {
    if (this.#mostOfTrade / 2 < LEAST_OF_TRADE) return false
    this.#mostOfTrade /= 2
    const half = <Value>(values: readonly Value[]): Value[] => values.filter((_, at) => at % 2 === 0)
    this.#tapes = this.#tapes.map((tape) => ({
      ...tape,
      atMs: half(tape.atMs),
      bidMicros: half(tape.bidMicros),
      askMicros: half(tape.askMicros),
      bidSize: half(tape.bidSize),
      askSize: half(tape.askSize),
    }))
    this.#kept = this.#tapes.reduce((sum, { atMs }) => sum + atMs.length, 0)
    return true
  }
}

/** Displayed sizes stand on the quotes that the fills met: the last one at or before a fill with its two sides. */
function sizeOf(watch: TapeWatch, row: RingRow): void {
  const { entry, exit } = watch
  if (entry !== undefined && isOf(entry, row)) watch.entrySize = shownTo(entry, row)
  if (exit !== undefined && isOf(exit, row)) watch.exitSize = shownTo(exit, row)
}

function isOf({ receivedUs, bidMicros, askMicros }: Fill, row: RingRow): boolean {
  return row.receivedUs <= receivedUs && row.bidMicros === bidMicros && row.askMicros === askMicros
}

function shownTo({ side }: Fill, { bidSize, askSize }: RingRow): number {
  return side === 'buy' ? askSize : bidSize
}

function toTape({ rows, trade, entrySize, exitSize }: TapeWatch): QuoteTape {
  const startUs = rows[0]?.receivedUs ?? 0
  return {
    trade,
    startUs,
    atMs: rows.map(({ receivedUs }) => Math.round((receivedUs - startUs) / 1_000)),
    bidMicros: rows.map(({ bidMicros }) => orNull(bidMicros)),
    askMicros: rows.map(({ askMicros }) => orNull(askMicros)),
    bidSize: rows.map(({ bidSize }) => orZero(bidSize)),
    askSize: rows.map(({ askSize }) => orZero(askSize)),
    entrySize: orNull(entrySize),
    exitSize: orNull(exitSize),
  }
}

/** JSON holds no `NaN`. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function orZero(value: number): number {
  return Number.isFinite(value) ? value : 0
}
