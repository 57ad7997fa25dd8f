import { greeksFreshGate, quoteFreshGate, underlyingFreshGate } from './freshness-gates.js'
import type { Gate } from './gate.js'
import { dataGate, feedDegradedGate, killSwitchGate } from './health-gates.js'
import { openInterestGate, spreadGate, volumeGate } from './liquidity-gates.js'
import { tradingHoursBoostGate, vixSizeGate } from './modifier-gates.js'
import { createPipeline, type Pipeline, type Stage } from './pipeline.js'
import { cashGate, positionSizeGate, sectorConcentrationGate } from './portfolio-gates.js'
import { bearMarketGate, earningsGate, rsiGate, tradingHoursGate, vixPanicGate } from './risk-gates.js'
import {
  mentionsBoostGate,
  minimumMentionsGate,
  retailMomentumGate,
  sentimentAlignmentGate,
  sentimentDirectionGate,
  sentimentRecencyGate,
  signalEnabledGate,
  strongSentimentGate,
} from './sentiment-gates.js'
import { deltaGate, ivRankGate } from './strategy-fit-gates.js'

/** Thresholds of {@link scalpPipeline}; null leaves the gate out. */
export interface ScalpPipelineOptions {
  readonly maxUnderlyingAgeMs?: number | null
  readonly maxQuoteAgeMs?: number | null
  /** Null where delta is computed from the quotes of the moment. */
  readonly maxGreeksAgeMs?: number | null
  readonly maxSpreadPercent?: number | null
  readonly minOpenInterest?: number | null
  readonly minVolume?: number | null
  readonly delta?: { readonly min: number; readonly max: number } | null
  readonly maxPositionPercent?: number | null
  readonly maxUnderlyingPercent?: number | null
  readonly skipOpenMinutes?: number
  readonly skipCloseMinutes?: number
}

/** The gates every scalp entry passes: health, freshness, liquidity, delta, money, hours. */
export function scalpPipeline({
  maxUnderlyingAgeMs = 5_000,
  maxQuoteAgeMs = 5_000,
  maxGreeksAgeMs = 90_000,
  maxSpreadPercent = 10,
  minOpenInterest = 500,
  minVolume = 100,
  delta = { min: 0.1, max: 0.8 },
  maxPositionPercent = 20,
  maxUnderlyingPercent = 25,
  skipOpenMinutes = 30,
  skipCloseMinutes = 15,
}: ScalpPipelineOptions = {}): Pipeline {
  return createPipeline([
    healthStage(),
    stage('data_freshness', [
      unlessNull(maxUnderlyingAgeMs, (maxAgeMs) => underlyingFreshGate({ maxAgeMs })),
      unlessNull(maxQuoteAgeMs, (maxAgeMs) => quoteFreshGate({ maxAgeMs })),
      unlessNull(maxGreeksAgeMs, (maxAgeMs) => greeksFreshGate({ maxAgeMs })),
    ]),
    stage('liquidity', [
      unlessNull(maxSpreadPercent, (maxPercent) => spreadGate({ maxPercent })),
      unlessNull(minOpenInterest, (min) => openInterestGate({ min })),
      unlessNull(minVolume, (min) => volumeGate({ min })),
    ]),
    stage('strategy_fit', [unlessNull(delta, deltaGate)]),
    stage('portfolio_constraints', [
      cashGate(),
      unlessNull(maxPositionPercent, (maxPercent) => positionSizeGate({ maxPercent })),
      unlessNull(maxUnderlyingPercent, (maxPercent) => sectorConcentrationGate({ maxPercent })),
    ]),
    stage('risk_management', [tradingHoursGate({ skipOpenMinutes, skipCloseMinutes })]),
  ])
}

/** All gates with their default thresholds, for a swing strategy; those of facts pass where none is supplied. */
export function regimePipeline(): Pipeline {
  return createPipeline([
    healthStage(),
    stage('data_freshness', [underlyingFreshGate(), quoteFreshGate(), greeksFreshGate()]),
    stage('liquidity', [spreadGate(), openInterestGate(), volumeGate()]),
    stage('strategy_fit', [ivRankGate(), deltaGate()]),
    stage('portfolio_constraints', [cashGate(), positionSizeGate(), sectorConcentrationGate()]),
    stage('signal_quality', [signalEnabledGate(), sentimentAlignmentGate(), minimumMentionsGate()]),
    stage('sentiment', [
      sentimentDirectionGate(),
      retailMomentumGate(),
      mentionsBoostGate(),
      strongSentimentGate(),
      sentimentRecencyGate(),
    ]),
    stage('technical', [rsiGate()]),
    stage('risk_management', [earningsGate(), vixPanicGate(), tradingHoursGate(), bearMarketGate()]),
    stage('position_modifiers', [vixSizeGate(), tradingHoursBoostGate()]),
  ])
}

function healthStage(): Stage {
  return stage('health', [killSwitchGate(), feedDegradedGate(), dataGate()])
}

function stage(name: string, gates: readonly (Gate | null)[]): Stage {
  return { name, gates: gates.filter((gate) => gate !== null) }
}

function unlessNull<Value>(value: Value | null, make: (value: Value) => Gate): Gate | null {
  return value === null ? null : make(value)
}
