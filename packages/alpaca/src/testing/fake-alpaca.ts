import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Micros, toMicros } from '@scalp/canonical'
import { WebSocketServer } from 'ws'
import { timestampOfUs } from '../wire/timestamp.js'
import { noStreamFaults, type RestFault, RestFaults, type StreamFaults } from './faults.js'
import { MarketBook } from './market-book.js'
import { type MarketRow, MarketSessions } from './market-sessions.js'
import { createRoutes, type RouteRequest } from './rest-routes.js'
import { TradingSessions } from './trading-sessions.js'
import { type FakeSession, isOptionSymbol, Venue } from './venue.js'
import { VenueRefusal } from './venue-types.js'

/** How to start a simulated Alpaca. */
export interface FakeAlpacaOptions {
  /** A free one unless told. */
  readonly port?: number
  /** Secrets by key id; any pair is accepted unless told. */
  readonly keys?: Readonly<Record<string, string>>
  /** 100,000 dollars unless told. */
  readonly cashMicros?: Micros
  /** 200 unless told, for trading and data apart. */
  readonly requestsPerMinute?: number
  /** µs since 1970; the wall clock unless told. */
  readonly nowUs?: () => number
}

/** A quote to publish, in dollars. */
export interface QuoteInput {
  readonly bid: number
  readonly ask: number
  readonly bidSize?: number
  readonly askSize?: number
  /** Event time; now unless told. */
  readonly atUs?: number
}

/** A trade to publish, in dollars. */
export interface TradeInput {
  readonly price: number
  readonly size?: number
  readonly conditions?: readonly string[]
  readonly atUs?: number
}

/**
 * A simulated Alpaca on loopback: trading and data REST, the option, stock, test and trading streams, all on
 * one port under Alpaca's own paths. Prices move when told, orders fill against them or by a script.
 */
export class FakeAlpaca {
  readonly venue: Venue
  readonly book: MarketBook
  readonly market: MarketSessions
  readonly trading: TradingSessions
  readonly restFaults: RestFaults = new RestFaults()
  readonly streamFaults: StreamFaults = noStreamFaults()
  readonly #server: Server
  readonly #keys: Readonly<Record<string, string>> | undefined
  readonly #perMinute: number
  readonly #counts = new Map<string, { resetMs: number; left: number }>()
  readonly #route: (request: RouteRequest) => { readonly status: number; readonly body: unknown }
  readonly #sockets = new Set<Socket>()
  #requests = 0
  #trades = 0

  constructor({ keys, cashMicros = toMicros(100_000), requestsPerMinute = 200, nowUs }: FakeAlpacaOptions) {
    const session: FakeSession = {
      nowUs: nowUs ?? (() => Date.now() * 1_000),
      isOpen: true,
      newYorkMinutes: 600,
      date: new Date((nowUs ?? (() => Date.now() * 1_000))() / 1_000).toISOString().slice(0, 10),
    }
    this.#keys = keys
    this.#perMinute = requestsPerMinute
    const isKey = (keyId: string, secretKey: string): boolean => this.#isKey(keyId, secretKey)
    this.book = new MarketBook()
    this.market = new MarketSessions(this.streamFaults, isKey)
    this.trading = new TradingSessions(this.streamFaults, isKey)
    this.venue = new Venue(session, cashMicros, (update) => this.trading.publish(update))
    this.#route = createRoutes(this.venue, this.book)
    this.#server = createServer((request, response) => void this.#onRequest(request, response))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    const upgrades = new WebSocketServer({ noServer: true, autoPong: false, perMessageDeflate: true })
    this.#server.on('upgrade', (request, socket, head) => {
      const refusal = this.#refusedUpgrade(request)
      if (refusal !== undefined) {
        socket.end(`HTTP/1.1 ${refusal} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      upgrades.handleUpgrade(request, socket, head, (webSocket) => {
        const path = pathOf(request)
        if (path === '/stream') this.trading.accept(webSocket, request)
        else this.market.accept(webSocket, request, path)
      })
    })
  }

  /** Where it listens: `http://127.0.0.1:port`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The same for streams: `ws://127.0.0.1:port`. */
  get streamUrl(): string {
    return this.url.replace('http', 'ws')
  }

  /** Requests that came so far. */
  get requests(): number {
    return this.#requests
  }

  listen(port = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
  }

  /** Moves the book of a symbol: streams, data API and resting orders see it. */
  quote(symbol: string, input: QuoteInput): void {
    this.quotes([{ symbol, ...input }])
  }

  /** Moves several books, in one frame a client. */
  quotes(inputs: readonly (QuoteInput & { readonly symbol: string })[]): void {
    const rows = inputs.map(({ symbol, bid, ask, bidSize = 10, askSize = 10, atUs }) => {
      const us = atUs ?? this.venue.session.nowUs()
      const t = timestampOfUs(us)
      const isOption = isOptionSymbol(symbol)
      const keys = {
        bx: bid > 0 ? 'C' : '',
        bp: bid,
        bs: bid > 0 ? bidSize : 0,
        ax: 'N',
        ap: ask,
        as: askSize,
      }
      const tail = isOption ? { c: 'A' } : { c: ['R'], z: 'B' }
      this.book.add('quotes', symbol, { t: t.toString(), ...keys, ...tail })
      return {
        symbol,
        quote: { bidMicros: toMicros(bid), askMicros: toMicros(ask), bidSize, askSize, atUs: us },
        row: { T: 'q', S: symbol, t, ...keys, ...tail } satisfies MarketRow,
      }
    })
    this.market.publish(rows.map(({ row }) => row))
    for (const { symbol, quote } of rows) this.venue.quote(symbol, quote)
  }

  /** Prints a trade: streams and data API see it. */
  trade(symbol: string, { price, size = 1, conditions, atUs }: TradeInput): void {
    const t = timestampOfUs(atUs ?? this.venue.session.nowUs())
    const id = ++this.#trades
    const row: MarketRow = isOptionSymbol(symbol)
      ? { T: 't', S: symbol, t, p: price, s: size, x: 'C', c: conditions?.[0] ?? 'a' }
      : { T: 't', S: symbol, i: id, x: 'V', p: price, s: size, c: conditions ?? ['@'], t, z: 'B' }
    const { T: _type, S: _symbol, ...rest } = row
    this.book.add('trades', symbol, { ...rest, t: t.toString() })
    this.market.publish([row])
  }

  /** Cuts every connection without a word. */
  dropAll(): void {
    this.market.drop()
    this.trading.drop()
  }

  async stop(): Promise<void> {
    this.dropAll()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  #isKey(keyId: string, secretKey: string): boolean {
    return this.#keys === undefined ? keyId !== '' : this.#keys[keyId] === secretKey
  }

  #refusedUpgrade(request: IncomingMessage): number | undefined {
    const path = pathOf(request)
    if (path !== '/stream' && MarketSessions.endpointOf(path) === undefined) return 404
    const refusal = this.streamFaults.refuseUpgrades
    if (refusal === undefined || refusal.times <= 0) return undefined
    refusal.times--
    return refusal.status
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = `fake${String(++this.#requests).padStart(28, '0')}`
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const method = request.method ?? 'GET'
    const isData = pathname.startsWith('/v1beta1/') || pathname.startsWith('/v2/stocks')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    response.setHeader('X-Request-ID', requestId)
    const fault = this.restFaults.take(method, pathname)
    if (fault?.kind === 'reset') {
      request.socket.destroy()
      return
    }
    if (fault?.kind === 'status') {
      if (fault.retryAfter !== undefined) response.setHeader('Retry-After', String(fault.retryAfter))
      send(
        response,
        fault.status,
        fault.html === true ? '<html>proxy error</html>' : { message: 'simulated fault' },
      )
      return
    }
    const keyId = String(request.headers['apca-api-key-id'] ?? '')
    const isAllowed =
      this.#isKey(keyId, String(request.headers['apca-api-secret-key'] ?? '')) ||
      (this.#keys === undefined && /^Bearer ./.test(request.headers.authorization ?? ''))
    if (!isAllowed) {
      if (isData) send(response, 403, { message: 'forbidden.' })
      else send(response, 401, { code: 40_110_000, message: 'request is not authorized' })
      return
    }
    if (!this.#count(`${keyId} ${isData ? 'data' : 'trading'}`, response)) {
      send(response, 429, { code: 42_910_000, message: 'rate limit exceeded' })
      return
    }
    const answer = this.#answer({ method, path: pathname, query: searchParams, body: parse(chunks) })
    await this.#finish(response, fault, answer)
  }

  #answer(request: RouteRequest): { readonly status: number; readonly body: unknown } {
    try {
      return this.#route(request)
    } catch (error) {
      if (error instanceof VenueRefusal) return { status: error.status, body: error.body }
      throw error
    }
  }

  async #finish(
    response: ServerResponse,
    fault: RestFault | undefined,
    { status, body }: { readonly status: number; readonly body: unknown },
  ): Promise<void> {
    if (fault?.kind === 'slow')
      await new Promise((resolve) => {
        setTimeout(resolve, fault.ms)
      })
    if (fault?.kind === 'lose-answer') response.socket?.destroy()
    else if (fault?.kind === 'hide-answer') send(response, fault.status, { message: 'simulated fault' })
    else if (fault?.kind === 'garbage') send(response, status, '{"id": tru')
    else send(response, status, body)
  }

  /** Counts a request and writes the headers; false when there were too many this minute. */
  #count(name: string, response: ServerResponse): boolean {
    const nowMs = Date.now()
    let count = this.#counts.get(name)
    if (count === undefined || nowMs >= count.resetMs) {
      count = { resetMs: nowMs + 60_000, left: this.#perMinute }
      this.#counts.set(name, count)
    }
    const isWithin = count.left > 0
    if (isWithin) count.left--
    response.setHeader('X-RateLimit-Limit', String(this.#perMinute))
    response.setHeader('X-RateLimit-Remaining', String(count.left))
    response.setHeader('X-RateLimit-Reset', String(Math.ceil(count.resetMs / 1_000)))
    return isWithin
  }
}

/** Starts a simulated Alpaca on loopback; stop it by `stop()`. */
export async function createFakeAlpaca(options: FakeAlpacaOptions = {}): Promise<FakeAlpaca> {
  const fake = new FakeAlpaca(options)
  await fake.listen(options.port)
  return fake
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://localhost').pathname
}

function parse(chunks: readonly Buffer[]): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (body === undefined) {
    response.writeHead(status).end()
    return
  }
  const isText = typeof body === 'string'
  response.writeHead(status, {
    'Content-Type': isText && body.startsWith('<') ? 'text/html' : 'application/json',
  })
  response.end(isText ? body : JSON.stringify(body))
}
