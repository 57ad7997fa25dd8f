import type { Micros } from '@scalp/canonical'

/** What a position size is computed of. */
export interface SizingInput {
  readonly equityMicros: Micros
  /** Of equity put at risk, in percent. */
  readonly riskPct: number
  /** Per share: the price expected to be paid. */
  readonly priceMicros: Micros
  readonly stopLossPct: number
  readonly maxContracts: number
  /** Shares per contract; 100. */
  readonly multiplier?: number
}

/** What else bounds a size; each bound that is absent does not. */
export interface SizeCaps {
  readonly cashMicros?: Micros
  readonly feePerContractMicros?: Micros
  /** Highest share of equity in one position, in percent. */
  readonly positionSizePct?: number
  /** Contracts shown at the ask. */
  readonly askSize?: number
  /** Share of the shown size we take; 1. */
  readonly participation?: number
}

/**
 * Contracts whose loss at the stop is the given share of equity, rounded down, at most `maxContracts`; 0 when
 * not even one fits or an input is unknown. A size of 0 refuses the entry.
 */
export function riskSize(input: SizingInput): number {
  const { equityMicros, riskPct, priceMicros, stopLossPct, maxContracts, multiplier = 100 } = input
  const lossMicros = priceMicros * (stopLossPct / 100) * multiplier
  const contracts = Math.floor((equityMicros * (riskPct / 100)) / lossMicros)
  return contracts > 0 && lossMicros > 0 ? Math.min(contracts, maxContracts) : 0
}

/** {@link riskSize} lowered to what cash, position size and the quoted size allow. */
export function positionSize(input: SizingInput, caps: SizeCaps = {}): number {
  const { equityMicros, priceMicros, multiplier = 100 } = input
  const { cashMicros, feePerContractMicros = 0, positionSizePct, askSize, participation = 1 } = caps
  const costMicros = priceMicros * multiplier
  let contracts = riskSize(input)
  if (cashMicros !== undefined) {
    contracts = atMost(contracts, cashMicros / (costMicros + feePerContractMicros))
  }
  if (positionSizePct !== undefined) {
    contracts = atMost(contracts, (equityMicros * positionSizePct) / 100 / costMicros)
  }
  if (askSize !== undefined) contracts = atMost(contracts, askSize * participation)
  return contracts
}

/** Percent of equity at risk by the speed of the move; 2 from the third loss in a row on. */
export function tieredRiskPct(velocityPct: number, consecutiveLosses: number): number {
  if (consecutiveLosses >= 3) return 2
  const speed = Math.abs(velocityPct)
  if (speed >= 0.8) return 5
  if (speed >= 0.6) return 4
  return speed >= 0.4 ? 3 : 2
}

function atMost(contracts: number, bound: number): number {
  return bound >= 1 ? Math.min(contracts, Math.floor(bound)) : 0
}
