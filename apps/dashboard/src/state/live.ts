import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import {
  type ClientState,
  type Command,
  type CommandResult,
  type ConnectionStatus,
  LiveClient,
  type ServerMessage,
  type Snapshot,
} from '@scalp/protocol'
import { keepToken, readToken } from './token.js'

/** Parts of the state that screens follow apart from each other. */
export type Topic =
  | 'status'
  | 'market'
  | 'options'
  | 'gates'
  | 'positions'
  | 'signals'
  | 'decisions'
  | 'orders'
  | 'alerts'
  | 'health'
  | 'replay'

const TOPICS: Readonly<Partial<Record<ServerMessage['type'], Topic>>> = {
  scalp_status: 'status',
  session_status: 'status',
  symbol_changed: 'status',
  underlying_update: 'market',
  velocity_update: 'market',
  option_updates: 'options',
  option_update: 'options',
  gate_status: 'gates',
  abstain: 'gates',
  scalp_position_opened: 'positions',
  scalp_position_update: 'positions',
  scalp_position_closed: 'positions',
  exit_signal: 'positions',
  scalp_signal: 'signals',
  decision: 'decisions',
  decision_outcome: 'decisions',
  order_update: 'orders',
  trade_executed: 'orders',
  alert: 'alerts',
  health: 'health',
  replay_status: 'replay',
}

/** Screens are drawn at most so often, however fast messages come. */
const FRAME_MS = 100

const topics: Readonly<Record<Topic, Signal<number>>> = {
  status: signal(0),
  market: signal(0),
  options: signal(0),
  gates: signal(0),
  positions: signal(0),
  signals: signal(0),
  decisions: signal(0),
  orders: signal(0),
  alerts: signal(0),
  health: signal(0),
  replay: signal(0),
}
const dirty = new Set<Topic>()
const listeners = new Set<(message: ServerMessage) => void>()
let timer: ReturnType<typeof setTimeout> | undefined
let client: LiveClient | undefined
const state = signal<ClientState>('closed')
const greeting = signal<ConnectionStatus | undefined>(undefined)
const lastMessage = signal(0)

/** How the connection stands. */
export const connectionState: ReadonlySignal<ClientState> = state
/** What the daemon said of itself; undefined before the first connection. */
export const connection: ReadonlySignal<ConnectionStatus | undefined> = greeting
/** When the last message came, ms of this clock; 0 before. */
export const lastMessageMs: ReadonlySignal<number> = lastMessage

/** Connects with the token of the address or of this tab; without one the page asks for it. */
export function connect(token: string = readToken()): void {
  client?.close()
  keepToken(token)
  const url = new URL('ws', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  client = new LiveClient({
    url: url.href,
    token,
    onMessage: (message) => {
      note(message)
      for (const listener of listeners) listener(message)
    },
    onState: (next, hello) => {
      state.value = next
      greeting.value = hello
      if (next === 'live') for (const topic of Object.keys(topics) as Topic[]) mark(topic)
    },
  })
  client.open()
}

/** The state, and with it the promise to be drawn again when one of the topics changes. */
export function follow(...wanted: readonly Topic[]): Snapshot {
  for (const topic of wanted) void topics[topic].value
  return snapshot()
}

/** The state as it stands, without following it. */
export function snapshot(): Snapshot {
  return (client ?? EMPTY).snapshot
}

/** Hears every message, for what adds up, such as a chart; answers how to stop. */
export function listen(listener: (message: ServerMessage) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Gives a command; resolves with what came of it. */
export function command(order: Command): Promise<CommandResult> {
  const failed = {
    id: '',
    command: order.command,
    ok: false,
    code: 'NOT_CONNECTED',
    message: 'There is no connection.',
  }
  return client?.command(order) ?? Promise.resolve(failed)
}

/** Reads a part of the API. */
export async function fetchJson(path: string): Promise<unknown> {
  const answer = await fetch(new URL(path.replace(/^\//, ''), location.href), {
    headers: { authorization: `Bearer ${readToken()}` },
  })
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`)
  return answer.json()
}

const EMPTY = new LiveClient({ url: '', token: '' })

function note(message: ServerMessage): void {
  lastMessage.value = Date.now()
  if (message.type === 'snapshot') for (const topic of Object.keys(topics) as Topic[]) mark(topic)
  else {
    const topic = TOPICS[message.type]
    if (topic !== undefined) mark(topic)
  }
}

function mark(topic: Topic): void {
  dirty.add(topic)
  timer ??= setTimeout(flush, FRAME_MS)
}

function flush(): void {
  timer = undefined
  for (const topic of dirty) topics[topic].value++
  dirty.clear()
}
