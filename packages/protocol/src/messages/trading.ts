import { z } from 'zod'
import { date, instant, instantOrNull, known, number, right } from '../fields.js'

/** An open position, with its progress to target, stop and time. Prices in dollars, percent numbers. */
export const scalpPositionSchema = z.object({
  id: z.string(),
  /** `external` positions were not opened by us and are never closed by a rule. */
  positionType: z.enum(['scalp', 'regime', 'external']),
  signalId: z.string().nullable(),
  symbol: z.string(),
  optionSymbol: z.string(),
  signalType: z.enum(['SCALP_CALL', 'SCALP_PUT']),
  trigger: z.string().nullable(),
  confidence: known,
  strike: number,
  expiry: date,
  right,
  delta: known,
  dte: number,
  entryTime: instant,
  entryPrice: number,
  entryUnderlying: known,
  contracts: number,
  takeProfitPct: number,
  stopLossPct: number,
  maxHoldSeconds: known,
  timeStopSeconds: known,
  /** The bid; null while there is none. */
  currentPrice: known,
  pnlPct: known,
  /** Before the costs of the exit. */
  pnlDollars: known,
  holdSeconds: number,
  maxGainPct: number,
  maxDrawdownPct: number,
  trailingArmed: z.boolean(),
  trailingLevelPct: known,
  entryDirection: z.enum(['up', 'down']),
  /** Fractions 0 to 1; null where there is no such limit. */
  progressToTarget: known,
  progressToStop: known,
  progressToTime: known,
  /** An exit that was decided and is on its way. */
  exitReason: z.string().nullable(),
})
/** {@link scalpPositionSchema} */
export type ScalpPosition = z.infer<typeof scalpPositionSchema>

/** An exit that was decided. */
export const exitSignalSchema = z.object({
  positionId: z.string(),
  reason: z.string(),
  currentPrice: known,
  pnl: known,
  pnlPercent: known,
  urgency: z.enum(['medium', 'high']),
  trigger: z.string().nullable(),
})
/** {@link exitSignalSchema} */
export type ExitSignal = z.infer<typeof exitSignalSchema>

/** A trade that is over. P&L in dollars, net of costs. */
export const closedTradeSchema = z.object({
  id: z.string(),
  signalId: z.string().nullable(),
  symbol: z.string(),
  signalType: z.enum(['SCALP_CALL', 'SCALP_PUT']),
  optionSymbol: z.string(),
  trigger: z.string().nullable(),
  exitReason: z.string(),
  entryTime: instant,
  exitTime: instant,
  entryPrice: number,
  exitPrice: number,
  contracts: number,
  pnlDollars: number,
  pnlPct: number,
  fees: number,
  holdSeconds: number,
  maxGainPct: known,
  maxDrawdownPct: known,
  orderId: z.string().nullable(),
})
/** {@link closedTradeSchema} */
export type ClosedTrade = z.infer<typeof closedTradeSchema>

/** What became of an order, or of a part of it. */
export const orderUpdateSchema = z.object({
  orderId: z.string(),
  at: instant,
  optionSymbol: z.string().nullable(),
  side: z.enum(['buy', 'sell']).nullable(),
  status: z.enum([
    'submitted',
    'accepted',
    'partially_filled',
    'filled',
    'cancelled',
    'rejected',
    'cancelling',
  ]),
  contracts: known,
  filled: number,
  limit: known,
  averagePrice: known,
  reason: z.string().nullable(),
  tag: z.string().nullable(),
})
/** {@link orderUpdateSchema} */
export type OrderUpdate = z.infer<typeof orderUpdateSchema>

/** An execution, as it happens. */
export const executionSchema = z.object({
  success: z.boolean(),
  orderId: z.string(),
  optionSymbol: z.string(),
  side: z.enum(['buy', 'sell']),
  contracts: number,
  price: number,
  fees: number,
  at: instant,
  underlyingPrice: known,
})
/** {@link executionSchema} */
export type Execution = z.infer<typeof executionSchema>

/** The account's day. */
export const sessionStatusSchema = z.object({
  sessionId: z.string(),
  startedAt: instant,
  counts: z.object({ signals: number, abstains: number, refusals: number, orders: number, fills: number }),
  equity: known,
  cash: known,
  totalExposure: number,
  exposureRemaining: known,
  exposurePercent: known,
  isAtLimit: z.boolean(),
  isWarning: z.boolean(),
  openPositionCount: number,
  totalPnl: number,
  /** The exchange session of the market date; null on a day without one. */
  marketOpen: instantOrNull,
  marketClose: instantOrNull,
  isMarketOpen: z.boolean(),
})
/** {@link sessionStatusSchema} */
export type SessionStatus = z.infer<typeof sessionStatusSchema>
