export { type Breakdown, breakDown, type Dependence, measureDependence } from './analysis.js'
export {
  type ComparedFigure,
  type ComparedSetting,
  type ComparedTrades,
  type Comparison,
  compareResults,
} from './compare.js'
export { formatComparison } from './comparison-text.js'
export { decisionsCsv, tradesCsv } from './csv.js'
export {
  type DeflatedEvidence,
  type DrawdownLuck,
  type Evidence,
  type SharpeEvidence,
  weighEvidence,
} from './evidence.js'
export { formatMarkdown } from './markdown.js'
export {
  computeMetrics,
  type GroupMetrics,
  groupTrades,
  type Metrics,
  type MetricsInput,
  type ProfitBounds,
} from './metrics.js'
export { type GateRegret, type HorizonRegret, summarizeRegret } from './regret.js'
export {
  type BacktestResult,
  type DecisionRecord,
  decisionSchema,
  type Manifest,
  manifestSchema,
  parseResult,
  type QuoteTape,
  quoteTapeSchema,
  resultSchema,
  type TradeRecord,
  tradeSchema,
} from './result.js'
export {
  type Capacity,
  type CapacityStep,
  type CostCase,
  type CostSensitivity,
  measureCapacity,
  measureCosts,
} from './sensitivity.js'
export {
  type LedgerSummary,
  ledgerSchema,
  type Study,
  type SweepSurface,
  studySchema,
  surfaceSchema,
  type WalkForwardTable,
  walkForwardSchema,
} from './study.js'
export { formatSummary } from './text.js'
export { THIN_SAMPLE } from './thin-sample.js'
export type { MonthlyReturn } from './time-metrics.js'
export { findWeaknesses, judgeResult, type Verdict, type VerdictParts } from './verdict.js'
