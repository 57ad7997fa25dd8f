export { type BootstrapOptions, bootstrapInterval, drawBlocks, type Interval } from './bootstrap.js'
export { type Moments, meanOf, momentsOf, quantileOfSorted } from './moments.js'
export { normalQuantile } from './normal-quantile.js'
export { type Overfitting, probabilityOfOverfitting } from './overfitting.js'
export { type RealityCheck, realityCheck } from './reality-check.js'
export {
  type DeflatedSharpe,
  deflatedSharpe,
  effectiveTrials,
  estimateSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
  type SharpeEstimate,
  type SharpeShape,
} from './sharpe.js'
export {
  crossValidation,
  type Fold,
  type Range,
  type Split,
  type WalkForwardOptions,
  walkForward,
} from './splits.js'
export { parameterStability, type Stability } from './stability.js'
export { deepestFall, shuffleTrades, type TradeOrder } from './trade-order.js'
