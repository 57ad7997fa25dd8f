import { randomUUID } from 'node:crypto'
import {
  applyMessage,
  type ConnectionStatus,
  emptySnapshot,
  type Mode,
  type OptionUpdate,
  type OptionUpdates,
  type Role,
  type ServerData,
  type ServerMessage,
  type ServerType,
  type Snapshot,
} from '@scalp/protocol'
import {
  ClientStream,
  type Outgoing,
  type StreamLimits,
  type StreamSocket,
  toOutgoing,
} from './client-stream.js'
import type { Publisher } from './publisher.js'

/** What a hub is told at its start. */
export interface HubOptions {
  readonly mode: Mode
  readonly version: string
  readonly symbols: readonly string[]
  readonly limits?: Partial<StreamLimits>
  /** How long a stream waits for its client to come back, ms; 60,000 unless told. */
  readonly keepMs?: number
}

/** How a client greets. */
export interface Greeting {
  readonly streamId?: string | undefined
  readonly seq?: number | undefined
  readonly symbols?: readonly string[] | undefined
  readonly compat?: boolean | undefined
}

const LIMITS: StreamLimits = { softBytes: 262_144, hardBytes: 8_388_608, maxWaiting: 4_096, ring: 256 }
const MOST_KEPT = 200
const MANY = 100
const FREQUENT: ReadonlySet<ServerType> = new Set<ServerType>([
  'underlying_update',
  'velocity_update',
  'gate_status',
])

/** Keeps the state that screens show, and hands every change of it to every client that wants it. */
export class Hub implements Publisher {
  /** All that is known; changed in place. */
  readonly state: Snapshot = emptySnapshot()
  symbols: readonly string[]
  /** Clients given up because they were too slow. */
  slowClosed = 0
  readonly #options: HubOptions
  readonly #limits: StreamLimits
  readonly #streams = new Map<string, ClientStream>()
  /** Snapshots as text, by wanted symbols, until something changes. */
  readonly #snapshots = new Map<string, Outgoing>()
  readonly #gathered = new Map<string, Map<string, OptionUpdate>>()
  /** Of what comes often, when there are many clients: only the last. */
  readonly #latest = new Map<
    string,
    { readonly message: ServerMessage; readonly symbol: string | undefined }
  >()
  #gatheredMs = 0
  /** By streams that are no more. */
  #conflatedBefore = 0
  #timestamp = new Date(0).toISOString()

  constructor(options: HubOptions) {
    this.#options = options
    this.#limits = { ...LIMITS, ...options.limits }
    this.symbols = options.symbols
  }

  get clients(): number {
    let clients = 0
    for (const { isConnected } of this.#streams.values()) if (isConnected) clients++
    return clients
  }

  get conflated(): number {
    let conflated = this.#conflatedBefore
    for (const stream of this.#streams.values()) conflated += stream.conflated
    return conflated
  }

  /** Market time of the last message. */
  get timestamp(): string {
    return this.#timestamp
  }

  /** Folds a change into the state and sends it. `symbol`: the underlying it is about. */
  publish<Type extends ServerType>(
    type: Type,
    data: ServerData<Type>,
    timestamp: string,
    symbol?: string,
  ): void {
    const message = { v: 1, type, data, timestamp } as ServerMessage
    this.#timestamp = timestamp
    applyMessage(this.state, message)
    this.#snapshots.clear()
    if (this.#streams.size === 0) return
    if (message.type === 'option_updates' && symbol !== undefined && message.data.removed === undefined)
      this.#gather(symbol, message.data)
    else if (this.#streams.size > MANY && FREQUENT.has(type))
      this.#latest.set(`${type} ${symbol}`, { message, symbol })
    else {
      /** What goes away must not come back by what was gathered before. */
      if (type === 'option_updates') this.#sendGathered()
      this.#send(toOutgoing(message, symbol))
    }
  }

  /** Contracts come a few at a time; clients get them together, the less often the more clients there are. */
  #gather(symbol: string, { options }: OptionUpdates): void {
    const gathered = this.#gathered.get(symbol) ?? new Map<string, OptionUpdate>()
    this.#gathered.set(symbol, gathered)
    for (const option of options) gathered.set(option.canonicalId, option)
  }

  #sendGathered(): void {
    for (const [symbol, options] of this.#gathered) {
      const data = { options: Array.from(options.values()) }
      this.#send(toOutgoing({ v: 1, type: 'option_updates', data, timestamp: this.#timestamp }, symbol))
    }
    this.#gathered.clear()
    for (const { message, symbol } of this.#latest.values()) this.#send(toOutgoing(message, symbol))
    this.#latest.clear()
  }

  #send(outgoing: Outgoing): void {
    for (const stream of this.#streams.values()) if (!stream.push(outgoing)) this.#giveUp(stream)
  }

  /** Greets a client: goes on with its stream, or starts one with a snapshot. */
  join(socket: StreamSocket, role: Role, greeting: Greeting): ClientStream {
    const { streamId, seq, symbols, compat } = greeting
    const known = streamId === undefined ? undefined : this.#streams.get(streamId)
    if (known !== undefined && known.role === role && seq !== undefined && known.canResume(seq)) {
      /** The old socket of a client that comes back before we noticed that it went. */
      if (known.isConnected) known.terminate()
      known.attach(socket)
      known.say('connection_status', this.#status(known, true), this.#timestamp)
      known.resume(seq)
      return known
    }
    /** What was gathered is in the snapshot already: the others get it now, so that nobody gets it twice. */
    this.#sendGathered()
    const stream = new ClientStream(randomUUID(), role, compat === true, this.#limits)
    if (symbols !== undefined) stream.symbols = new Set(symbols)
    stream.attach(socket)
    this.#streams.set(stream.id, stream)
    stream.say('connection_status', this.#status(stream, false), this.#timestamp)
    stream.push(this.#snapshot(stream))
    return stream
  }

  /** Changes what a client wants, and gives it a snapshot of that. */
  narrow(stream: ClientStream, symbols: ReadonlySet<string> | undefined): void {
    stream.symbols = symbols === undefined ? undefined : new Set(symbols)
    stream.push(this.#snapshot(stream))
  }

  leave(stream: ClientStream, socket: StreamSocket, nowMs: number): void {
    if (this.#streams.get(stream.id) !== stream) return
    stream.detach(socket, nowMs)
  }

  /** Sends what waits, and forgets streams whose client stays away. Call it often. */
  tend(nowMs: number): void {
    if (
      this.#gathered.size + this.#latest.size > 0 &&
      nowMs - this.#gatheredMs >= (this.#streams.size > MANY ? 1_000 : 200)
    ) {
      this.#gatheredMs = nowMs
      this.#sendGathered()
    }
    const away: ClientStream[] = []
    for (const stream of this.#streams.values()) {
      if (stream.isConnected) {
        if (stream.waiting > 0) stream.flush()
      } else if (nowMs - stream.leftMs > (this.#options.keepMs ?? 60_000)) this.#forget(stream)
      else away.push(stream)
    }
    for (const stream of away.slice(0, Math.max(0, away.length - MOST_KEPT))) this.#forget(stream)
  }

  #forget(stream: ClientStream): void {
    this.#streams.delete(stream.id)
    this.#conflatedBefore += stream.conflated
  }

  #giveUp(stream: ClientStream): void {
    this.#forget(stream)
    if (!stream.isConnected) return
    this.slowClosed++
    stream.close(4430, 'too slow')
    stream.terminate()
  }

  #snapshot({ symbols }: ClientStream): Outgoing {
    const key = symbols === undefined ? '*' : Array.from(symbols).sort().join()
    let outgoing = this.#snapshots.get(key)
    if (outgoing === undefined) {
      const data = symbols === undefined ? this.state : narrowed(this.state, symbols)
      const message = {
        v: 1,
        type: 'snapshot',
        data: structuredClone(data),
        timestamp: this.#timestamp,
      } as const
      outgoing = toOutgoing(message)
      this.#snapshots.set(key, outgoing)
    }
    return outgoing
  }

  #status({ id, role }: ClientStream, resumed: boolean): ConnectionStatus {
    const { mode, version } = this.#options
    const timestamp = this.#timestamp
    return {
      connected: true,
      timestamp,
      streamId: id,
      resumed,
      mode,
      role,
      symbols: [...this.symbols],
      version,
    }
  }
}

/** The part of a snapshot that is about some underlyings. */
function narrowed(state: Snapshot, symbols: ReadonlySet<string>): Snapshot {
  const only = <Value>(record: Record<string, Value>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([symbol]) => symbols.has(symbol)))
  return {
    ...state,
    options: Object.fromEntries(
      Object.entries(state.options).filter(([, { underlying }]) => symbols.has(underlying)),
    ),
    underlyings: only(state.underlyings),
    velocity: only(state.velocity),
    gates: only(state.gates),
    abstain: only(state.abstain),
  }
}
