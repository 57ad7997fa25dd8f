import { z } from 'zod'

/** What an operator may ask for. `kill` also cancels and sells everything, and only `rearm` ends it. */
export const commandNameSchema = z.enum([
  'halt',
  'resume',
  'flatten',
  'kill',
  'rearm',
  'reconcile',
  'replay-play',
  'replay-pause',
  'replay-speed',
])
/** {@link commandNameSchema} */
export type CommandName = z.infer<typeof commandNameSchema>

/** Commands that a read-only token may give: they touch no order. */
export const READ_COMMANDS: ReadonlySet<CommandName> = new Set<CommandName>([])

/** A command with what it takes. */
export const commandSchema = z.object({
  command: commandNameSchema,
  /** Why; goes into the journal. */
  reason: z.string().max(200).optional(),
  /** Of `flatten`: one contract only. */
  optionSymbol: z.string().max(32).optional(),
  /** Of `replay-speed`: 1 to 1,000. */
  speed: z.number().min(1).max(1_000).optional(),
})
/** {@link commandSchema} */
export type Command = z.infer<typeof commandSchema>

const symbols = z.array(z.string().regex(/^[A-Z][A-Z0-9.]{0,8}$/)).max(50)

/** What a client may send. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  /**
   * First, within 5 s. With `streamId` and `seq` of before numbering goes on where it stopped; else a snapshot
   * comes. `symbols` narrows market data to some underlyings; all unless told. `compat` speaks in the names and
   * shapes of older screens, one contract a message, without `snapshot`.
   */
  z.object({
    type: z.literal('hello'),
    streamId: z.string().max(64).optional(),
    seq: z.number().int().nonnegative().optional(),
    symbols: symbols.optional(),
    compat: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('subscribe'),
    symbol: z.string().max(9).optional(),
    symbols: symbols.optional(),
  }),
  z.object({
    type: z.literal('unsubscribe'),
    symbol: z.string().max(9).optional(),
    symbols: symbols.optional(),
  }),
  /** `id` comes back in `command_result`. */
  z.object({ type: z.literal('command'), id: z.string().min(1).max(64), ...commandSchema.shape }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('pong') }),
])
/** {@link clientMessageSchema} */
export type ClientMessage = z.infer<typeof clientMessageSchema>

/** The WebSocket subprotocol; a second one, `bearer.TOKEN`, carries the token, since browsers can set no header. */
export const SUBPROTOCOL = 'scalp.v1'
