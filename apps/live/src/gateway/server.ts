import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import { type Command, type CommandResult, READ_COMMANDS, type Role, SUBPROTOCOL } from '@scalp/protocol'
import fastify, { type FastifyInstance } from 'fastify'
import { WebSocketServer } from 'ws'
import { type ApiSource, addApi } from './api.js'
import type { Hub } from './hub.js'
import { serveClient } from './serve-client.js'
import { bearerOf, bearerOfProtocols, type Tokens } from './tokens.js'

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly hub: Hub
  readonly tokens: Tokens
  readonly source: ApiSource
  /** Loopback unless told. */
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** Folder of the built dashboard. */
  readonly dashboard: string | undefined
  /** Further origins whose pages may connect; the gateway's own always may. */
  readonly origins: readonly string[]
  /** Further names it may be called by in `Host`; loopback names and the bound address always may. */
  readonly hosts: readonly string[]
  readonly maxClients: number
  /** Requests a minute and address. */
  readonly requestsPerMinute: number
  /** Answers a command; the role was checked. `actor` goes into the journal. */
  readonly onCommand: (command: Command, actor: string) => Promise<Omit<CommandResult, 'id' | 'command'>>
}

const BODY_BYTES = 16_384

/** The one port of the daemon: dashboard, REST, WebSocket, health and metrics. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #http: FastifyInstance
  readonly #sockets: WebSocketServer
  readonly #failures = new Map<string, { count: number; untilMs: number }>()
  #tending: NodeJS.Timeout | undefined

  private constructor(options: GatewayOptions, http: FastifyInstance) {
    this.#options = options
    this.#http = http
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: BODY_BYTES,
      handleProtocols: (protocols) => (protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    })
    http.server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const http = fastify({ bodyLimit: BODY_BYTES, logger: false, routerOptions: { maxParamLength: 64 } })
    const gateway = new Gateway(options, http)
    await http.register(fastifyRateLimit, {
      max: options.requestsPerMinute,
      timeWindow: 60_000,
      allowList: (request) => request.url === '/healthz' || request.url === '/readyz',
      errorResponseBuilder: (_request, { after }) =>
        Object.assign(new Error(`Too many requests; try again in ${after}.`), {
          statusCode: 429,
          code: 'RATE_LIMITED',
        }),
    })
    http.addHook('onRequest', async (request, reply) => {
      reply.headers(HEADERS)
      if (!gateway.#isKnownHost(request.headers.host))
        return reply.code(421).send(problem('HOST_UNKNOWN', 'This name is not served here.'))
      const { origin } = request.headers
      if (origin !== undefined && !gateway.#isKnownOrigin(origin, request.headers.host))
        return reply.code(403).send(problem('ORIGIN_FOREIGN', 'Pages of this origin may not connect.'))
      return undefined
    })
    http.setErrorHandler((error: Error & { statusCode?: number; code?: string }, _request, reply) => {
      const status = error.statusCode ?? 500
      const message = status >= 500 ? 'The request failed.' : error.message
      return reply
        .code(status)
        .send(problem(status >= 500 ? 'INTERNAL' : (error.code ?? 'REQUEST_INVALID'), message))
    })
    http.setNotFoundHandler((request, reply) =>
      reply
        .code(404)
        .send(problem('NOT_FOUND', `There is no ${request.method} ${request.url.slice(0, 100)}.`)),
    )
    addApi(http, {
      hub: options.hub,
      source: options.source,
      authenticate: (header, address) => gateway.#roleOf(bearerOf(header), address),
      onCommand: options.onCommand,
    })
    if (options.dashboard !== undefined && existsSync(options.dashboard))
      await http.register(fastifyStatic, { root: options.dashboard, dotfiles: 'ignore', index: 'index.html' })
    else http.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(NO_DASHBOARD))
    await http.listen({ host: options.host, port: options.port })
    gateway.#tending = setInterval(() => options.hub.tend(performance.now()), 50)
    return gateway
  }

  /** Where it listens: `http://127.0.0.1:8787`. */
  get url(): string {
    const { address, port, family } = this.#http.server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  async stop(): Promise<void> {
    clearInterval(this.#tending)
    for (const socket of this.#sockets.clients) socket.close(1001, 'the daemon stops')
    this.#http.server.closeAllConnections()
    await this.#http.close()
    for (const socket of this.#sockets.clients) socket.terminate()
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, origin, 'sec-websocket-protocol': protocols, authorization } = request.headers
    const address = request.socket.remoteAddress ?? ''
    const path = (request.url ?? '').split('?')[0]
    const refusal =
      path !== '/ws'
        ? '404 Not Found'
        : !this.#isKnownHost(host)
          ? '421 Misdirected Request'
          : origin !== undefined && !this.#isKnownOrigin(origin, host)
            ? '403 Forbidden'
            : this.#sockets.clients.size >= this.#options.maxClients
              ? '503 Service Unavailable'
              : this.#isBlocked(address)
                ? '429 Too Many Requests'
                : undefined
    socket.on('error', () => socket.destroy())
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const role = this.#roleOf(bearerOfProtocols(protocols) ?? bearerOf(authorization), address)
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      /** Browsers cannot see the status of a refused upgrade, so a wrong token is told by a close code. */
      if (role === undefined) {
        webSocket.close(4401, 'wrong token')
        setTimeout(() => webSocket.terminate(), 1_000).unref()
        return
      }
      serveClient(webSocket, {
        hub: this.#options.hub,
        role,
        run: (command) => this.#run(command, role, address),
      })
    })
  }

  async #run(command: Command, role: Role, address: string): Promise<Omit<CommandResult, 'id' | 'command'>> {
    if (role !== 'operator' && !READ_COMMANDS.has(command.command))
      return { ok: false, code: 'ROLE_MISSING', message: 'This token may look, not act.' }
    return this.#options.onCommand(command, `websocket ${address}`)
  }

  /** Guesses are counted: too many, and the address waits. */
  #roleOf(token: string | undefined, address: string): Role | undefined {
    if (this.#isBlocked(address)) return undefined
    const role = this.#options.tokens.roleOf(token)
    if (role === undefined && token !== undefined) this.#blame(address)
    return role
  }

  #isBlocked(address: string): boolean {
    const failure = this.#failures.get(address)
    if (failure === undefined) return false
    if (performance.now() < failure.untilMs) return failure.count >= MOST_FAILURES
    this.#failures.delete(address)
    return false
  }

  #blame(address: string): void {
    const failure = this.#failures.get(address) ?? { count: 0, untilMs: performance.now() + 60_000 }
    failure.count++
    if (this.#failures.size > 10_000) this.#failures.clear()
    this.#failures.set(address, failure)
  }

  /** A page that was given another name for this address must not get in by it. */
  #isKnownHost(host: string | undefined): boolean {
    const name = host?.replace(/:\d+$/, '').toLowerCase()
    if (name === undefined) return false
    return LOOPBACK.has(name) || name === this.#options.host || this.#options.hosts.includes(name)
  }

  #isKnownOrigin(origin: string, host: string | undefined): boolean {
    return (
      origin === `http://${host}` || origin === `https://${host}` || this.#options.origins.includes(origin)
    )
  }
}

/** The body of an answer that is no 2xx. */
export function problem(code: string, message: string, hint: string | null = null): object {
  return { error: { code, message, hint } }
}

const MOST_FAILURES = 20
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}
const NO_DASHBOARD =
  '<!doctype html><meta charset="utf-8"><title>scalp-live</title><p>scalp-live is running. The dashboard is not built; <code>npm run build</code> builds it. The API is under <code>/api</code>, the stream at <code>/ws</code>.'
