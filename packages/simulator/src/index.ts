export { alpacaCostSchedule } from './alpaca-costs.js'
export {
  type ContractAdjustment,
  type Deliverable,
  type Dividend,
  intrinsicMicros,
  isAmericanOption,
  isAmSettled,
  underlyingSymbol,
} from './contract-terms.js'
export {
  type CommissionTier,
  type CostInput,
  type CostParts,
  type CostSchedule,
  costParts,
  type DatedRate,
  rateOn,
} from './cost-schedule.js'
export { createFlatCosts, createOptionCosts, type OptionCosts } from './costs.js'
export { DuplicateOrderError, EmptyReplayError, SeparateMarketsError } from './errors.js'
export type { FeeLedger } from './fee-ledger.js'
export { fillPriceMicros, type Slippage } from './fill-price.js'
export type { Halt } from './halts.js'
export { ibkrTieredCostSchedule } from './ibkr-costs.js'
export {
  createLatency,
  type Delay,
  type Latency,
  type LatencyModel,
  type LatencySource,
  type RecordedLatency,
} from './latency.js'
export { clearingCaps, clearingRates, orfRates, secRates, tafRates } from './regulatory-rates.js'
export {
  type ReplayLane,
  type ReplayOptions,
  type ReplayProgress,
  type ReplayTogetherOptions,
  replay,
  replayTogether,
} from './replay.js'
export {
  type FillModel,
  SimulatedBroker,
  type SimulatedBrokerOptions,
} from './simulated-broker.js'
export type { VenueMarket } from './venue-market.js'
