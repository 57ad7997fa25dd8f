import type { Micros, OptionId, Us } from '@scalp/canonical'
import { MaxPositionsError, PositionInputError, SnapshotVersionError } from './errors.js'
import {
  markedAt,
  type RegimeAction,
  type RegimeExitRules,
  type RegimePosition,
  type RegimeTrigger,
  triggerOf,
  urgencyOf,
} from './regime-position.js'
import {
  type StatisticsSummary,
  type SymbolStatistics,
  type SymbolTotals,
  summarize,
  toStatistics,
  withTrade,
} from './regime-statistics.js'

/** Limits and exit rules; the defaults are 3 positions, +40 %, -20 % and 1 day to expiry. */
export interface RegimeTrackerOptions extends Partial<RegimeExitRules> {
  readonly maxPositions?: number
}

/** What opens a regime position. */
export interface RegimeOpening {
  readonly id: string
  readonly option: OptionId
  readonly action: RegimeAction
  readonly contracts: number
  readonly fillMicros: Micros
  readonly openedUs: Us
  readonly recommendationId?: string
  readonly feesMicros?: Micros
  readonly dte?: number
  readonly delta?: number
}

/** A rule that asks to leave. */
export interface ExitSignal {
  readonly positionId: string
  readonly trigger: RegimeTrigger
  readonly urgency: 'medium' | 'high'
  readonly currentMicros: Micros
  readonly pnlMicros: Micros
  readonly pnlPercent: number
}

/** What happened to a regime position. */
export type RegimeEvent =
  | { readonly type: 'position-opened'; readonly position: RegimePosition }
  | { readonly type: 'position-updated'; readonly position: RegimePosition }
  | ({ readonly type: 'exit-signal' } & ExitSignal)
  | { readonly type: 'position-closed'; readonly position: RegimePosition }

/** What an operation did: the position after it and the events to pass on. */
export interface RegimeChange {
  readonly position: RegimePosition
  readonly events: readonly RegimeEvent[]
}

/** What an update did; the signal is repeated as long as its rule holds, the event is not. */
export interface RegimeUpdate extends RegimeChange {
  readonly signal: ExitSignal | null
}

/** A tracker as JSON. */
export interface RegimeSnapshot {
  readonly version: 1
  readonly positions: readonly RegimePosition[]
  readonly statistics: readonly (readonly [symbol: string, totals: SymbolTotals])[]
}

/** Follows the swing strategy's positions: marks, exit signals, statistics. No clock, no storage, no callbacks. */
export class RegimeTracker {
  readonly #rules: RegimeExitRules
  readonly #maxPositions: number
  readonly #positions = new Map<string, RegimePosition>()
  readonly #statistics = new Map<string, SymbolTotals>()

  constructor({
    maxPositions = 3,
    takeProfitPercent = 40,
    stopLossPercent = -20,
    minDteExit = 1,
  }: RegimeTrackerOptions = {}) {
    this.#maxPositions = maxPositions
    this.#rules = { takeProfitPercent, stopLossPercent, minDteExit }
  }

  /** All positions, closed ones included until cleared, in the order they were opened. */
  positions(): readonly RegimePosition[] {
    return [...this.#positions.values()]
  }

  /** Positions not closed; one with an exit signal counts. */
  open(): readonly RegimePosition[] {
    return this.positions().filter(({ status }) => status !== 'closed')
  }

  get(id: string): RegimePosition | undefined {
    return this.#positions.get(id)
  }

  /**
   * Opens a position at its fill.
   *
   * @throws {@link MaxPositionsError} When as many are open as may be.
   * @throws {@link PositionInputError} On impossible numbers or an id in use.
   */
  openPosition(opening: RegimeOpening): RegimeChange {
    const { contracts, fillMicros, feesMicros = 0 } = opening
    if (this.#positions.has(opening.id)) throw new PositionInputError({ field: 'id', value: opening.id })
    if (!(Number.isSafeInteger(contracts) && contracts > 0))
      throw new PositionInputError({ field: 'contracts', value: contracts })
    requireMicros('fillMicros', fillMicros)
    requireMicros('feesMicros', feesMicros)
    const open = this.open().length
    if (open >= this.#maxPositions) throw new MaxPositionsError({ open, max: this.#maxPositions })
    const entryCostMicros = contracts * fillMicros * opening.option.multiplier
    const position: RegimePosition = {
      id: opening.id,
      recommendationId: opening.recommendationId ?? null,
      option: opening.option,
      action: opening.action,
      contracts,
      openedUs: opening.openedUs,
      fillMicros,
      currentMicros: fillMicros,
      entryCostMicros,
      currentValueMicros: entryCostMicros,
      pnlMicros: 0,
      pnlPercent: 0,
      feesMicros,
      dte: opening.dte ?? null,
      delta: opening.delta ?? null,
      status: 'open',
      exitReason: null,
      snoozedUntilUs: null,
      snoozedTrigger: null,
      closedUs: null,
      closeMicros: null,
    }
    this.#positions.set(position.id, position)
    return { position, events: [{ type: 'position-opened', position }] }
  }

  /** Takes a new mark, delta or days to expiry and checks the exits; undefined for an unknown or closed id. */
  update(
    id: string,
    mark: {
      readonly nowUs: Us
      readonly currentMicros?: Micros
      readonly delta?: number
      readonly dte?: number
    },
  ): RegimeUpdate | undefined {
    const before = this.#positions.get(id)
    if (before === undefined || before.status === 'closed') return undefined
    const { currentMicros, delta = before.delta, dte = before.dte, nowUs } = mark
    if (currentMicros !== undefined) requireMicros('currentMicros', currentMicros)
    const priced = currentMicros === undefined ? before : markedAt(before, currentMicros)
    const marked = { ...priced, delta, dte }
    const trigger = triggerOf(marked, this.#rules)
    const isSnoozed =
      trigger === before.snoozedTrigger && before.snoozedUntilUs !== null && nowUs < before.snoozedUntilUs
    const isSignal = trigger !== null && !isSnoozed
    const position: RegimePosition = isSignal
      ? { ...marked, status: 'exit_signal', exitReason: trigger }
      : marked
    this.#positions.set(id, position)
    const signal = isSignal ? signalOf(position, trigger) : null
    const isNew = isSignal && (before.status !== 'exit_signal' || before.exitReason !== trigger)
    const updated: RegimeEvent = { type: 'position-updated', position }
    const events =
      signal !== null && isNew ? [updated, { type: 'exit-signal' as const, ...signal }] : [updated]
    return { position, signal, events }
  }

  /**
   * Takes an exit signal back; undefined when there is none.
   *
   * @param snooze Keeps the same trigger silent for `seconds` from `nowUs`; without it the next update signals again.
   */
  dismiss(id: string, snooze?: { readonly nowUs: Us; readonly seconds: number }): RegimeChange | undefined {
    const before = this.#positions.get(id)
    if (before?.status !== 'exit_signal') return undefined
    const position: RegimePosition = {
      ...before,
      status: 'open',
      exitReason: null,
      snoozedTrigger: snooze === undefined ? null : before.exitReason,
      snoozedUntilUs: snooze === undefined ? null : snooze.nowUs + snooze.seconds * 1_000_000,
    }
    this.#positions.set(id, position)
    return { position, events: [{ type: 'position-updated', position }] }
  }

  /** Closes a position at a price and counts it; a second close changes nothing; undefined for an unknown id. */
  close(
    id: string,
    {
      closeMicros,
      nowUs,
      feesMicros = 0,
    }: { readonly closeMicros: Micros; readonly nowUs: Us; readonly feesMicros?: Micros },
  ): RegimeChange | undefined {
    const before = this.#positions.get(id)
    if (before === undefined) return undefined
    if (before.status === 'closed') return { position: before, events: [] }
    requireMicros('closeMicros', closeMicros)
    requireMicros('feesMicros', feesMicros)
    const position: RegimePosition = {
      ...markedAt(before, closeMicros),
      feesMicros: before.feesMicros + feesMicros,
      status: 'closed',
      closedUs: nowUs,
      closeMicros,
    }
    this.#positions.set(id, position)
    const { underlying } = position.option
    this.#statistics.set(underlying, withTrade(this.#statistics.get(underlying), position))
    return { position, events: [{ type: 'position-closed', position }] }
  }

  /** Forgets closed positions and returns how many; statistics stay. */
  clearClosed(): number {
    const before = this.#positions.size
    for (const { id, status } of this.positions()) if (status === 'closed') this.#positions.delete(id)
    return before - this.#positions.size
  }

  /** Forgets all positions and returns how many; statistics stay. */
  clearAll(): number {
    const { size } = this.#positions
    this.#positions.clear()
    return size
  }

  /** Exposure is the entry cost of what is not closed; profit is of all positions, before fees. */
  totals(): { readonly openCount: number; readonly exposureMicros: Micros; readonly pnlMicros: Micros } {
    const open = this.open()
    const exposureMicros = open.reduce((sum, { entryCostMicros }) => sum + entryCostMicros, 0)
    const pnlMicros = this.positions().reduce((sum, position) => sum + position.pnlMicros, 0)
    return { openCount: open.length, exposureMicros, pnlMicros }
  }

  /** Statistics of closed positions by underlying, rounded for the screen. */
  statistics(): Readonly<Record<string, SymbolStatistics>> {
    return Object.fromEntries(
      Array.from(this.#statistics, ([symbol, totals]) => [symbol, toStatistics(totals)]),
    )
  }

  /** Statistics over all underlyings. */
  summary(): StatisticsSummary {
    return summarize(this.#statistics)
  }

  /** The whole state as JSON, exact. */
  snapshot(): RegimeSnapshot {
    return { version: 1, positions: this.positions(), statistics: [...this.#statistics] }
  }

  /**
   * Replaces the state by a snapshot and returns how many positions it holds.
   *
   * @throws {@link SnapshotVersionError} When it is of another version; the state stays as it was.
   */
  restore({ version, positions, statistics }: RegimeSnapshot): number {
    if (version !== 1) throw new SnapshotVersionError({ version })
    this.#positions.clear()
    this.#statistics.clear()
    for (const position of positions) this.#positions.set(position.id, position)
    for (const [symbol, totals] of statistics) this.#statistics.set(symbol, totals)
    return this.#positions.size
  }
}

function signalOf(position: RegimePosition, trigger: RegimeTrigger): ExitSignal {
  const { id, currentMicros, pnlMicros, pnlPercent } = position
  return { positionId: id, trigger, urgency: urgencyOf(trigger), currentMicros, pnlMicros, pnlPercent }
}

function requireMicros(field: string, value: Micros): void {
  if (!(Number.isSafeInteger(value) && value >= 0)) throw new PositionInputError({ field, value })
}
