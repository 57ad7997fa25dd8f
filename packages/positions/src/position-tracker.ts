import type {
  Fill,
  InstrumentIndex,
  InstrumentReader,
  Micros,
  PositionReader,
  PositionView,
  Settlement,
  Us,
} from '@scalp/canonical'

/** What a position was opened for, and so which exits watch it. */
export type PositionType = 'regime' | 'scalp' | 'external'

/** A round trip: from flat to flat. Amounts are totals of the whole trip, in micro-dollars. */
export interface ClosedTrade {
  readonly instrument: InstrumentIndex
  readonly symbol: string
  readonly positionType: PositionType
  /** Signed: positive was long. The most that was held. */
  readonly contracts: number
  readonly entryTag: string | undefined
  /** The tag of the last order that reduced it, or the reason of the settlement. */
  readonly exitReason: string
  readonly openedUs: Us
  readonly closedUs: Us
  readonly entryMicros: Micros
  readonly exitMicros: Micros
  readonly feesMicros: Micros
  readonly grossMicros: Micros
  readonly netMicros: Micros
  /** Best and worst mark against the entry price, percent; 0 when never marked. */
  readonly maxGainPct: number
  readonly maxDrawdownPct: number
}

/** An open position in full, as plain values: what a store keeps. Costs are a share's price times contracts. */
export interface PositionState {
  readonly instrument: InstrumentIndex
  readonly symbol: string
  readonly multiplier: number
  readonly openedUs: Us
  readonly entryTag: string | undefined
  readonly contracts: number
  /** Signed: the most that was held. */
  readonly most: number
  /** Signed cost of what is held, a share times contracts. */
  readonly costMicros: number
  readonly entryCostMicros: number
  readonly entryContracts: number
  readonly exitProceedsMicros: number
  readonly exitContracts: number
  readonly grossMicros: Micros
  readonly feesMicros: Micros
  readonly maxGainPct: number
  readonly maxDrawdownPct: number
}

type Position = { -readonly [Key in keyof PositionState]: PositionState[Key] }

/** What a tracker reads, and whose positions it follows. */
export interface PositionTrackerOptions {
  readonly instruments: InstrumentReader
  readonly positionType?: PositionType
}

/** Folds fills and settlements into positions and round trips. */
export class PositionTracker implements PositionReader {
  /** Fills dropped because their id was seen before, and settlements of what is no longer held. */
  duplicates = 0
  readonly closed: ClosedTrade[] = []
  readonly #instruments: InstrumentReader
  readonly #positionType: PositionType
  /** What `open` answered last, until a trade changes it: it is asked for on every tick. */
  #views: readonly PositionView[] | undefined
  readonly #open = new Map<InstrumentIndex, Position>()
  /** Signed contracts by instrument index: asked for on every quote. Small integers are never boxed. */
  #contracts = new Int32Array(1_024)
  readonly #seen = new Set<string>()

  constructor({ instruments, positionType = 'scalp' }: PositionTrackerOptions) {
    this.#instruments = instruments
    this.#positionType = positionType
  }

  contracts(instrument: InstrumentIndex): number {
    return instrument < this.#contracts.length ? (this.#contracts[instrument] as number) : 0
  }

  get(instrument: InstrumentIndex): PositionView | undefined {
    const position = this.#open.get(instrument)
    return position === undefined ? undefined : viewOf(position)
  }

  open(): readonly PositionView[] {
    this.#views ??= Array.from(this.#open.values(), viewOf)
    return this.#views
  }

  /** An open position in full; undefined when flat. */
  state(instrument: InstrumentIndex): PositionState | undefined {
    const position = this.#open.get(instrument)
    return position === undefined ? undefined : { ...position }
  }

  /** Takes back what `state` gave, after a restart. */
  restore(state: PositionState): void {
    const position = { ...state }
    this.#open.set(state.instrument, position)
    this.#count(position)
    this.#views = undefined
  }

  /** Takes ids of fills that were applied before a restart: they are not applied again. */
  remember(fillIds: Iterable<string>): void {
    for (const id of fillIds) this.#seen.add(id)
  }

  /** Profit of what was closed, before fees, and all fees, of every trip so far, micro-dollars. */
  realized(): { readonly grossMicros: Micros; readonly feesMicros: Micros } {
    let grossMicros = 0
    let feesMicros = 0
    for (const part of [...this.closed, ...this.#open.values()]) {
      grossMicros += part.grossMicros
      feesMicros += part.feesMicros
    }
    return { grossMicros, feesMicros }
  }

  /** What is held cost in all, signed, exact to the micro-dollar; 0 when flat. */
  costMicros(instrument: InstrumentIndex): Micros {
    const position = this.#open.get(instrument)
    return position === undefined ? 0 : position.costMicros * position.multiplier
  }

  /** Applies a fill once; false when its id was seen before. */
  apply(fill: Fill, tag?: string): boolean {
    if (this.#seen.has(fill.fillId)) {
      this.duplicates++
      return false
    }
    this.#seen.add(fill.fillId)
    const signed = fill.side === 'buy' ? fill.contracts : -fill.contracts
    this.#trade(fill.instrument, signed, fill.priceMicros, fill.feesMicros, fill.receivedUs, tag)
    return true
  }

  /** Ends a position by the calendar; false when that much is not held, so that a repeat opens nothing. */
  settle({ instrument, contracts, priceMicros, feesMicros, receivedUs, reason }: Settlement): boolean {
    const held = this.contracts(instrument)
    if (Math.sign(held) !== Math.sign(contracts) || Math.abs(contracts) > Math.abs(held)) {
      this.duplicates++
      return false
    }
    this.#trade(instrument, -contracts, priceMicros, feesMicros, receivedUs, reason)
    return true
  }

  /** Marks a position: a long at the bid, a short at the ask. An empty side is no mark. */
  mark(instrument: InstrumentIndex, bidMicros: Micros, askMicros: Micros): void {
    const position = this.#open.get(instrument)
    if (position === undefined) return
    const isLong = position.contracts > 0
    const price = isLong ? bidMicros : askMicros
    if (Number.isNaN(price)) return
    const average = position.costMicros / position.contracts
    const gain = ((isLong ? price - average : average - price) / average) * 100
    if (gain > position.maxGainPct) position.maxGainPct = gain
    if (gain < position.maxDrawdownPct) position.maxDrawdownPct = gain
  }

  #trade(
    instrument: InstrumentIndex,
    signed: number,
    price: Micros,
    fees: Micros,
    us: Us,
    tag: string | undefined,
  ): void {
    this.#views = undefined
    const position = this.#open.get(instrument) ?? this.#start(instrument, us, tag)
    const isReducing = position.contracts !== 0 && Math.sign(signed) !== Math.sign(position.contracts)
    if (!isReducing) {
      this.#increase(position, signed, price, fees)
      return
    }
    const closing = Math.min(Math.abs(signed), Math.abs(position.contracts))
    const feesOfClosing = Math.round((fees * closing) / Math.abs(signed))
    this.#reduce(position, closing, price, feesOfClosing, us, tag)
    const left = Math.sign(signed) * (Math.abs(signed) - closing)
    if (left !== 0) this.#increase(this.#start(instrument, us, tag), left, price, fees - feesOfClosing)
  }

  #start(instrument: InstrumentIndex, openedUs: Us, entryTag: string | undefined): Position {
    const { symbol, ...rest } = this.#instruments.get(instrument)
    const position: Position = {
      instrument,
      symbol,
      multiplier: 'option' in rest ? rest.option.multiplier : 1,
      openedUs,
      entryTag,
      contracts: 0,
      most: 0,
      costMicros: 0,
      entryCostMicros: 0,
      entryContracts: 0,
      exitProceedsMicros: 0,
      exitContracts: 0,
      grossMicros: 0,
      feesMicros: 0,
      maxGainPct: 0,
      maxDrawdownPct: 0,
    }
    this.#open.set(instrument, position)
    return position
  }

  #count({ instrument, contracts }: Position): void {
    if (instrument >= this.#contracts.length) {
      const longer = new Int32Array(Math.max(instrument + 1, this.#contracts.length * 2))
      longer.set(this.#contracts)
      this.#contracts = longer
    }
    this.#contracts[instrument] = contracts
  }

  #increase(position: Position, signed: number, price: Micros, fees: Micros): void {
    position.contracts += signed
    this.#count(position)
    position.costMicros += signed * price
    position.entryCostMicros += Math.abs(signed) * price
    position.entryContracts += Math.abs(signed)
    position.feesMicros += fees
    if (Math.abs(position.contracts) > Math.abs(position.most)) position.most = position.contracts
  }

  #reduce(
    position: Position,
    closing: number,
    price: Micros,
    fees: Micros,
    us: Us,
    tag: string | undefined,
  ): void {
    const direction = Math.sign(position.contracts)
    const isWhole = closing === Math.abs(position.contracts)
    /** Whole: the exact rest of the cost, so that roundings of partial closes cannot leave a residue. */
    const cost = isWhole
      ? position.costMicros
      : Math.round((position.costMicros * closing) / Math.abs(position.contracts))
    position.grossMicros += (direction * closing * price - cost) * position.multiplier
    position.costMicros -= cost
    position.contracts -= direction * closing
    this.#count(position)
    position.exitProceedsMicros += closing * price
    position.exitContracts += closing
    position.feesMicros += fees
    if (isWhole) this.#close(position, us, tag)
  }

  #close(position: Position, closedUs: Us, tag: string | undefined): void {
    this.#open.delete(position.instrument)
    this.closed.push({
      instrument: position.instrument,
      symbol: position.symbol,
      positionType: this.#positionType,
      contracts: position.most,
      entryTag: position.entryTag,
      exitReason: tag ?? 'unknown',
      openedUs: position.openedUs,
      closedUs,
      entryMicros: position.entryCostMicros / position.entryContracts,
      exitMicros: position.exitProceedsMicros / position.exitContracts,
      feesMicros: position.feesMicros,
      grossMicros: position.grossMicros,
      netMicros: position.grossMicros - position.feesMicros,
      maxGainPct: position.maxGainPct,
      maxDrawdownPct: position.maxDrawdownPct,
    })
  }
}

function viewOf({ instrument, contracts, costMicros, openedUs }: Position): PositionView {
  return { instrument, contracts, averageMicros: costMicros / contracts, openedUs }
}
