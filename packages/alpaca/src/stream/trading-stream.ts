import { type Micros, type Us, wallClock } from '@scalp/canonical'
import { z } from 'zod'
import { LiveTradingLockedError } from '../errors.js'
import { money, quantity, timeUs, words } from '../rest/fields.js'
import type { Credentials } from '../rest/http.js'
import { type Order, orderSchema } from '../rest/trading-schemas.js'
import { type ConnectionOptions, StreamConnection, type StreamState } from './connection.js'

/** What happened to an order. */
export interface OrderUpdate {
  /** Alpaca's word; new ones may appear. */
  readonly event: string
  /** The order after the event. */
  readonly order: Order
  /** Empty where Alpaca sent none. */
  readonly executionId: string
  /** Of this execution only; `NaN` on other events. */
  readonly priceMicros: Micros
  readonly quantity: number
  /** Of the position after the execution, signed. */
  readonly positionQuantity: number
  readonly atUs: Us
  readonly receivedUs: Us
}

/** What a trading stream takes. */
export interface TradingStreamOptions extends Credentials, ConnectionOptions {
  readonly environment?: 'paper' | 'live'
  readonly isLiveConfirmed?: boolean
  /** Origin of another server. */
  readonly baseUrl?: string
  readonly onUpdate: (update: OrderUpdate) => void
  /** Listening again after a gap: what happened in it is lost, so reconcile by REST. */
  readonly onListening?: () => void
  /** A message that does not parse; what a callback threw. The text holds no secret. */
  readonly onFault?: (reason: string, raw: unknown) => void
}

const PAPER = 'wss://paper-api.alpaca.markets'
const LIVE = 'wss://api.alpaca.markets'
const REMEMBERED = 10_000

const updateSchema = z
  .object({
    event: z.string(),
    order: orderSchema,
    execution_id: words,
    price: money,
    qty: quantity,
    position_qty: quantity,
    timestamp: timeUs,
  })
  .transform((row) => ({
    event: row.event,
    order: row.order,
    executionId: row.execution_id,
    priceMicros: row.price,
    quantity: row.qty,
    positionQuantity: row.position_qty,
    atUs: row.timestamp,
  }))

/** The stream of order updates. Each update comes once, although Alpaca may send it again. */
export class TradingStream {
  readonly #options: TradingStreamOptions
  readonly #connection: StreamConnection
  readonly #seen = new Set<string>()

  constructor(options: TradingStreamOptions) {
    const isLive = options.environment === 'live'
    const baseUrl = options.baseUrl ?? (isLive ? LIVE : PAPER)
    if (isLive && options.isLiveConfirmed !== true)
      throw new LiveTradingLockedError({ missing: 'isLiveConfirmed is not set' })
    if (new URL(baseUrl).host === new URL(LIVE).host && !isLive)
      throw new LiveTradingLockedError({ missing: "environment is not 'live'" })
    this.#options = options
    const { keyId, secretKey } = options
    this.#connection = new StreamConnection(
      {
        url: `${baseUrl.replace(/\/$/, '')}/stream`,
        headers: {},
        onOpen: () => this.#send({ action: 'authenticate', data: { key_id: keyId, secret_key: secretKey } }),
        onFrame: (frame) => this.#onFrame(frame),
        onDown: () => undefined,
      },
      options,
    )
  }

  get state(): StreamState {
    return this.#connection.state
  }

  get isKilled(): boolean {
    return this.#connection.isKilled
  }

  /** Resolves when the stream is listening. */
  start(): Promise<void> {
    return this.#connection.start()
  }

  stop(): Promise<void> {
    return this.#connection.stop()
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    this.#connection.send(JSON.stringify(message))
  }

  #onFrame(frame: Uint8Array | string): void {
    let message: unknown
    try {
      message = JSON.parse(typeof frame === 'string' ? frame : Buffer.from(frame).toString('utf8'))
    } catch {
      this.#options.onFault?.('a frame is no JSON', undefined)
      return
    }
    if (!isRecord(message)) {
      this.#options.onFault?.('a message is no object', message)
      return
    }
    const data = isRecord(message['data']) ? message['data'] : {}
    if (message['stream'] === 'authorization') this.#onAuthorization(data)
    else if (message['stream'] === 'listening') this.#onListening(data)
    else if (message['stream'] === 'trade_updates') this.#onUpdate(data)
    else if (message['action'] === 'error')
      this.#connection.fail('retry', `an error in the stream: ${JSON.stringify(data)}`)
  }

  #onAuthorization(data: Readonly<Record<string, unknown>>): void {
    if (data['status'] === 'authorized')
      this.#send({ action: 'listen', data: { streams: ['trade_updates'] } })
    else this.#connection.fail('stop', 'the key is not authorized', 402)
  }

  #onListening(data: Readonly<Record<string, unknown>>): void {
    const streams: unknown = data['streams']
    if (!Array.isArray(streams) || !streams.includes('trade_updates')) return
    this.#connection.ready()
    this.#call(() => this.#options.onListening?.(), data)
  }

  #onUpdate(data: Readonly<Record<string, unknown>>): void {
    const parsed = updateSchema.safeParse(data)
    if (!parsed.success) {
      this.#options.onFault?.(
        `an update has an unknown shape: ${parsed.error.issues[0]?.message ?? ''}`,
        data,
      )
      return
    }
    const { event, order, executionId, atUs } = parsed.data
    const key = executionId === '' ? `${order.id} ${event} ${order.filledQuantity} ${atUs}` : executionId
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    if (this.#seen.size > REMEMBERED) for (const oldest of this.#seen) if (this.#seen.delete(oldest)) break
    const receivedUs = (this.#options.clock ?? wallClock).nowUs()
    this.#call(() => this.#options.onUpdate({ ...parsed.data, receivedUs }), data)
  }

  #call(callback: () => void, raw: unknown): void {
    try {
      callback()
    } catch (error) {
      this.#options.onFault?.(`a callback threw: ${String(error)}`, raw)
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
