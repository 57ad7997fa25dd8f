import type { IsoDate, Micros, Us } from '@scalp/canonical'
import { z } from 'zod'
import type { ExitReason } from './exit-manager.js'

/** The exit state of an open trade, as kept over a restart. */
export interface ExitState {
  readonly pnlPct: number
  readonly maxGainPct: number
  readonly maxDrawdownPct: number
  readonly trailingLevelPct: number
  readonly isTrailing: boolean
}

/** An open trade, as kept over a restart. The symbol, not the index: indexes are of one run. */
export interface TradeState {
  readonly symbol: string
  readonly openedUs: Us
  readonly contracts: number
  readonly boughtContracts: number
  readonly costMicros: Micros
  readonly netMicros: Micros
  readonly reason: ExitReason | null
  readonly exit: ExitState
}

/** What the signal generator counts, as kept over a restart. */
export interface GeneratorState {
  readonly date: IsoDate
  readonly signalsToday: number
  /** Null before the first. */
  readonly lastUs: Us | null
  readonly cooldownEndUs: Us | null
}

/** All that a momentum scalper must not forget in a restart; plain JSON. */
export interface ScalperState {
  readonly version: 1
  readonly trades: readonly TradeState[]
  readonly generator: GeneratorState
  readonly consecutiveLosses: number
  readonly haltedOn: IsoDate
}

const reason: z.ZodType<ExitReason> = z.enum([
  'market_close',
  'expiration',
  'stale_quote',
  'momentum_reversal',
  'take_profit',
  'trailing_stop',
  'stop_loss',
  'time_stop',
  'time_exit',
  'manual',
  'kill_switch',
  'daily_loss_limit',
  'eod',
  'external',
])

/** Validates a stored {@link ScalperState}. */
export const scalperStateSchema: z.ZodType<ScalperState> = z.object({
  version: z.literal(1),
  trades: z.array(
    z.object({
      symbol: z.string(),
      openedUs: z.number(),
      contracts: z.number().int(),
      boughtContracts: z.number().int().positive(),
      costMicros: z.number(),
      netMicros: z.number(),
      reason: reason.nullable(),
      exit: z.object({
        pnlPct: z.number(),
        maxGainPct: z.number(),
        maxDrawdownPct: z.number(),
        trailingLevelPct: z.number(),
        isTrailing: z.boolean(),
      }),
    }),
  ),
  generator: z.object({
    date: z.string(),
    signalsToday: z.number().int().nonnegative(),
    lastUs: z.number().nullable(),
    cooldownEndUs: z.number().nullable(),
  }),
  consecutiveLosses: z.number().int().nonnegative(),
  haltedOn: z.string(),
})
