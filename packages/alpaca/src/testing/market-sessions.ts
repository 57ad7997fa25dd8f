import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { decodeMsgpack } from '../wire/msgpack-reader.js'
import { encodeMsgpack, Float64, type MsgpackValue, Uint32, Uint64 } from '../wire/msgpack-writer.js'
import type { WireTimestamp } from '../wire/timestamp.js'
import type { StreamFaults } from './faults.js'
import { isOptionSymbol } from './venue.js'

/** One message to publish: `T`, `S` and the keys of its type; times are {@link WireTimestamp}. */
export type MarketRow = Readonly<Record<string, unknown>> & {
  readonly T: string
  readonly S: string
  readonly t: WireTimestamp
}

/** What a data stream allows. */
export interface MarketPlan {
  /** Symbols of the stock stream. */
  stockSymbols: number
  /** Quotes of the option stream. */
  optionQuotes: number
  /** Feeds that answer 409. */
  readonly closedFeeds: Set<string>
}

const CHANNELS = {
  stocks: [
    'trades',
    'quotes',
    'bars',
    'updatedBars',
    'dailyBars',
    'statuses',
    'lulds',
    'corrections',
    'cancelErrors',
  ],
  options: ['trades', 'quotes'],
  test: ['trades', 'quotes', 'bars'],
} as const
const CHANNEL_OF: Readonly<Record<string, string>> = {
  t: 'trades',
  q: 'quotes',
  b: 'bars',
  u: 'updatedBars',
  d: 'dailyBars',
  s: 'statuses',
  l: 'lulds',
  c: 'corrections',
  x: 'cancelErrors',
}
const MESSAGES: Readonly<Record<number, string>> = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  405: 'symbol limit exceeded',
  406: 'connection limit exceeded',
  407: 'slow client',
  409: 'insufficient subscription',
  410: 'invalid subscribe action for this feed',
  412: 'option messages are only available in MsgPack format',
  413: 'star subscription is not allowed for option quotes',
  500: 'internal error',
}
const FATAL = new Set([402, 404, 406, 409])
const AUTH_MS = 10_000
const FLOATS = new Set(['p', 'bp', 'ap', 'o', 'h', 'l', 'vw', 'u', 'd'])
const COUNTS = new Set(['s', 'bs', 'as', 'v', 'n'])

/** The sockets of the data streams: authentication, subscriptions, publishing. */
export class MarketSessions {
  readonly plan: MarketPlan = {
    stockSymbols: Number.POSITIVE_INFINITY,
    optionQuotes: 1_000,
    closedFeeds: new Set(),
  }
  readonly #faults: StreamFaults
  readonly #isKey: (keyId: string, secretKey: string) => boolean
  readonly #sessions = new Set<MarketSession>()
  /** Sessions by key and endpoint; a number is the time until which a dead one holds the slot. */
  readonly #slots = new Map<string, MarketSession | number>()
  authTimeoutMs: number = AUTH_MS

  constructor(faults: StreamFaults, isKey: (keyId: string, secretKey: string) => boolean) {
    this.#faults = faults
    this.#isKey = isKey
  }

  /** Sessions that are open now. */
  get count(): number {
    return this.#sessions.size
  }

  /** What every open session is subscribed to, by channel. */
  subscriptions(): readonly Readonly<Record<string, readonly string[]>>[] {
    return Array.from(this.#sessions, (session) => session.subscription())
  }

  /** True for a path that a data stream has. */
  static endpointOf(path: string): 'stocks' | 'options' | 'test' | undefined {
    if (path === '/v2/test') return 'test'
    if (/^\/v2\/(?:iex|sip|delayed_sip)$/.test(path) || /^\/v1beta1\/(?:boats|overnight)$/.test(path))
      return 'stocks'
    return /^\/v1beta1\/(?:opra|indicative)$/.test(path) ? 'options' : undefined
  }

  accept(socket: WebSocket, request: IncomingMessage, path: string): void {
    const kind = MarketSessions.endpointOf(path) ?? 'stocks'
    const codec = request.headers['content-type'] === 'application/msgpack' ? 'msgpack' : 'json'
    const session = new MarketSession({ socket, kind, codec, path, owner: this, faults: this.#faults })
    this.#sessions.add(session)
    socket.on('close', () => {
      this.#sessions.delete(session)
      for (const [slot, holder] of this.#slots)
        if (holder === session) this.#release(slot, session.wasClosedCleanly)
    })
    session.send([{ T: 'success', msg: 'connected' }])
    const { 'apca-api-key-id': keyId, 'apca-api-secret-key': secretKey } = request.headers
    if (typeof keyId === 'string' && typeof secretKey === 'string')
      this.authenticate(session, keyId, secretKey)
  }

  authenticate(session: MarketSession, keyId: string, secretKey: string): void {
    const slot = `${keyId} ${session.path}`
    const holder = this.#slots.get(slot)
    if (session.isAuthenticated) session.fail(403)
    else if (!this.#isKey(keyId, secretKey)) session.fail(402)
    else if (typeof holder === 'number' ? holder > Date.now() : holder !== undefined) session.fail(406)
    else if (this.plan.closedFeeds.has(session.path.split('/').at(-1) ?? '')) session.fail(409)
    else {
      this.#slots.set(slot, session)
      session.isAuthenticated = true
      session.send([{ T: 'success', msg: 'authenticated' }])
    }
  }

  /** Sends rows to whoever subscribed to them, all in one frame each. */
  publish(rows: readonly MarketRow[]): void {
    if (this.#faults.isSilent) return
    for (const session of this.#sessions) session.publish(rows)
  }

  /** Sends bytes as they are to every session. */
  sendRaw(frame: Uint8Array | string): void {
    for (const session of this.#sessions) session.socket.send(frame)
  }

  /** Sends an error of the table to every session. */
  sendError(code: number): void {
    for (const session of Array.from(this.#sessions)) session.fail(code)
  }

  /** Cuts every socket without a close frame. */
  drop(): void {
    for (const { socket } of this.#sessions) socket.terminate()
  }

  /** Forgets dead sessions that still hold a slot. */
  freeSlots(): void {
    for (const [slot, holder] of this.#slots) if (typeof holder === 'number') this.#slots.delete(slot)
  }

  #release(slot: string, isClean: boolean): void {
    if (isClean || this.#faults.zombieMs === 0) this.#slots.delete(slot)
    else this.#slots.set(slot, Date.now() + this.#faults.zombieMs)
  }
}

interface SessionOptions {
  readonly socket: WebSocket
  readonly kind: 'stocks' | 'options' | 'test'
  readonly codec: 'json' | 'msgpack'
  readonly path: string
  readonly owner: MarketSessions
  readonly faults: StreamFaults
}

class MarketSession {
  readonly socket: WebSocket
  readonly path: string
  readonly #kind: 'stocks' | 'options' | 'test'
  readonly #codec: 'json' | 'msgpack'
  readonly #owner: MarketSessions
  readonly #faults: StreamFaults
  readonly #channels = new Map<string, Set<string>>()
  readonly #timer: NodeJS.Timeout
  isAuthenticated = false
  wasClosedCleanly = false

  constructor({ socket, kind, codec, path, owner, faults }: SessionOptions) {
    this.socket = socket
    this.path = path
    this.#kind = kind
    this.#codec = codec
    this.#owner = owner
    this.#faults = faults
    for (const channel of CHANNELS[kind]) this.#channels.set(channel, new Set())
    this.#timer = setTimeout(() => {
      if (!this.isAuthenticated) this.fail(404)
    }, owner.authTimeoutMs)
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary))
    socket.on('ping', () => {
      if (!faults.isDeaf) socket.pong()
    })
    socket.on('close', (code) => {
      clearTimeout(this.#timer)
      this.wasClosedCleanly = code !== 1_006
    })
    socket.on('error', () => socket.terminate())
  }

  subscription(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      Array.from(this.#channels, ([channel, symbols]) => [channel, Array.from(symbols)]),
    )
  }

  send(rows: readonly Readonly<Record<string, unknown>>[]): void {
    if (this.socket.readyState !== 1) return
    this.socket.send(
      this.#codec === 'json' ? JSON.stringify(rows) : encodeMsgpack(rows as readonly MsgpackValue[]),
    )
  }

  fail(code: number): void {
    this.send([{ T: 'error', code, msg: MESSAGES[code] ?? 'internal error' }])
    if (code === 407 || code === 404 || (FATAL.has(code) && this.#faults.closesAfterFatal))
      this.socket.close()
  }

  publish(rows: readonly MarketRow[]): void {
    if (!this.isAuthenticated) return
    const wanted = rows.filter((row) => {
      if (this.#kind === 'options' ? !isOptionSymbol(row.S) : isOptionSymbol(row.S)) return false
      const symbols = this.#channels.get(CHANNEL_OF[row.T] ?? '')
      return symbols?.has(row.S) === true || symbols?.has('*') === true
    })
    if (wanted.length === 0) return
    if (this.socket.bufferedAmount > this.#faults.slowClientBytes) this.fail(407)
    else this.send(this.#codec === 'json' ? wanted : wanted.map(fixWidths))
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#kind === 'options' && this.#codec === 'json') {
      this.fail(412)
      return
    }
    const bytes = data as Buffer
    const message =
      this.#codec === 'msgpack' ? (isBinary ? decodeMsgpack(bytes) : undefined) : parse(bytes.toString())
    if (typeof message !== 'object' || message === null) {
      this.fail(400)
      return
    }
    const { action, key, secret, ...lists } = message as Record<string, unknown>
    if (action === 'auth') this.#owner.authenticate(this, String(key), String(secret))
    else if (action !== 'subscribe' && action !== 'unsubscribe') this.fail(400)
    else if (!this.isAuthenticated) this.fail(401)
    else this.#change(action, lists)
  }

  #change(action: 'subscribe' | 'unsubscribe', lists: Readonly<Record<string, unknown>>): void {
    const wanted = new Map(Array.from(this.#channels, ([channel, symbols]) => [channel, new Set(symbols)]))
    for (const [channel, list] of Object.entries(lists)) {
      const symbols = wanted.get(channel)
      if (symbols === undefined) {
        this.fail(410)
        return
      }
      if (!Array.isArray(list) || !list.every((symbol) => this.#isSymbol(symbol))) {
        this.fail(400)
        return
      }
      if (this.#kind === 'options' && channel === 'quotes' && list.includes('*')) {
        this.fail(413)
        return
      }
      for (const symbol of list as string[])
        if (action === 'subscribe') symbols.add(symbol)
        else symbols.delete(symbol)
    }
    for (const follower of ['corrections', 'cancelErrors'])
      if (wanted.has(follower)) wanted.set(follower, new Set(wanted.get('trades')))
    if (this.#isTooMuch(wanted)) {
      this.fail(405)
      return
    }
    for (const [channel, symbols] of wanted) this.#channels.set(channel, symbols)
    this.send([{ T: 'subscription', ...this.subscription() }])
  }

  #isSymbol(symbol: unknown): boolean {
    if (typeof symbol !== 'string') return false
    return (
      symbol === '*' ||
      (this.#kind === 'options' ? isOptionSymbol(symbol) : /^[A-Z][A-Z.]{0,9}$/.test(symbol))
    )
  }

  #isTooMuch(wanted: ReadonlyMap<string, ReadonlySet<string>>): boolean {
    const { optionQuotes, stockSymbols } = this.#owner.plan
    if (this.#kind === 'options') return (wanted.get('quotes')?.size ?? 0) > optionQuotes
    return new Set(Array.from(wanted.values()).flatMap((symbols) => Array.from(symbols))).size > stockSymbols
  }
}

/** Prices as float64 even when whole, sizes in 4 bytes, ids in 8: the widths that Alpaca's servers write. */
function fixWidths(row: MarketRow): Readonly<Record<string, unknown>> {
  const fixed: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(row)) {
    if (typeof value === 'bigint') fixed[key] = new Uint64(value)
    else if (typeof value !== 'number') fixed[key] = value
    else if (COUNTS.has(key)) fixed[key] = new Uint32(value)
    else if (FLOATS.has(key) || (key === 'c' && row.T !== 't')) fixed[key] = new Float64(value)
    else fixed[key] = key === 'i' ? new Uint64(BigInt(value)) : value
  }
  return fixed
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
