import type { Micros, Side, Us } from '@scalp/canonical'
import type { PositionState, PositionType } from './position-tracker.js'
import type { RegimeExitRules, RegimePosition, RegimeTrigger } from './regime-position.js'
import type { SymbolTotals } from './regime-statistics.js'

/** The exact sums of an open position that its rounded columns do not hold. */
export type PositionSums = Omit<PositionState, 'instrument' | 'symbol' | 'multiplier' | 'openedUs'>

/** A position as a store keeps it, of any type, open or closed. Profit of a scalp is after fees, of a regime before. */
export interface StoredPosition extends Omit<RegimePosition, 'exitReason' | 'snoozedTrigger'> {
  readonly positionType: PositionType
  readonly exitReason: string | null
  readonly snoozedTrigger: string | null
  /** Contracts closed so far, and what they made before fees. */
  readonly realisedContracts: number
  readonly realisedMicros: Micros
  /** Best and worst mark against the entry price, percent. */
  readonly maxGainPct: number
  readonly maxDrawdownPct: number
  /** The exit rules of its type as they were at the opening, plain JSON; null for an external one, which has none. */
  readonly exit: unknown
  /** What its strategy wants to remember of it, plain JSON: trigger, signal id, trailing state. */
  readonly scalp: unknown
  /** Null for a regime position, whose columns are exact, and for a closed one. */
  readonly sums: PositionSums | null
}

/** A fill that was applied, and so is never applied again. */
export interface StoredFill {
  readonly fillId: string
  readonly positionId: string
  readonly symbol: string
  readonly side: Side
  readonly contracts: number
  readonly priceMicros: Micros
  readonly feesMicros: Micros
  readonly receivedUs: Us
}

/** What is written in one transaction: whole rows, new or in the place of old ones. */
export interface StoreChange {
  readonly positions: readonly StoredPosition[]
  readonly fills: readonly StoredFill[]
  readonly statistics: readonly (readonly [symbol: string, totals: SymbolTotals])[]
  /** The line of the journal that all of this follows from, when there is one. */
  readonly journalSeq?: number
}

/** All that a store holds, and what a restart needs. */
export interface StoredBook {
  readonly positions: readonly StoredPosition[]
  readonly statistics: readonly (readonly [symbol: string, totals: SymbolTotals])[]
  /** Fills of open positions, and the newest ten thousand others. */
  readonly fills: readonly StoredFill[]
  /** 0 when no journal stands behind it. */
  readonly journalSeq: number
}

/** Where positions survive a restart. One process writes. */
export interface PositionStore {
  load(): Promise<StoredBook>
  /** Writes all or nothing. */
  save(change: StoreChange): Promise<void>
  /** Replaces everything, as after a rebuild from the journal. */
  replace(change: StoreChange): Promise<void>
  /** Removes closed positions and answers how many; statistics stay. */
  clearClosed(): Promise<number>
  /** Removes all positions and answers how many; statistics stay. */
  clearAll(): Promise<number>
  close(): Promise<void>
}

/** A regime position as a store keeps it. */
export function fromRegimePosition(
  position: RegimePosition,
  rules: RegimeExitRules | null = null,
): StoredPosition {
  const isClosed = position.status === 'closed'
  return {
    ...position,
    positionType: 'regime',
    realisedContracts: isClosed ? position.contracts : 0,
    realisedMicros: isClosed ? position.pnlMicros : 0,
    maxGainPct: 0,
    maxDrawdownPct: 0,
    exit: rules,
    scalp: null,
    sums: null,
  }
}

/** The regime position of a stored row. */
export function toRegimePosition(stored: StoredPosition): RegimePosition {
  return {
    id: stored.id,
    recommendationId: stored.recommendationId,
    option: stored.option,
    action: stored.action,
    contracts: stored.contracts,
    openedUs: stored.openedUs,
    fillMicros: stored.fillMicros,
    currentMicros: stored.currentMicros,
    entryCostMicros: stored.entryCostMicros,
    currentValueMicros: stored.currentValueMicros,
    pnlMicros: stored.pnlMicros,
    pnlPercent: stored.pnlPercent,
    feesMicros: stored.feesMicros,
    dte: stored.dte,
    delta: stored.delta,
    status: stored.status,
    exitReason: stored.exitReason as RegimeTrigger | null,
    snoozedUntilUs: stored.snoozedUntilUs,
    snoozedTrigger: stored.snoozedTrigger as RegimeTrigger | null,
    closedUs: stored.closedUs,
    closeMicros: stored.closeMicros,
  }
}
