import { type Micros, type OptionId, toDollars, type Us } from '@scalp/canonical'

/** What a regime position was opened by. */
export type RegimeAction = 'BUY_CALL' | 'BUY_PUT' | 'SELL_CALL' | 'SELL_PUT'

/** Where a regime position stands. One with an exit signal is still open. */
export type RegimeStatus = 'open' | 'exit_signal' | 'closed'

/** The rule that asks to leave a regime position. */
export type RegimeTrigger = 'take_profit' | 'stop_loss' | 'time_exit'

/** When to leave. Percents are of the entry cost. */
export interface RegimeExitRules {
  readonly takeProfitPercent: number
  /** Negative. */
  readonly stopLossPercent: number
  /** Calendar days to expiry at which to leave. */
  readonly minDteExit: number
}

/** A regime position, as plain values. */
export interface RegimePosition {
  readonly id: string
  readonly recommendationId: string | null
  readonly option: OptionId
  readonly action: RegimeAction
  readonly contracts: number
  readonly openedUs: Us
  readonly fillMicros: Micros
  readonly currentMicros: Micros
  /** What it was bought or sold for in all, positive. */
  readonly entryCostMicros: Micros
  readonly currentValueMicros: Micros
  /** Before fees; of a sold position entry minus current value. */
  readonly pnlMicros: Micros
  /** Percent of the entry cost; 0 when that is 0. */
  readonly pnlPercent: number
  readonly feesMicros: Micros
  readonly dte: number | null
  readonly delta: number | null
  readonly status: RegimeStatus
  readonly exitReason: RegimeTrigger | null
  /** Until then the dismissed trigger is silent. */
  readonly snoozedUntilUs: Us | null
  readonly snoozedTrigger: RegimeTrigger | null
  readonly closedUs: Us | null
  readonly closeMicros: Micros | null
}

/** The position marked at a price: value, profit and percent follow. */
export function markedAt(position: RegimePosition, currentMicros: Micros): RegimePosition {
  const { contracts, option, entryCostMicros, action } = position
  const currentValueMicros = contracts * currentMicros * option.multiplier
  const gain = currentValueMicros - entryCostMicros
  const pnlMicros = action.startsWith('SELL') ? -gain || 0 : gain
  const pnlPercent = entryCostMicros > 0 ? (toDollars(pnlMicros) / toDollars(entryCostMicros)) * 100 : 0
  return { ...position, currentMicros, currentValueMicros, pnlMicros, pnlPercent }
}

/** The first rule that asks to leave: profit, then loss, then time. Compares exact amounts, not rounded percents. */
export function triggerOf(
  { pnlMicros, entryCostMicros, dte }: RegimePosition,
  { takeProfitPercent, stopLossPercent, minDteExit }: RegimeExitRules,
): RegimeTrigger | null {
  if (entryCostMicros > 0 && pnlMicros * 100 >= takeProfitPercent * entryCostMicros) return 'take_profit'
  if (entryCostMicros > 0 && pnlMicros * 100 <= stopLossPercent * entryCostMicros) return 'stop_loss'
  return dte !== null && dte <= minDteExit ? 'time_exit' : null
}

/** How soon a trigger wants to be followed. */
export function urgencyOf(trigger: RegimeTrigger): 'medium' | 'high' {
  return trigger === 'take_profit' ? 'medium' : 'high'
}
