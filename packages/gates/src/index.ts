export { type Abstain, type DataFreshness, toResumeCondition } from './abstain.js'
export {
  accountFreshGate,
  type OptionLevelOptions,
  optionLevelGate,
  PATTERN_DAY_TRADER_ENDED_US,
  type PatternDayTraderOptions,
  patternDayTraderGate,
  settledCashGate,
} from './account-gates.js'
export { type AccountStatus, type AccountStatusReader, SettledCash } from './account-status.js'
export { confidenceCap } from './confidence.js'
export { regimePipeline, type ScalpPipelineOptions, scalpPipeline } from './default-pipelines.js'
export {
  type EventBlackoutOptions,
  type EventCalendar,
  type EventKind,
  eventBlackoutGate,
  type ScheduledEvent,
} from './event-gate.js'
export { type ExpiryDayOptions, expiryDayGate } from './expiry-day-gate.js'
export type { FactsReader, SentimentFacts, TrendFacts, UnderlyingFacts } from './facts.js'
export {
  type FreshnessOptions,
  greeksFreshGate,
  quoteFreshGate,
  underlyingFreshGate,
} from './freshness-gates.js'
export {
  type AbstainReason,
  defineGate,
  type Gate,
  type GateContext,
  type GateResult,
  type GreeksReader,
  type HealthReader,
  type Severity,
} from './gate.js'
export {
  createGateKeeper,
  GateKeeper,
  type GateKeeperOptions,
  type RefusalCount,
  type Review,
} from './gate-keeper.js'
export { dataGate, feedDegradedGate, killSwitchGate } from './health-gates.js'
export { openInterestGate, spreadGate, volumeGate } from './liquidity-gates.js'
export { tradingHoursBoostGate, vixSizeGate } from './modifier-gates.js'
export {
  createPipeline,
  type Evaluation,
  type Pipeline,
  type PipelineResult,
  type Stage,
} from './pipeline.js'
export { cashGate, positionSizeGate, sectorConcentrationGate } from './portfolio-gates.js'
export {
  type GateRefusals,
  RefusalLog,
  type RefusalSnapshot,
  type UnderlyingRefusals,
} from './refusal-log.js'
export {
  bearMarketGate,
  earningsGate,
  rsiGate,
  type TradingHoursOptions,
  tradingHoursGate,
  vixPanicGate,
} from './risk-gates.js'
export {
  mentionsBoostGate,
  minimumMentionsGate,
  retailMomentumGate,
  sentimentAlignmentGate,
  sentimentDirectionGate,
  sentimentRecencyGate,
  signalEnabledGate,
  strongSentimentGate,
} from './sentiment-gates.js'
export { deltaGate, ivRankGate } from './strategy-fit-gates.js'
