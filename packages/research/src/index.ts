export {
  type Axis,
  isListed,
  type ListedAxis,
  type Point,
  parseAxis,
  placeOf,
  type RangeAxis,
  type Value,
  valueAt,
  valuesOf,
} from './axis.js'
export { type Constraint, parseConstraint } from './constraint.js'
export { ResultDiffersError, SweepPlanError, UnknownRunError } from './errors.js'
export { everyValue, type Field, fieldsOf, fitAxis } from './fields.js'
export { drawPoint, gridPoints, MAX_POINTS, nameOf, randomPoints, type Space } from './plan.js'
export { type Objective, rankRuns, scoreOf } from './ranking.js'
export { type MappedPoint, type StabilityMap, stabilityAt, stabilityMaps } from './stability-map.js'
export type {
  DayReturn,
  RunFilter,
  RunRecord,
  StoredRun,
  StoredSweep,
  Trial,
  TrialEnd,
  TrialStore,
} from './trial.js'
export { judgeBest, MIN_DAYS, MIN_TRADES, peersOf, type Verdict } from './verdict.js'
export {
  type WalkKind,
  type WalkOptions,
  type WalkResult,
  type WalkStep,
  walkThrough,
} from './walk.js'
