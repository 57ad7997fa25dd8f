import type { Broker, CalendarReader, InstrumentTable, JournalEntry, Micros } from '@scalp/canonical'
import { toMicros } from '@scalp/canonical'
import { createEngine, type Engine } from '@scalp/engine'
import {
  createGateKeeper,
  createPipeline,
  type GateKeeper,
  optionLevelGate,
  type Pipeline,
  patternDayTraderGate,
  type Stage,
  scalpPipeline,
  settledCashGate,
} from '@scalp/gates'
import { limitGates, RiskMonitor } from '@scalp/risk'
import { ComputedGreeks } from '@scalp/scalping'
import type { Strategy } from '@scalp/strategy'
import type { LiveConfig } from '../config/schema.js'
import { type CloseRules, flatByClose, type OnHeldAtClose } from './flat-by-close.js'
import { LatchedAccount } from './latched-account.js'

/** What decides, live and when a recording is replayed: both are made here. */
export interface EngineParts {
  readonly strategy: Strategy<unknown>
  readonly settings: unknown
  readonly gates: LiveConfig['gates']
  readonly risk: LiveConfig['risk']
  readonly symbols: readonly string[]
  readonly instruments: InstrumentTable
  readonly calendar: CalendarReader
  readonly broker: Broker
  readonly startingCashMicros: Micros
  readonly impliesUnderlyings: boolean
  readonly seed: string
  /** Hears every entry of the engine. */
  readonly onEntry: (entry: JournalEntry) => void
  /** Hears that something is held when the last seconds before the close begin. */
  readonly onHeldAtClose: OnHeldAtClose
  /** Hears changes of the kill switch. */
  readonly onRisk: (entry: JournalEntry) => void
}

/** What gates see of the daemon's health: changed between turns only, so that a recording can repeat it. */
export interface LatchedHealth {
  killSwitch: boolean
  feedDegraded: boolean
}

/** What was made. */
export interface BuiltEngine {
  readonly engine: Engine
  readonly keeper: GateKeeper
  readonly pipeline: Pipeline
  readonly risk: RiskMonitor
  readonly health: LatchedHealth
  readonly accountStatus: LatchedAccount
}

/** Makes an engine with its gates and limits. */
export function buildEngine(parts: EngineParts): BuiltEngine {
  const { risk: limits } = parts
  /** Recordings of before there was such a net have none. */
  const close = (limits as Partial<LiveConfig['risk']>).flatByClose ?? null
  const risk = new RiskMonitor({
    losses: {
      dailyLossPct: limits.dailyLossPct,
      ...(limits.drawdownPct === undefined ? {} : { drawdownPct: limits.drawdownPct }),
      ...(limits.losingStreak === undefined ? {} : { losingStreak: limits.losingStreak }),
    },
    maxClockSkewMs: limits.maxClockSkewMs,
    record: parts.onRisk,
  })
  const pipeline = createPipeline([
    ...pipelineOf(parts.gates, close).stages,
    accountStage(parts.gates.account),
    {
      name: 'risk',
      gates: limitGates(
        {
          maxContracts: limits.maxContracts,
          maxNotionalMicros: toMicros(limits.maxNotional),
          fatFingerPct: limits.fatFingerPct,
          maxOpenPositions: limits.maxOpenPositions,
          maxOrdersPerMinute: limits.maxOrdersPerMinute,
          maxOrdersPerDay: limits.maxOrdersPerDay,
        },
        risk.orders,
      ),
    },
  ])
  const keeper = createGateKeeper({ pipeline })
  const health: LatchedHealth = { killSwitch: false, feedDegraded: false }
  const accountStatus = new LatchedAccount()
  /** Of its own, so that screens which look at Greeks change nothing of what is decided. */
  const greeks = new ComputedGreeks()
  const engine = createEngine({
    strategy: close === null ? parts.strategy : flatByClose(parts.strategy, close, parts.onHeldAtClose),
    config: parts.settings,
    underlyings: parts.symbols,
    instruments: parts.instruments,
    calendar: parts.calendar,
    gates: keeper,
    broker: parts.broker,
    journal: {
      append: (entry): undefined => {
        parts.onEntry(entry)
        accountStatus.hear(entry)
        risk.append(entry)
      },
    },
    startingCashMicros: parts.startingCashMicros,
    seed: parts.seed,
    impliesUnderlyings: parts.impliesUnderlyings,
    gateReaders: { health, greeks, accountStatus },
  })
  greeks.connect(engine, parts.calendar)
  accountStatus.connect(engine)
  return { engine, keeper, pipeline, risk, health, accountStatus }
}

/** Recordings of before there were such rules do not name them. */
function accountStage(rules: LiveConfig['gates']['account'] | undefined): Stage {
  return {
    name: 'account_rules',
    gates: [
      ...(rules?.dayTrades === true ? [patternDayTraderGate()] : []),
      ...(rules?.settledCash === true ? [settledCashGate()] : []),
      ...(rules?.optionLevel === true ? [optionLevelGate()] : []),
    ],
  }
}

function pipelineOf(gates: LiveConfig['gates'], close: CloseRules | null): Pipeline {
  return scalpPipeline({
    maxUnderlyingAgeMs: gates.maxUnderlyingAgeMs,
    maxQuoteAgeMs: gates.maxQuoteAgeMs,
    /** Recordings of before these were asked do not name them. */
    maxGreeksAgeMs: gates.maxGreeksAgeMs ?? null,
    delta: gates.delta ?? null,
    maxSpreadPercent: gates.maxSpreadPct,
    minOpenInterest: gates.minOpenInterest > 0 ? gates.minOpenInterest : null,
    minVolume: gates.minVolume > 0 ? gates.minVolume : null,
    maxPositionPercent: gates.maxPositionPct,
    maxUnderlyingPercent: gates.maxUnderlyingPct,
    skipOpenMinutes: gates.skipOpenMinutes,
    /** What would only be sold again is not bought. */
    skipCloseMinutes: Math.max(gates.skipCloseMinutes, (close?.limitSeconds ?? 0) / 60),
  })
}
