export { KillSwitchStateError, RiskLimitError } from './errors.js'
export { type FailureLimit, FailureWindow } from './failure-window.js'
export {
  type CloseAction,
  type CloseMarket,
  type CloseStage,
  type ClosingPosition,
  FlatByClose,
  type FlatByCloseOptions,
} from './flat-by-close.js'
export {
  type KillCause,
  type KillReason,
  KillSwitch,
  type KillSwitchOptions,
  type KillSwitchState,
  type TradingState,
} from './kill-switch.js'
export {
  type LimitContext,
  type LimitGate,
  type LimitResult,
  limitGates,
  type RiskLimits,
} from './limit-gates.js'
export { type LossLimits, LossMonitor, type LossState } from './loss-monitor.js'
export { OrderRate } from './order-rate.js'
export { RiskMonitor, type RiskMonitorOptions } from './risk-monitor.js'
