import { z } from 'zod'
import { instant, instantOrNull, known, number } from '../fields.js'

/** What a program runs on. */
export const modeSchema = z.enum(['paper', 'live', 'dry-run', 'replay', 'demo'])
/** {@link modeSchema} */
export type Mode = z.infer<typeof modeSchema>

/** What a token may do. */
export const roleSchema = z.enum(['read', 'operator'])
/** {@link roleSchema} */
export type Role = z.infer<typeof roleSchema>

/** The first message of a connection. */
export const connectionStatusSchema = z.object({
  connected: z.boolean(),
  timestamp: instant,
  /** Names this client's numbered stream; give it with the last `seq` to resume. */
  streamId: z.string(),
  /** True when numbering goes on; false when a snapshot follows. */
  resumed: z.boolean(),
  mode: modeSchema,
  role: roleSchema,
  symbols: z.array(z.string()),
  version: z.string(),
})
/** {@link connectionStatusSchema} */
export type ConnectionStatus = z.infer<typeof connectionStatusSchema>

/** One source or sink of the daemon. */
export const linkSchema = z.object({
  name: z.string(),
  state: z.string(),
  isHealthy: z.boolean(),
  /** Since the last message, ms. */
  silentMs: known,
  messages: number,
  reconnects: number,
  detail: z.string().nullable(),
})
/** {@link linkSchema} */
export type Link = z.infer<typeof linkSchema>

/** Percentiles, in ms. */
export const latencySchema = z.object({ p50: known, p95: known, p99: known, max: known, count: number })
/** {@link latencySchema} */
export type Latency = z.infer<typeof latencySchema>

/** Health of feed, broker and process. */
export const healthSchema = z.object({
  at: instant,
  isReady: z.boolean(),
  problems: z.array(z.string()),
  links: z.array(linkSchema),
  /** From an event's receipt to the end of its turn. */
  decision: latencySchema,
  /** From an order's departure to the venue's first word. */
  roundTrip: latencySchema,
  /** Age of the youngest quote, ms. */
  quoteAgeMs: known,
  eventsPerSecond: number,
  clients: number,
  memoryMb: number,
  uptimeSeconds: number,
})
/** {@link healthSchema} */
export type Health = z.infer<typeof healthSchema>

/** May it trade, and how is the day? */
export const scalpStatusSchema = z.object({
  enabled: z.boolean(),
  halted: z.boolean(),
  haltReason: z.string().nullable(),
  /** True once killed: only `rearm` ends it. */
  killed: z.boolean(),
  mode: modeSchema,
  strategy: z.string(),
  preset: z.string().nullable(),
  symbols: z.array(z.string()),
  dailyPnl: number,
  dailyPnlPercent: known,
  tradesToday: number,
  winsToday: number,
  lossesInARow: number,
  cooldownUntil: instantOrNull,
  feedState: z.string(),
  brokerState: z.string(),
  /** Of market time, at which the message was made. */
  marketTime: instant,
})
/** {@link scalpStatusSchema} */
export type ScalpStatus = z.infer<typeof scalpStatusSchema>

/** Where a replay stands. */
export const replayStatusSchema = z.object({
  state: z.enum(['playing', 'paused', 'ended']),
  /** Times as fast as it was. */
  speed: number,
  from: instant,
  to: instant,
  position: instant,
  /** 0 to 1. */
  progress: number,
  source: z.string(),
})
/** {@link replayStatusSchema} */
export type ReplayStatus = z.infer<typeof replayStatusSchema>

/** Something an operator should know. */
export const alertSchema = z.object({
  id: z.string(),
  at: instant,
  level: z.enum(['info', 'warning', 'critical']),
  code: z.string(),
  message: z.string(),
})
/** {@link alertSchema} */
export type Alert = z.infer<typeof alertSchema>

/** What came of a command. */
export const commandResultSchema = z.object({
  /** As the client gave it. */
  id: z.string(),
  command: z.string(),
  ok: z.boolean(),
  code: z.string().nullable(),
  message: z.string(),
})
/** {@link commandResultSchema} */
export type CommandResult = z.infer<typeof commandResultSchema>

/** Something the client did wrong. */
export const errorSchema = z.object({ code: z.string(), message: z.string() })
/** {@link errorSchema} */
export type ProtocolErrorData = z.infer<typeof errorSchema>
