export { createEngine, Engine, type EngineOptions, type RestoredState } from './engine.js'
export {
  ClockBackwardsError,
  IndicatorSettingsError,
  InvalidIntentError,
  LateIndicatorError,
} from './errors.js'
export type { ManagedState } from './managed-orders.js'
export { Market, type MarketMember, type MarketOptions, type QuoteSpan, type RowSpan } from './market.js'
export type { SharedLimits } from './order-desk.js'
export type { TraderOptions } from './trader.js'
