import { z } from 'zod'
import { instant } from './fields.js'
import {
  abstainSchema,
  decisionSchema,
  gateStatusSchema,
  outcomeSchema,
  scalpSignalSchema,
} from './messages/decisions.js'
import {
  optionUpdateSchema,
  optionUpdatesSchema,
  underlyingUpdateSchema,
  velocityUpdateSchema,
} from './messages/market.js'
import {
  alertSchema,
  commandResultSchema,
  connectionStatusSchema,
  errorSchema,
  healthSchema,
  replayStatusSchema,
  scalpStatusSchema,
} from './messages/system.js'
import {
  closedTradeSchema,
  executionSchema,
  exitSignalSchema,
  orderUpdateSchema,
  scalpPositionSchema,
  sessionStatusSchema,
} from './messages/trading.js'
import { snapshotSchema } from './snapshot.js'

/** What a message of each type carries in `data`. */
export const serverData = {
  connection_status: connectionStatusSchema,
  snapshot: snapshotSchema,
  option_updates: optionUpdatesSchema,
  /** Compat mode only: one contract a message. */
  option_update: optionUpdateSchema,
  underlying_update: underlyingUpdateSchema,
  velocity_update: velocityUpdateSchema,
  gate_status: gateStatusSchema,
  abstain: abstainSchema,
  decision: decisionSchema,
  decision_outcome: z.object({ id: z.string(), outcome: outcomeSchema }),
  scalp_signal: scalpSignalSchema,
  scalp_position_opened: scalpPositionSchema,
  scalp_position_update: scalpPositionSchema,
  scalp_position_closed: closedTradeSchema,
  exit_signal: exitSignalSchema,
  order_update: orderUpdateSchema,
  trade_executed: executionSchema,
  session_status: sessionStatusSchema,
  scalp_status: scalpStatusSchema,
  health: healthSchema,
  replay_status: replayStatusSchema,
  symbol_changed: z.object({ symbols: z.array(z.string()) }),
  alert: alertSchema,
  command_result: commandResultSchema,
  error: errorSchema,
  ping: z.object({}),
  pong: z.object({}),
} as const

/** The name of a message of the server. */
export type ServerType = keyof typeof serverData
/** What a message of a type carries. */
export type ServerData<Type extends ServerType> = z.infer<(typeof serverData)[Type]>

/** A message of the server: what it carries, and its place in the client's stream. */
export type ServerMessage<Type extends ServerType = ServerType> = {
  [Name in Type]: {
    /** Version of this protocol. */
    readonly v: 1
    readonly type: Name
    /** Counts up by one within a stream; absent on what is no part of it: greetings, pings, answers, errors. */
    readonly seq?: number | undefined
    readonly data: ServerData<Name>
    /** Market time at which it was made, ISO 8601. */
    readonly timestamp: string
  }
}[Type]

/** Types that are no part of the numbered stream. */
export const UNNUMBERED: ReadonlySet<ServerType> = new Set<ServerType>([
  'connection_status',
  'command_result',
  'error',
  'ping',
  'pong',
])

const envelopeSchema = z.object({
  v: z.literal(1),
  type: z.string(),
  seq: z.number().int().positive().optional(),
  data: z.unknown(),
  timestamp: instant,
})

/** What reading a message gave; one of a type that this version does not know is no fault, and is passed over. */
export type ParsedMessage =
  | { readonly ok: true; readonly message: ServerMessage }
  | {
      readonly ok: false
      readonly isUnknownType: boolean
      readonly reason: string
      readonly seq?: number | undefined
    }

/** Reads and checks the text of a message. Never throws. */
export function parseServerMessage(text: string): ParsedMessage {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, isUnknownType: false, reason: 'it is no JSON' }
  }
  const envelope = envelopeSchema.safeParse(json)
  if (!envelope.success) return { ok: false, isUnknownType: false, reason: z.prettifyError(envelope.error) }
  const { type, seq, data } = envelope.data
  if (!Object.hasOwn(serverData, type))
    return { ok: false, isUnknownType: true, reason: `type "${type}" is not known`, seq }
  const checked = serverData[type as ServerType].safeParse(data)
  if (!checked.success)
    return { ok: false, isUnknownType: false, reason: z.prettifyError(checked.error), seq }
  return { ok: true, message: { ...envelope.data, data: checked.data } as ServerMessage }
}
