import { type OptionId, toDollars } from '@scalp/canonical'
import type { Held } from '../position-book.js'
import type { ClosedTrade, PositionState } from '../position-tracker.js'
import type { RegimeAction } from '../regime-position.js'
import type { PositionSums, StoredPosition } from '../stored-position.js'

/** The row of an open position. Profit is of what was closed and of what is held at the last mark, after fees. */
export function openRow(held: Held, state: PositionState): StoredPosition {
  const { option, markMicros } = held
  const { multiplier } = option
  const unrealised = (state.contracts * markMicros - state.costMicros) * multiplier
  const entryCostMicros = state.entryCostMicros * multiplier
  const pnlMicros = state.grossMicros + unrealised - state.feesMicros
  return {
    ...common(held, state),
    contracts: Math.abs(state.contracts),
    openedUs: state.openedUs,
    currentMicros: markMicros,
    currentValueMicros: Math.abs(state.contracts) * markMicros * multiplier,
    pnlMicros,
    pnlPercent: percentOf(pnlMicros, entryCostMicros),
    feesMicros: state.feesMicros,
    status: 'open',
    exitReason: null,
    closedUs: null,
    closeMicros: null,
    realisedContracts: state.exitContracts,
    realisedMicros: state.grossMicros,
    maxGainPct: state.maxGainPct,
    maxDrawdownPct: state.maxDrawdownPct,
    sums: sumsOf(state),
  }
}

/** The row of a position that its last fill has just closed; `before` is how it stood before that. */
export function closedRow(held: Held, before: PositionState, trade: ClosedTrade): StoredPosition {
  const entryCostMicros = before.entryCostMicros * held.option.multiplier
  const closeMicros = Math.round(trade.exitMicros)
  const contracts = Math.abs(trade.contracts)
  return {
    ...common(held, before),
    contracts,
    openedUs: trade.openedUs,
    currentMicros: closeMicros,
    currentValueMicros: contracts * closeMicros * held.option.multiplier,
    pnlMicros: trade.netMicros,
    pnlPercent: percentOf(trade.netMicros, entryCostMicros),
    feesMicros: trade.feesMicros,
    status: 'closed',
    exitReason: trade.exitReason,
    closedUs: trade.closedUs,
    closeMicros,
    realisedContracts: before.entryContracts,
    realisedMicros: trade.grossMicros,
    maxGainPct: trade.maxGainPct,
    maxDrawdownPct: trade.maxDrawdownPct,
    sums: null,
  }
}

function common({ id, option, positionType, exit, scalp }: Held, state: PositionState) {
  return {
    id,
    positionType,
    recommendationId: null,
    option,
    action: actionOf(option, state.contracts),
    fillMicros: Math.round(state.entryCostMicros / state.entryContracts),
    entryCostMicros: state.entryCostMicros * option.multiplier,
    dte: null,
    delta: null,
    snoozedUntilUs: null,
    snoozedTrigger: null,
    exit,
    scalp,
  } as const
}

function sumsOf(state: PositionState): PositionSums {
  return {
    entryTag: state.entryTag,
    contracts: state.contracts,
    most: state.most,
    costMicros: state.costMicros,
    entryCostMicros: state.entryCostMicros,
    entryContracts: state.entryContracts,
    exitProceedsMicros: state.exitProceedsMicros,
    exitContracts: state.exitContracts,
    grossMicros: state.grossMicros,
    feesMicros: state.feesMicros,
    maxGainPct: state.maxGainPct,
    maxDrawdownPct: state.maxDrawdownPct,
  }
}

function actionOf({ right }: OptionId, contracts: number): RegimeAction {
  return `${contracts > 0 ? 'BUY' : 'SELL'}_${right === 'C' ? 'CALL' : 'PUT'}`
}

function percentOf(pnlMicros: number, entryCostMicros: number): number {
  return entryCostMicros > 0 ? (toDollars(pnlMicros) / toDollars(entryCostMicros)) * 100 : 0
}
