import {
  type OptionUpdate,
  type Role,
  type ServerMessage,
  type ServerType,
  toCompat,
  UNNUMBERED,
} from '@scalp/protocol'

/** The part of a socket that a stream uses. */
export interface StreamSocket {
  readonly bufferedAmount: number
  send(text: string): void
  /** One message of two parts: the second is the same bytes for every client, and never copied. */
  sendParts(head: string, tail: Buffer): void
  close(code: number, reason: string): void
  terminate(): void
}

/** A message on its way to clients, written as text once for all of them. */
export interface Outgoing {
  readonly message: ServerMessage
  /** What stands after the number: `"type":…}`; encoded once for all clients. */
  readonly tail: Buffer
  /** A later message of the same key makes this one needless; undefined for what must not be lost. */
  readonly key: string | undefined
  /** The underlying it is about; undefined for what everybody gets. */
  readonly symbol: string | undefined
}

/** How patient a stream is. */
export interface StreamLimits {
  /** Bytes under way beyond which market data is conflated. */
  readonly softBytes: number
  /** Bytes under way beyond which the client is given up. */
  readonly hardBytes: number
  /** Events waiting beyond which the client is given up. */
  readonly maxWaiting: number
  /** Messages kept for a resume. */
  readonly ring: number
}

/**
 * One client's numbered messages. Outlives its socket for a while, so that a client that comes back goes on with the
 * next number: what was sent is kept in a ring, and what happened meanwhile is conflated by key, unnumbered as yet.
 */
export class ClientStream {
  readonly id: string
  readonly role: Role
  readonly isCompat: boolean
  /** Market data of these underlyings only; undefined: all. */
  symbols: Set<string> | undefined
  /** When the socket went, ms; `NaN` while there is one. */
  leftMs: number = Number.NaN
  conflated = 0
  readonly #limits: StreamLimits
  readonly #ring: { readonly seq: number; readonly tail: Buffer }[] = []
  /** In the order of their last change. */
  readonly #waiting = new Map<string | number, Outgoing>()
  #events = 0
  #socket: StreamSocket | undefined
  #seq = 0

  constructor(id: string, role: Role, isCompat: boolean, limits: StreamLimits) {
    this.id = id
    this.role = role
    this.isCompat = isCompat
    this.#limits = limits
  }

  get seq(): number {
    return this.#seq
  }

  get isConnected(): boolean {
    return this.#socket !== undefined
  }

  get waiting(): number {
    return this.#waiting.size
  }

  attach(socket: StreamSocket): void {
    this.#socket = socket
    this.leftMs = Number.NaN
  }

  /** Its socket went; that of a connection which another has replaced since changes nothing. */
  detach(socket: StreamSocket, nowMs: number): void {
    if (this.#socket !== socket) return
    this.#socket = undefined
    this.leftMs = nowMs
  }

  /** True when everything after a number is still here. */
  canResume(seq: number): boolean {
    if (seq > this.#seq) return false
    return seq === this.#seq || (this.#ring[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq + 1
  }

  /** Sends again what came after a number, and then what waits. */
  resume(seq: number): void {
    for (const sent of this.#ring) if (sent.seq > seq) this.#socket?.sendParts(headOf(sent.seq), sent.tail)
    this.flush()
  }

  /** Takes a message: sends it, or lets it wait when the client is slow or away. False: the client is given up. */
  push(outgoing: Outgoing): boolean {
    if (!this.wants(outgoing.symbol)) return true
    const socket = this.#socket
    if (socket !== undefined && this.#waiting.size === 0 && socket.bufferedAmount <= this.#limits.softBytes) {
      this.#number(outgoing)
      return true
    }
    this.#wait(outgoing)
    if (socket === undefined) return this.#waiting.size <= this.#limits.maxWaiting
    return socket.bufferedAmount <= this.#limits.hardBytes && this.#waiting.size <= this.#limits.maxWaiting
  }

  /** Sends what waits, as far as the socket takes it. */
  flush(): void {
    const socket = this.#socket
    for (const [key, outgoing] of this.#waiting) {
      if (socket === undefined || socket.bufferedAmount > this.#limits.softBytes) return
      this.#waiting.delete(key)
      this.#number(outgoing)
    }
  }

  /** Sends something that is no part of the numbered stream. */
  say(type: ServerType, data: unknown, timestamp: string): void {
    this.#socket?.send(JSON.stringify({ v: 1, type, data, timestamp }))
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason)
  }

  terminate(): void {
    this.#socket?.terminate()
  }

  wants(symbol: string | undefined): boolean {
    return symbol === undefined || this.symbols === undefined || this.symbols.has(symbol)
  }

  #wait(outgoing: Outgoing): void {
    const { key } = outgoing
    if (key === undefined) {
      if (outgoing.message.type === 'option_updates') this.#withdraw(outgoing.message.data.removed ?? [])
      this.#waiting.set(this.#events++, outgoing)
      return
    }
    const before = this.#waiting.get(key)
    if (before !== undefined) this.conflated++
    this.#waiting.delete(key)
    this.#waiting.set(key, before === undefined ? outgoing : conflate(before, outgoing))
  }

  /** Contracts that go away must not come back by a message that waits, and may be moved behind this one. */
  #withdraw(removed: readonly string[]): void {
    const gone = new Set(removed)
    for (const [key, { message, symbol }] of this.#waiting) {
      if (message.type !== 'option_updates') continue
      const options = message.data.options.filter(({ canonicalId }) => !gone.has(canonicalId))
      this.#waiting.set(key, {
        ...toOutgoing({ ...message, data: { ...message.data, options } }, symbol),
        key: String(key),
      })
    }
  }

  #number({ message, tail }: Outgoing): void {
    if (this.isCompat) {
      for (const said of toCompat(message)) this.#send(Buffer.from(JSON.stringify(said).slice(1)))
    } else this.#send(tail)
  }

  #send(tail: Buffer): void {
    const seq = ++this.#seq
    this.#ring.push({ seq, tail })
    if (this.#ring.length > this.#limits.ring) this.#ring.shift()
    this.#socket?.sendParts(headOf(seq), tail)
  }
}

function headOf(seq: number): string {
  return `{"v":1,"seq":${seq},`
}

/** Writes the text of a message. */
export function toOutgoing(message: ServerMessage, symbol?: string): Outgoing {
  const { type, data, timestamp } = message
  const tail = Buffer.from(`"type":"${type}","data":${JSON.stringify(data)},"timestamp":"${timestamp}"}`)
  return { message, tail, key: UNNUMBERED.has(type) ? undefined : keyOf(message), symbol }
}

/** What a later message of the same kind replaces. */
function keyOf({ type, data }: ServerMessage): string | undefined {
  switch (type) {
    case 'option_updates':
      /** What only takes contracts away is never replaced. */
      return data.options[0] === undefined ? undefined : `options ${data.options[0].underlying}`
    case 'underlying_update':
    case 'velocity_update':
      return `${type} ${data.symbol}`
    case 'gate_status':
      return `${type} ${data.underlying}`
    case 'scalp_position_update':
      return `${type} ${data.id}`
    case 'session_status':
    case 'scalp_status':
    case 'health':
    case 'replay_status':
      return type
    default:
      return undefined
  }
}

/** The later of two, with all contracts of both. */
function conflate(before: Outgoing, after: Outgoing): Outgoing {
  if (before.message.type !== 'option_updates' || after.message.type !== 'option_updates') return after
  const options = new Map<string, OptionUpdate>()
  for (const { data } of [before.message, after.message])
    for (const option of data.options) {
      options.delete(option.canonicalId)
      options.set(option.canonicalId, option)
    }
  const removed = [...(before.message.data.removed ?? []), ...(after.message.data.removed ?? [])]
  return toOutgoing(
    {
      ...after.message,
      data: { options: Array.from(options.values()), ...(removed.length === 0 ? {} : { removed }) },
    },
    after.symbol,
  )
}
