export {
  createEngine,
  Engine,
  type EngineOptions,
  type QuoteSpan,
  type RestoredState,
  type RowSpan,
} from './engine.js'
export { ClockBackwardsError, InvalidIntentError } from './errors.js'
export type { ManagedState } from './managed-orders.js'
export type { SharedLimits } from './order-desk.js'
