import { parseMicros } from '@scalp/canonical'
import { z } from 'zod'
import type { ChoiceRules } from './contract-choice.js'
import { EXIT_PRIORITY, type ExitRules } from './exit-manager.js'
import type { SignalRules } from './signal-generator.js'
import type { VelocityAnchor } from './velocity-tracker.js'

/** Every setting of the momentum scalper. Percent numbers, so 20 is 20 %; `null` is none. */
export interface ScalpConfig extends SignalRules, ChoiceRules, ExitRules {
  /** Seconds a move is measured over. On an underlying known once a minute take 60 to 180. */
  readonly momentumWindowSeconds: number
  /** `asOf` measures from the price that stood when the window began, which a sparse feed needs. */
  readonly velocityAnchor: VelocityAnchor
  readonly volumeRatioMode: 'inclusive' | 'exclusive'
  /** Time constant of the smoothing of a price derived from options, s; 0 takes it as it is. */
  readonly smoothingSeconds: number
  readonly maxConcurrent: number
  /** Minutes after the open and before the close without entries. */
  readonly skipOpenMinutes: number
  readonly skipCloseMinutes: number
  /** Seconds after the open, or after the first price of the session, without entries. */
  readonly warmupSeconds: number
  /** An underlying price older than this at its arrival gives no entry, ms. */
  readonly maxUnderlyingAgeMs: number
  /** Entries stop for the day at this loss, in percent of the equity at the session's start; null is none. */
  readonly dailyLossLimitPct: number | null
  /** Closes what is open when the limit is hit. */
  readonly flattenOnHalt: boolean
  /** `tiered` risks 2 to 5 % by the speed of the move, `fixed` always `riskPct`. */
  readonly sizing: 'tiered' | 'fixed'
  readonly riskPct: number
  readonly maxContracts: number
  /** Highest share of equity in one position, in percent; null is none. */
  readonly positionSizePct: number | null
  /** Share of the size shown at the ask that an entry takes; null is no bound. */
  readonly askSizeParticipation: number | null
  /** Held back from cash for costs, per contract. */
  readonly feePerContractMicros: number
  /** Tick quotes: above the mid, never above the ask. Sampled quotes: above the ask of the sample. */
  readonly entryLimitPct: number
  readonly entryTimeoutMs: number
  /** In place of `entryTimeoutMs` where quotes are interval samples: the next sample must come in time. */
  readonly sampledEntryTimeoutMs: number
  readonly exitTimeoutMs: number
  /** How often an entry that timed out is sent once more at the ask of then, if it still qualifies. */
  readonly entryReprices: number
  /** How often a patient exit that timed out is moved to the bid of then before it takes any price. */
  readonly exitReprices: number
  /** Ticks of 0.01 below 3.00 and 0.05 above; else 0.05 and 0.10. */
  readonly pennyClass: boolean
}

const percent = z.number().nonnegative()
const seconds = z.number().nonnegative()
const minutes = z.number().nonnegative()
const count = z.number().int().nonnegative()

/** Validates settings of the momentum scalper; what is left out has the value of the `tuned` preset. */
export const scalpConfigSchema: z.ZodType<ScalpConfig> = z
  .strictObject({
    enabled: z.boolean().default(true),
    momentumThresholdPutPct: percent.default(0.4),
    momentumThresholdCallPct: percent.default(0.6),
    momentumWindowSeconds: z.number().positive().default(30),
    velocityAnchor: z.enum(['inWindow', 'asOf']).default('asOf'),
    volumeSpikeRatio: z.number().nonnegative().default(1.5),
    volumeRelax: z.number().nonnegative().default(0.5),
    volumeConfirmation: z.enum(['neutral', 'auto', 'required']).default('neutral'),
    volumeRatioMode: z.enum(['inclusive', 'exclusive']).default('exclusive'),
    maxConfidence: z.number().min(0).max(100).default(75),
    maxDailySignals: count.default(10),
    maxConcurrent: z.number().int().positive().default(1),
    minSignalIntervalSeconds: seconds.default(60),
    cooldownAfterLossSeconds: seconds.default(300),
    vwapBounce: z.boolean().default(false),
    vwapRejection: z.boolean().default(false),
    breakout: z.boolean().default(true),
    confirmationSeconds: z.number().positive().nullable().default(null),
    smoothingSeconds: seconds.default(0),
    countOn: z.enum(['signal', 'order']).default('order'),
    skipOpenMinutes: minutes.default(0),
    skipCloseMinutes: minutes.default(0),
    warmupSeconds: seconds.default(0),
    maxUnderlyingAgeMs: z.number().nonnegative().default(5_000),
    selectionMode: z.enum(['dtePreference', 'prefer0dte']).default('dtePreference'),
    dtePreference: z.array(count).default([1, 2, 3]),
    dteUnit: z.enum(['calendar', 'trading']).default('calendar'),
    minDte: count.default(1),
    maxDte: count.default(3),
    targetDelta: z.number().min(0).max(1).default(0.4),
    deltaTolerance: z.number().min(0).max(1).default(0.15),
    maxSpreadPct: percent.default(10),
    maxContractPriceMicros: z.number().int().positive().default(parseMicros('3')),
    minOpenInterest: count.default(100),
    minVolume: count.default(0),
    requireOpenInterest: z.boolean().default(false),
    maxQuoteAgeMs: z.number().nonnegative().default(5_000),
    minAskSize: count.default(0),
    takeProfitPct: percent.default(20),
    stopLossPct: z.number().positive().default(15),
    trailingActivationPct: percent.nullable().default(null),
    trailingDistancePct: percent.default(8),
    momentumReversal: z.boolean().default(false),
    reversalThresholdPct: percent.default(0.05),
    reversalMinHoldSeconds: seconds.default(0),
    timeStopMinutes: minutes.nullable().default(5),
    maxHoldMinutes: minutes.nullable().default(null),
    marketCloseExitMinutes: minutes.default(1),
    expirationExitMinutes: minutes.default(5),
    maxQuoteSilenceSeconds: seconds.nullable().default(300),
    exitPriority: z
      .array(
        z.enum([
          'market_close',
          'expiration',
          'stale_quote',
          'momentum_reversal',
          'take_profit',
          'trailing_stop',
          'stop_loss',
          'time_stop',
          'time_exit',
        ]),
      )
      .default([...EXIT_PRIORITY]),
    dailyLossLimitPct: percent.nullable().default(10),
    flattenOnHalt: z.boolean().default(false),
    sizing: z.enum(['tiered', 'fixed']).default('fixed'),
    riskPct: percent.max(5).default(2),
    maxContracts: z.number().int().positive().default(50),
    positionSizePct: percent.nullable().default(5),
    askSizeParticipation: z.number().positive().nullable().default(1),
    feePerContractMicros: z.number().int().nonnegative().default(parseMicros('0.65')),
    entryLimitPct: percent.default(0.5),
    entryTimeoutMs: z.number().positive().default(2_000),
    sampledEntryTimeoutMs: z.number().positive().default(90_000),
    exitTimeoutMs: z.number().positive().default(1_000),
    entryReprices: count.default(0),
    exitReprices: count.default(0),
    pennyClass: z.boolean().default(true),
  })
  .refine(({ minDte, maxDte }) => minDte <= maxDte, { path: ['maxDte'], message: 'must not be below minDte' })
