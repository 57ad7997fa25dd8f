import { z } from 'zod'
import { abstainSchema, decisionSchema, gateStatusSchema, scalpSignalSchema } from './messages/decisions.js'
import { optionUpdateSchema, underlyingUpdateSchema, velocityUpdateSchema } from './messages/market.js'
import { alertSchema, healthSchema, replayStatusSchema, scalpStatusSchema } from './messages/system.js'
import {
  closedTradeSchema,
  orderUpdateSchema,
  scalpPositionSchema,
  sessionStatusSchema,
} from './messages/trading.js'

/** How many of each the snapshot keeps, newest first. */
export const KEPT = { signals: 20, closedTrades: 50, decisions: 200, orders: 50, alerts: 50 } as const

/** All that a screen shows, as it stands: what a client gets once, before numbered changes of it. */
export const snapshotSchema = z.object({
  status: scalpStatusSchema.nullable(),
  session: sessionStatusSchema.nullable(),
  health: healthSchema.nullable(),
  replay: replayStatusSchema.nullable(),
  /** By `canonicalId`. */
  options: z.record(z.string(), optionUpdateSchema),
  /** By symbol, as are the next three. */
  underlyings: z.record(z.string(), underlyingUpdateSchema),
  velocity: z.record(z.string(), velocityUpdateSchema),
  gates: z.record(z.string(), gateStatusSchema),
  abstain: z.record(z.string(), abstainSchema),
  positions: z.array(scalpPositionSchema),
  signals: z.array(scalpSignalSchema),
  closedTrades: z.array(closedTradeSchema),
  decisions: z.array(decisionSchema),
  orders: z.array(orderUpdateSchema),
  alerts: z.array(alertSchema),
})
/** {@link snapshotSchema} */
export type Snapshot = z.infer<typeof snapshotSchema>

/** A snapshot of nothing. */
export function emptySnapshot(): Snapshot {
  return {
    status: null,
    session: null,
    health: null,
    replay: null,
    options: {},
    underlyings: {},
    velocity: {},
    gates: {},
    abstain: {},
    positions: [],
    signals: [],
    closedTrades: [],
    decisions: [],
    orders: [],
    alerts: [],
  }
}
