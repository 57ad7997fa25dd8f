export { alpacaCostSchedule } from './alpaca-costs.js'
export {
  type CostInput,
  type CostSchedule,
  createFlatCosts,
  createOptionCosts,
  type DatedRate,
  type OptionCosts,
  rateOn,
} from './costs.js'
export { DuplicateOrderError, EmptyReplayError } from './errors.js'
export { intrinsicMicros } from './expiry.js'
export { fillPriceMicros, type Slippage } from './fill-price.js'
export { type ReplayOptions, type ReplayProgress, replay } from './replay.js'
export {
  type FillModel,
  SimulatedBroker,
  type SimulatedBrokerOptions,
  type VenueMarket,
} from './simulated-broker.js'
