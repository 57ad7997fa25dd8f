export { ComputedGreeks, type GreeksMarket } from './computed-greeks.js'
export { type ScalpConfig, scalpConfigSchema } from './config.js'
export { closeOfExpiry, type DeltaMarket } from './contract-book.js'
export {
  type ChoiceRules,
  type ContractRanking,
  type ContractRow,
  quoteRejection,
  type RankedContract,
  type Rejection,
  rankContracts,
} from './contract-choice.js'
export { ContractFinder, type FinderMarket } from './contract-finder.js'
export { type EnvironmentSettings, fromEnvironment } from './environment.js'
export { EnvironmentError, VelocityWindowError } from './errors.js'
export {
  EXIT_PRIORITY,
  type ExitEntry,
  ExitManager,
  type ExitReason,
  type ExitRules,
  type ExitTick,
  type RuleExit,
} from './exit-manager.js'
export { type LevelOptions, type PriceLevel, PriceLevels } from './levels.js'
export { type DeltaSource, OptionDelta, type QuotedGreeks } from './option-delta.js'
export {
  type Outcome,
  type OutcomeMarket,
  OutcomeTracker,
  type WatchedDecision,
} from './outcome-tracker.js'
export { presets } from './presets.js'
export {
  type ExitState,
  type GeneratorState,
  type ScalperState,
  scalperStateSchema,
  type TradeState,
} from './scalper-state.js'
export { type BandMode, SessionVwap, type VwapBands } from './session-vwap.js'
export { type ScalpSignal, SignalGenerator, type SignalMarket, type SignalRules } from './signal-generator.js'
export { positionSize, riskSize, type SizeCaps, type SizingInput, tieredRiskPct } from './sizing.js'
export { SmoothedPrice } from './smoothed-price.js'
export { momentumScalper } from './strategy.js'
export { type BuyerTrade, type Sweep, SweepDetector } from './sweeps.js'
export { breakoutSignal, type TechnicalSignal, type Trigger, vwapSignal } from './technical-signals.js'
export { roundToTick, tickSizeMicros } from './tick-size.js'
export {
  type Direction,
  type SpikeRules,
  toDirection,
  type Velocity,
  type VelocityAnchor,
  type VelocityOptions,
  VelocityTracker,
} from './velocity-tracker.js'
export { type BaselineMode, VolumeAnalyzer, type VolumeOptions, type VolumeSpike } from './volume-analyzer.js'
