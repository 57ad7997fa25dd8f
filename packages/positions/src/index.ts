export { Account, type AccountOptions } from './account.js'
export { MaxPositionsError, PositionInputError, SnapshotVersionError } from './errors.js'
export {
  type ClosedTrade,
  PositionTracker,
  type PositionTrackerOptions,
  type PositionType,
} from './position-tracker.js'
export type {
  RegimeAction,
  RegimeExitRules,
  RegimePosition,
  RegimeStatus,
  RegimeTrigger,
} from './regime-position.js'
export type { StatisticsSummary, SymbolStatistics, SymbolTotals } from './regime-statistics.js'
export {
  type ExitSignal,
  type RegimeChange,
  type RegimeEvent,
  type RegimeOpening,
  type RegimeSnapshot,
  RegimeTracker,
  type RegimeTrackerOptions,
  type RegimeUpdate,
} from './regime-tracker.js'
