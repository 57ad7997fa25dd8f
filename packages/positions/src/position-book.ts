import {
  formatAlpaca,
  type InstrumentIndex,
  InstrumentTable,
  type Micros,
  type OptionId,
  type OrderId,
  type Side,
  type Us,
} from '@scalp/canonical'
import { PositionInputError } from './errors.js'
import { closedRow, openRow } from './internal/book-rows.js'
import { type ClosedTrade, PositionTracker, type PositionType } from './position-tracker.js'
import { type StatisticsSummary, type SymbolTotals, summarize, withTrade } from './regime-statistics.js'
import type { StoreChange, StoredBook, StoredFill, StoredPosition } from './stored-position.js'

/** A fill as a book takes it: by its symbol, so that it means the same in every run. */
export interface BookFill {
  readonly fillId: string
  readonly symbol: string
  readonly side: Side
  readonly contracts: number
  readonly priceMicros: Micros
  readonly feesMicros?: Micros
  readonly receivedUs: Us
  /** `scalp` unless told. */
  readonly positionType?: PositionType
  /** Trigger of an entry, reason of an exit. */
  readonly tag?: string
  /** What the strategy wants to remember of the position, plain JSON. */
  readonly scalp?: unknown
}

/** How a book is set. */
export interface PositionBookOptions {
  /** Exit rules by type, kept with each position as they were at its opening. External positions have none. */
  readonly exits?: { readonly regime?: unknown; readonly scalp?: unknown }
  /** Marks of a position are written at most this often; 1,000 unless told. Everything else at once. */
  readonly markEveryMs?: number
}

/** A position that is open, by its symbol. */
export interface BookPosition {
  readonly symbol: string
  readonly positionType: PositionType
  /** Signed. */
  readonly contracts: number
  readonly averageMicros: Micros
}

/** What a book keeps of an open position besides the sums of its tracker. */
export interface Held {
  readonly id: string
  readonly option: OptionId
  readonly instrument: InstrumentIndex
  readonly positionType: PositionType
  readonly exit: unknown
  scalp: unknown
  markMicros: Micros
  fills: StoredFill[]
  /** When its row was last written; marks wait for their second. */
  writtenUs: Us
  isMarked: boolean
}

/**
 * Positions of every type by symbol, folded from fills, with the rows a store keeps.
 *
 * A fill counts once by its id, over restarts too. A symbol may be held for several purposes at once; each is a
 * position of its own. What it was made from can be told again: the same fills give the same rows.
 */
export class PositionBook {
  /** Fills dropped because their id was known. */
  duplicates = 0
  readonly #options: PositionBookOptions
  readonly #instruments = new InstrumentTable()
  readonly #trackers = new Map<PositionType, PositionTracker>()
  readonly #held = new Map<string, Held>()
  readonly #closed = new Map<string, StoredPosition>()
  readonly #fillIds = new Set<string>()
  readonly #fillCounts = new Map<string, number>()
  readonly #statistics = new Map<string, SymbolTotals>()
  #dirty = new Set<string>()
  #newClosed: StoredPosition[] = []
  #newFills: StoredFill[] = []
  #newStatistics = new Set<string>()

  constructor(options: PositionBookOptions = {}) {
    this.#options = options
  }

  /** Open positions, each purpose apart. */
  open(): readonly BookPosition[] {
    return Array.from(this.#held.values(), ({ option, instrument, positionType }) => {
      const { contracts, averageMicros } = this.#tracker(positionType).get(instrument) ?? NOTHING
      return { symbol: formatAlpaca(option), positionType, contracts, averageMicros }
    })
  }

  /** All rows: open ones first, then those that were closed here or loaded. */
  positions(): readonly StoredPosition[] {
    return [...Array.from(this.#held.values(), (held) => this.#row(held)), ...this.#closed.values()]
  }

  /** The row of an open position. */
  get(symbol: string, positionType: PositionType): StoredPosition | undefined {
    const held = this.#held.get(keyOf(symbol, positionType))
    return held === undefined ? undefined : this.#row(held)
  }

  /** Fills of a symbol applied so far: part of the ids of synthetic ones. */
  fillsOf(symbol: string): number {
    return this.#fillCounts.get(symbol) ?? 0
  }

  hasFill(fillId: string): boolean {
    return this.#fillIds.has(fillId)
  }

  /** Fills that made the open positions, in their order: what an engine is restored from. */
  holdings(): readonly StoredFill[] {
    return [...this.#held.values()].flatMap(({ fills }) => fills)
  }

  /** Statistics of closed positions by underlying. */
  statistics(): ReadonlyMap<string, SymbolTotals> {
    return this.#statistics
  }

  summary(): StatisticsSummary {
    return summarize(this.#statistics)
  }

  /**
   * Applies a fill once; false when its id is known.
   *
   * @throws PositionInputError On numbers that no fill can have.
   */
  apply(fill: BookFill): boolean {
    check(fill)
    if (this.#fillIds.has(fill.fillId)) {
      this.duplicates++
      return false
    }
    const { symbol, positionType = 'scalp', fillId, tag, feesMicros = 0 } = fill
    const instrument = this.#instruments.requireOption(symbol)
    const tracker = this.#tracker(positionType)
    const held = this.#held.get(keyOf(symbol, positionType)) ?? this.#start(fill, instrument, positionType)
    const before = tracker.state(instrument)
    const trips = tracker.closed.length
    const base = { bidMicros: Number.NaN, askMicros: Number.NaN, quoteAgeUs: Number.NaN, remaining: 0 }
    tracker.apply({ ...base, ...fill, feesMicros, instrument, orderId: fillId as OrderId }, tag)
    this.#fillIds.add(fillId)
    this.#count(symbol)
    if (fill.scalp !== undefined) held.scalp = fill.scalp
    this.#noteFill(held, fill)
    const trade = tracker.closed[trips]
    if (trade !== undefined && before !== undefined) this.#end(held, before, trade, fill)
    else this.#dirty.add(keyOf(symbol, positionType))
    return true
  }

  /** Ends positions of a symbol by the calendar: expired, exercised or assigned. Answers how many it ended. */
  settle({
    symbol,
    priceMicros,
    feesMicros = 0,
    receivedUs,
    reason,
  }: {
    readonly symbol: string
    readonly priceMicros: Micros
    readonly feesMicros?: Micros
    readonly receivedUs: Us
    readonly reason: string
  }): number {
    const open = this.open().filter((position) => position.symbol === symbol)
    for (const [index, { positionType, contracts }] of open.entries())
      this.apply({
        fillId: `settled:${symbol}:${positionType}:${receivedUs}`,
        symbol,
        positionType,
        side: contracts > 0 ? 'sell' : 'buy',
        contracts: Math.abs(contracts),
        priceMicros,
        feesMicros: index === 0 ? feesMicros : 0,
        receivedUs,
        tag: reason,
      })
    return open.length
  }

  /** Marks a symbol: longs at the bid, shorts at the ask. An empty side is no mark. */
  mark(symbol: string, bidMicros: Micros, askMicros: Micros): void {
    for (const positionType of TYPES) {
      const held = this.#held.get(keyOf(symbol, positionType))
      if (held === undefined) continue
      const tracker = this.#tracker(positionType)
      const price = tracker.contracts(held.instrument) > 0 ? bidMicros : askMicros
      if (!(price >= 0)) continue
      tracker.mark(held.instrument, bidMicros, askMicros)
      held.markMicros = price
      held.isMarked = true
    }
  }

  /** What a strategy wants to remember of a position; written at once. */
  remember(symbol: string, positionType: PositionType, scalp: unknown): void {
    const held = this.#held.get(keyOf(symbol, positionType))
    if (held === undefined) return
    held.scalp = scalp
    this.#dirty.add(keyOf(symbol, positionType))
  }

  /** What a store has to write now; undefined when there is nothing. Marks wait for their second. */
  takeChange(nowUs: Us, journalSeq?: number): StoreChange | undefined {
    const everyUs = (this.#options.markEveryMs ?? 1_000) * 1_000
    const positions: StoredPosition[] = [...this.#newClosed]
    for (const [key, held] of this.#held) {
      const isDue = held.isMarked && nowUs - held.writtenUs >= everyUs
      if (!isDue && !this.#dirty.has(key)) continue
      held.writtenUs = nowUs
      held.isMarked = false
      positions.push(this.#row(held))
    }
    if (positions.length === 0 && this.#newFills.length === 0) return undefined
    const change: StoreChange = {
      positions,
      fills: this.#newFills,
      statistics: Array.from(this.#newStatistics, (symbol) => [
        symbol,
        this.#statistics.get(symbol) as SymbolTotals,
      ]),
      ...(journalSeq === undefined ? {} : { journalSeq }),
    }
    this.#dirty = new Set()
    this.#newClosed = []
    this.#newFills = []
    this.#newStatistics = new Set()
    return change
  }

  /** Takes back what a store holds, into an empty book. Regime positions without sums are left to their tracker. */
  restore({ positions, statistics, fills }: StoredBook): void {
    for (const fill of fills) {
      this.#fillIds.add(fill.fillId)
      this.#count(fill.symbol)
    }
    for (const [symbol, totals] of statistics) this.#statistics.set(symbol, totals)
    for (const row of positions) {
      if (row.status === 'closed') this.#closed.set(row.id, row)
      else if (row.sums !== null) this.#restoreOpen(row, fills)
    }
  }

  #restoreOpen(row: StoredPosition, fills: readonly StoredFill[]): void {
    const { option, positionType, id, openedUs, sums, currentMicros, exit, scalp } = row
    const symbol = formatAlpaca(option)
    const instrument = this.#instruments.option(option)
    if (sums === null) return
    this.#tracker(positionType).restore({
      ...sums,
      entryTag: sums.entryTag ?? undefined,
      instrument,
      symbol,
      multiplier: option.multiplier,
      openedUs,
    })
    this.#held.set(keyOf(symbol, positionType), {
      id,
      option,
      instrument,
      positionType,
      exit,
      scalp,
      markMicros: currentMicros,
      fills: fills.filter(({ positionId }) => positionId === id),
      writtenUs: Number.NEGATIVE_INFINITY,
      isMarked: false,
    })
  }

  #start(
    { symbol, fillId, priceMicros }: BookFill,
    instrument: InstrumentIndex,
    positionType: PositionType,
  ): Held {
    const { exits = {} } = this.#options
    const listed = this.#instruments.get(instrument)
    if (listed.kind !== 'option') throw new PositionInputError({ field: 'symbol', value: symbol })
    const held: Held = {
      id: fillId,
      option: listed.option,
      instrument,
      positionType,
      exit: positionType === 'external' ? null : (exits[positionType] ?? null),
      scalp: null,
      markMicros: priceMicros,
      fills: [],
      writtenUs: Number.NEGATIVE_INFINITY,
      isMarked: false,
    }
    this.#held.set(keyOf(symbol, positionType), held)
    return held
  }

  /** The trip is over; what the fill had more of starts the next one, the other way. */
  #end(
    held: Held,
    before: NonNullable<ReturnType<PositionTracker['state']>>,
    trade: ClosedTrade,
    fill: BookFill,
  ): void {
    const key = keyOf(fill.symbol, held.positionType)
    const row = closedRow(held, before, trade)
    this.#held.delete(key)
    this.#dirty.delete(key)
    this.#closed.set(row.id, row)
    this.#newClosed.push(row)
    const { underlying } = held.option
    this.#statistics.set(underlying, withTrade(this.#statistics.get(underlying), row))
    this.#newStatistics.add(underlying)
    if (this.#tracker(held.positionType).contracts(held.instrument) === 0) return
    const next = this.#start(fill, held.instrument, held.positionType)
    next.fills = held.fills.slice(-1)
    this.#dirty.add(key)
  }

  #noteFill(
    held: Held,
    { fillId, symbol, side, contracts, priceMicros, feesMicros = 0, receivedUs }: BookFill,
  ): void {
    const stored = {
      fillId,
      positionId: held.id,
      symbol,
      side,
      contracts,
      priceMicros,
      feesMicros,
      receivedUs,
    }
    held.fills.push(stored)
    this.#newFills.push(stored)
  }

  #row(held: Held): StoredPosition {
    const state = this.#tracker(held.positionType).state(held.instrument)
    if (state === undefined) throw new PositionInputError({ field: 'position', value: held.id })
    return openRow(held, state)
  }

  #tracker(positionType: PositionType): PositionTracker {
    const known = this.#trackers.get(positionType)
    if (known !== undefined) return known
    const tracker = new PositionTracker({ instruments: this.#instruments, positionType })
    this.#trackers.set(positionType, tracker)
    return tracker
  }

  #count(symbol: string): void {
    this.#fillCounts.set(symbol, (this.#fillCounts.get(symbol) ?? 0) + 1)
  }
}

const TYPES: readonly PositionType[] = ['scalp', 'regime', 'external']
const NOTHING = { contracts: 0, averageMicros: Number.NaN }

function keyOf(symbol: string, positionType: PositionType): string {
  return `${positionType}:${symbol}`
}

function check({ contracts, priceMicros, feesMicros = 0, fillId }: BookFill): void {
  if (!(Number.isSafeInteger(contracts) && contracts > 0))
    throw new PositionInputError({ field: 'contracts', value: contracts })
  if (!(Number.isSafeInteger(priceMicros) && priceMicros >= 0))
    throw new PositionInputError({ field: 'priceMicros', value: priceMicros })
  if (!Number.isSafeInteger(feesMicros))
    throw new PositionInputError({ field: 'feesMicros', value: feesMicros })
  if (fillId === '') throw new PositionInputError({ field: 'fillId', value: fillId })
}
