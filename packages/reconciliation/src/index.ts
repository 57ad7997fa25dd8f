export type { BrokerOrder, BrokerOrderStatus, BrokerPosition, BrokerTruth } from './broker-truth.js'
export { OrderKnownError } from './errors.js'
export {
  type LedgerFill,
  type LedgerNews,
  type LedgerOrder,
  type LedgerState,
  OrderLedger,
} from './order-ledger.js'
export { type RebuildOptions, type RecordedEntry, rebuildLedger } from './rebuild-ledger.js'
export {
  AVERAGE_TOLERANCE,
  type OwnPosition,
  type PositionComparison,
  reconcilePositions,
  type SyntheticFill,
} from './reconcile-positions.js'
export { Reconciler, type ReconcilerOptions, type Reconciliation } from './reconciler.js'
