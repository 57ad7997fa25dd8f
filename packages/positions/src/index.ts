export { Account, type AccountOptions } from './account.js'
export {
  MaxPositionsError,
  PositionInputError,
  SnapshotVersionError,
  StoreRowError,
  StoreUrlError,
  StoreVersionError,
} from './errors.js'
export { type BookFill, type BookPosition, PositionBook, type PositionBookOptions } from './position-book.js'
export {
  type ClosedTrade,
  type PositionState,
  PositionTracker,
  type PositionTrackerOptions,
  type PositionType,
} from './position-tracker.js'
export { BookProjection, type ProjectedEntry, type ProjectionOptions } from './project-entries.js'
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
export {
  fromRegimePosition,
  type PositionStore,
  type PositionSums,
  type StoreChange,
  type StoredBook,
  type StoredFill,
  type StoredPosition,
  toRegimePosition,
} from './stored-position.js'
