import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Us, wallClock } from '@scalp/canonical'
import type { GatewayInstrument } from './gateway-records.js'
import { type ConnectionPlan, GatewaySession, type SessionWorld } from './gateway-session.js'
import { GatewayStore } from './gateway-store.js'

const MEGABYTE = 1 << 20
const KEY = 'db-gateway-0000000000000000000000'

/** What a test gateway is made of. */
export interface GatewayOptions {
  /** The only key that is let in; a made-up one unless told. */
  readonly apiKey?: string
  /** Default `OPRA.PILLAR`. */
  readonly dataset?: string
  /** Default: a free one. */
  readonly port?: number
  /** The DBN version of streams: 1, 2 or 3, the default. */
  readonly version?: number
  /** Instruments to resolve and map; default: none, and every record goes to every session. */
  readonly instruments?: readonly GatewayInstrument[]
  /** Milliseconds between heartbeats; default: what the client asks for. */
  readonly heartbeatMs?: number
  /** Records kept for replays, in bytes; default 64 MB. */
  readonly retainBytes?: number
  /** A session so many publications behind is warned; default 1,000. */
  readonly slowChunks?: number
  /** What the n-th connection meets, from 0. */
  readonly connection?: (index: number) => ConnectionPlan
  /** The gateway's clock: session starts and its own records carry it; default the wall clock. */
  readonly nowUs?: () => Us
}

/** A live gateway on the loopback interface, for tests. */
export class LiveGateway {
  readonly host: string = '127.0.0.1'
  readonly port: number
  readonly apiKey: string
  /** Every connection there was, in their order. */
  readonly sessions: GatewaySession[] = []
  readonly #server: Server
  readonly #world: SessionWorld
  readonly #sockets = new Set<Socket>()
  readonly #arrivals: (() => void)[] = []

  constructor(server: Server, world: SessionWorld, plan: (index: number) => ConnectionPlan) {
    this.#server = server
    this.#world = world
    this.apiKey = world.key
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.once('close', () => this.#sockets.delete(socket))
      const session = new GatewaySession(socket, world, plan(this.sessions.length))
      this.sessions.push(session)
      for (const arrived of this.#arrivals.splice(0)) arrived()
      void session.run()
    })
  }

  /** The connection at hand. */
  get session(): GatewaySession | undefined {
    return this.sessions.at(-1)
  }

  /** Publishes whole records: kept for replays, and sent to every session that has subscribed to them. */
  publish(records: Uint8Array): void {
    this.#world.store.add(records)
    for (const session of this.sessions) session.notify()
  }

  /** The n-th connection, from 0, once it is there. */
  async connected(index: number): Promise<GatewaySession> {
    while (this.sessions.length <= index) await new Promise<void>((resolve) => this.#arrivals.push(resolve))
    return this.sessions[index] as GatewaySession
  }

  /** Breaks all connections and listens no more. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

/**
 * Starts a gateway that speaks the Live API on the loopback interface.
 *
 * @example
 * const gateway = await startGateway({ instruments: [{ id: 7, symbol: 'TSLA  250221C00250000' }] })
 * const { host, port, apiKey } = gateway
 * const client = createLiveClient({ host, port, apiKey, dataset: 'OPRA.PILLAR', subscriptions })
 * await client.start()
 * gateway.publish(records) // whole records, as RecordWriter makes them
 */
export async function startGateway(options: GatewayOptions = {}): Promise<LiveGateway> {
  const server = createServer({ allowHalfOpen: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const world: SessionWorld = {
    key: options.apiKey ?? KEY,
    dataset: options.dataset ?? 'OPRA.PILLAR',
    version: options.version ?? 3,
    store: new GatewayStore(options.retainBytes ?? 64 * MEGABYTE),
    instruments: options.instruments ?? [],
    heartbeatMs: options.heartbeatMs,
    slowChunks: options.slowChunks ?? 1_000,
    nowUs: options.nowUs ?? wallClock.nowUs,
  }
  return new LiveGateway(server, world, options.connection ?? ((): ConnectionPlan => ({})))
}
