import { z } from 'zod'
import { commandSchema } from './client-messages.js'
import { number } from './fields.js'
import { decisionSchema, gateStatusSchema, scalpSignalSchema } from './messages/decisions.js'
import {
  candleSchema,
  optionUpdateSchema,
  underlyingUpdateSchema,
  velocityUpdateSchema,
} from './messages/market.js'
import {
  commandResultSchema,
  healthSchema,
  modeSchema,
  replayStatusSchema,
  scalpStatusSchema,
} from './messages/system.js'
import {
  closedTradeSchema,
  orderUpdateSchema,
  scalpPositionSchema,
  sessionStatusSchema,
} from './messages/trading.js'
import { snapshotSchema } from './snapshot.js'

/** The body of every answer that is no 2xx. */
export const problemSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }),
})
/** {@link problemSchema} */
export type Problem = z.infer<typeof problemSchema>

/** A recorded session. */
export const sessionSummarySchema = z.object({
  id: z.string(),
  mode: modeSchema,
  startedAt: z.string(),
  bytes: number,
  isRunning: z.boolean(),
})
/** {@link sessionSummarySchema} */
export type SessionSummary = z.infer<typeof sessionSummarySchema>

/** How often each reason stood in the way. */
export const countsSchema = z.array(z.object({ gate: z.string(), code: z.string(), count: number }))

/** How good decisions are, over the decisions kept. */
export const metricsSchema = z.object({
  decisions: number,
  decisionsPerHour: number,
  abstentionRate: number.nullable(),
  trades: number,
  winRate: number.nullable(),
  totalPnl: number,
  averageSpreadAtSignalPct: number.nullable(),
  refusals: countsSchema,
})
/** {@link metricsSchema} */
export type EvaluationMetrics = z.infer<typeof metricsSchema>

/** A contract in the debug view of a chain. */
export const chainSchema = z.object({
  underlying: z.string(),
  price: number.nullable(),
  expiries: z.array(
    z.object({
      expiry: z.string(),
      contracts: number,
      withQuote: number,
      withGreeks: number,
      options: z.array(optionUpdateSchema),
    }),
  ),
})
/** {@link chainSchema} */
export type Chain = z.infer<typeof chainSchema>

/** Answers of GET, by route. `:symbol` is an underlying. */
export const getRoutes = {
  '/api/health': healthSchema,
  '/api/snapshot': snapshotSchema,
  '/api/market/:symbol': z.object({
    underlying: underlyingUpdateSchema.nullable(),
    velocity: velocityUpdateSchema.nullable(),
  }),
  /** `?interval=5` (s; 5 unless told, also 60) and `?limit=`. */
  '/api/market/:symbol/candles': z.array(candleSchema),
  '/api/options/:symbol': chainSchema,
  '/api/gates/:symbol': gateStatusSchema,
  '/api/positions': z.array(scalpPositionSchema),
  '/api/trading/account': sessionStatusSchema,
  '/api/trading/orders': z.array(orderUpdateSchema),
  '/api/trading/status': scalpStatusSchema,
  '/api/scalp/status': scalpStatusSchema,
  '/api/scalp/signals': z.array(scalpSignalSchema),
  '/api/scalp/trades': z.array(closedTradeSchema),
  /** The settings in force; secrets are hidden. */
  '/api/scalp/config': z.record(z.string(), z.unknown()),
  '/api/evaluation/logs': z.array(decisionSchema),
  '/api/evaluation/metrics': metricsSchema,
  '/api/replay/sessions': z.array(sessionSummarySchema),
  '/api/replay/status': replayStatusSchema,
} as const
/** A route that is read. */
export type GetRoute = keyof typeof getRoutes
/** What a route answers. */
export type GetAnswer<Route extends GetRoute> = z.infer<(typeof getRoutes)[Route]>

/** `POST /api/commands`: body and answer. Needs the operator role. */
export const postCommand = {
  path: '/api/commands',
  body: commandSchema,
  answer: commandResultSchema,
} as const
