import { type Us, wallClock } from '@scalp/canonical'
import type { Credentials } from '../rest/http.js'
import { monotonicMs } from '../rest/token-bucket.js'
import {
  authMessage,
  type Channel,
  type Codec,
  type Subscription,
  subscribeMessage,
  unsubscribeMessage,
} from '../wire/client-messages.js'
import { MarketDecoder, type MarketMessage, type MarketMessageSink } from '../wire/market-decoder.js'
import { ConflatingBuffer } from './conflating-buffer.js'
import { type ConnectionOptions, StreamConnection, type StreamState } from './connection.js'
import { streamErrorAction } from './stream-errors.js'

/** What goes wrong on a data stream without ending it. */
export interface StreamReport {
  readonly kind: 'error' | 'subscription-mismatch' | 'fault'
  readonly reason: string
  /** Alpaca's code of an `error` message. */
  readonly code?: number
}

/** What a data stream takes. */
export interface MarketStreamOptions extends Credentials, ConnectionOptions {
  /** `opra` and `indicative` are options, the others stocks. */
  readonly feed: 'opra' | 'indicative' | 'sip' | 'iex' | 'delayed_sip' | 'test'
  /** Origin of another server, such as `ws://127.0.0.1:8080`. */
  readonly baseUrl?: string
  /** MessagePack unless told; the option stream has nothing else. */
  readonly codec?: Codec
  /** Quotes, trades and bars; control messages are handled here and passed on too. */
  readonly sink: MarketMessageSink
  readonly onReport?: (report: StreamReport) => void
  /** Work of one turn, in ms, after which quotes are conflated until the loop is free; 5 unless told. */
  readonly turnMs?: number
  /** How long the answer to a subscription may take; 5,000 unless told. */
  readonly acknowledgeMs?: number
}

const DATA = 'wss://stream.data.alpaca.markets'
const CHANNELS: readonly Channel[] = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
  'imbalances',
]

/**
 * One data stream of Alpaca: it authenticates, subscribes, and subscribes again after every reconnect.
 *
 * A consumer that is too slow gets the newest quote of each symbol and every trade. Callbacks that throw are
 * reported and stop nothing.
 */
export class MarketStream {
  readonly decoder: MarketDecoder = new MarketDecoder()
  readonly #options: MarketStreamOptions
  readonly #codec: Codec
  readonly #connection: StreamConnection
  readonly #buffer: ConflatingBuffer
  readonly #wanted = new Map<Channel, Set<string>>()
  readonly #sink: MarketMessageSink
  #receivedUs: Us = Number.NaN
  #isDraining = false
  #turnStartMs = Number.NaN
  #hasAcknowledged = false
  #corrections = 0
  #acknowledgeTimer: NodeJS.Timeout | undefined
  #onAcknowledged: (() => void)[] = []

  constructor(options: MarketStreamOptions) {
    this.#options = options
    const isOptions = options.feed === 'opra' || options.feed === 'indicative'
    this.#codec = isOptions ? 'msgpack' : (options.codec ?? 'msgpack')
    const path = isOptions ? `/v1beta1/${options.feed}` : `/v2/${options.feed}`
    this.#connection = new StreamConnection(
      {
        url: (options.baseUrl ?? DATA).replace(/\/$/, '') + path,
        headers: this.#codec === 'msgpack' ? { 'Content-Type': 'application/msgpack' } : {},
        onOpen: () => this.#connection.send(authMessage(this.#codec, options)),
        onFrame: (frame, receivedUs) => this.#onFrame(frame, receivedUs),
        onDown: () => this.#onDown(),
      },
      options,
    )
    this.#buffer = new ConflatingBuffer(this.decoder.symbols)
    this.#sink = {
      onQuote: (quote): undefined => {
        if (this.#isDraining) this.#buffer.addQuote(quote)
        else options.sink.onQuote(quote)
      },
      onTrade: (trade): undefined => {
        if (this.#isDraining) this.#buffer.addTrade(trade)
        else options.sink.onTrade(trade)
      },
      onMessage: (message): undefined => {
        this.#onMessage(message)
        options.sink.onMessage(message)
      },
      onFault: (fault): undefined => {
        options.onReport?.({ kind: 'fault', reason: fault.reason })
        options.sink.onFault(fault)
      },
    }
  }

  get state(): StreamState {
    return this.#connection.state
  }

  /** True once there were too many failures; {@link start} resets it. */
  get isKilled(): boolean {
    return this.#connection.isKilled
  }

  /** True when the server has acknowledged all that is wanted. */
  get isSubscribed(): boolean {
    return this.state === 'connected' && this.#hasAcknowledged
  }

  /** Receive time of the frame being handled. */
  get receivedUs(): Us {
    return this.#receivedUs
  }

  /** Quotes conflated because the consumer was busy. */
  get conflated(): number {
    return this.#buffer.conflated
  }

  start(): Promise<void> {
    return this.#connection.start()
  }

  stop(): Promise<void> {
    this.#forgetAcknowledgement()
    return this.#connection.stop()
  }

  /** Adds symbols; they are subscribed now and after every reconnect. */
  subscribe(subscription: Subscription): void {
    const added: Partial<Record<Channel, readonly string[]>> = {}
    for (const channel of CHANNELS) {
      const symbols = this.#symbolsOf(channel)
      added[channel] = (subscription[channel] ?? []).filter((symbol) => !symbols.has(symbol))
      for (const symbol of added[channel]) symbols.add(symbol)
    }
    if (Object.values(added).every((symbols) => symbols.length === 0)) return
    if (this.state === 'connected') this.#ask(subscribeMessage(this.#codec, added))
  }

  /** Takes symbols away. */
  unsubscribe(subscription: Subscription): void {
    const removed: Partial<Record<Channel, readonly string[]>> = {}
    for (const channel of CHANNELS)
      removed[channel] = (subscription[channel] ?? []).filter((symbol) =>
        this.#symbolsOf(channel).delete(symbol),
      )
    if (Object.values(removed).every((symbols) => symbols.length === 0)) return
    if (this.state === 'connected') this.#ask(unsubscribeMessage(this.#codec, removed))
  }

  /** Resolves when the server has acknowledged all that is wanted. */
  async subscribed(): Promise<void> {
    if (this.isSubscribed) return
    await new Promise<void>((resolve) => {
      this.#onAcknowledged.push(resolve)
    })
  }

  #onFrame(frame: Uint8Array | string, receivedUs: Us): void {
    this.#receivedUs = receivedUs
    this.#watchTurn()
    if (typeof frame === 'string') this.decoder.decodeText(frame, this.#sink)
    else this.decoder.decode(frame, this.#sink)
  }

  /** Looks, frame by frame, whether this turn of the event loop has taken too long. */
  #watchTurn(): void {
    if (this.#isDraining) return
    const nowMs = monotonicMs()
    if (Number.isNaN(this.#turnStartMs)) {
      this.#turnStartMs = nowMs
      setImmediate(() => {
        this.#turnStartMs = Number.NaN
      })
    } else if (nowMs - this.#turnStartMs >= (this.#options.turnMs ?? 5)) {
      this.#isDraining = true
      setImmediate(() => this.#drain())
    }
  }

  /** After the frames that were already there: their older quotes are gone by now. */
  #drain(): void {
    this.#receivedUs = (this.#options.clock ?? wallClock).nowUs()
    this.#buffer.drain(this.#options.sink)
    this.#isDraining = false
  }

  #onMessage(message: MarketMessage): void {
    if (message.T === 'success' && message['msg'] === 'authenticated') {
      this.#connection.ready()
      this.#subscribeAll()
    } else if (message.T === 'subscription') this.#onSubscription(message)
    else if (message.T === 'error') this.#onError(Number(message['code']), String(message['msg']))
  }

  #onError(code: number, text: string): void {
    this.#options.onReport?.({ kind: 'error', reason: text, code })
    this.#connection.fail(streamErrorAction(code), `${code} ${text}`, code)
  }

  #subscribeAll(): void {
    this.#corrections = 0
    const all: Partial<Record<Channel, readonly string[]>> = {}
    for (const [channel, symbols] of this.#wanted) all[channel] = Array.from(symbols)
    if (Object.values(all).some((symbols) => symbols.length > 0))
      this.#ask(subscribeMessage(this.#codec, all))
    else this.#acknowledged()
  }

  #ask(message: string | Uint8Array): void {
    this.#hasAcknowledged = false
    this.#connection.send(message)
    clearTimeout(this.#acknowledgeTimer)
    this.#acknowledgeTimer = setTimeout(() => {
      this.#options.onReport?.({
        kind: 'subscription-mismatch',
        reason: 'a subscription was not acknowledged',
      })
      this.#connection.fail('retry', 'a subscription was not acknowledged')
    }, this.#options.acknowledgeMs ?? 5_000)
  }

  /** The server's set is compared with ours: what is missing is asked for once more, then reported. */
  #onSubscription(message: MarketMessage): void {
    const missing: Partial<Record<Channel, readonly string[]>> = {}
    let count = 0
    for (const [channel, symbols] of this.#wanted) {
      const listed: unknown = message[channel]
      const held = new Set(Array.isArray(listed) ? (listed as unknown[]) : [])
      missing[channel] = Array.from(symbols).filter((symbol) => !held.has(symbol))
      count += missing[channel].length
    }
    clearTimeout(this.#acknowledgeTimer)
    if (count === 0) this.#acknowledged()
    else if (this.#corrections++ === 0) this.#ask(subscribeMessage(this.#codec, missing))
    else
      this.#options.onReport?.({
        kind: 'subscription-mismatch',
        reason: `${count} symbols are not subscribed`,
      })
  }

  #acknowledged(): void {
    this.#hasAcknowledged = true
    this.#corrections = 0
    for (const resolve of this.#onAcknowledged.splice(0)) resolve()
  }

  #onDown(): void {
    this.#forgetAcknowledgement()
  }

  #forgetAcknowledgement(): void {
    clearTimeout(this.#acknowledgeTimer)
    this.#hasAcknowledged = false
  }

  #symbolsOf(channel: Channel): Set<string> {
    let symbols = this.#wanted.get(channel)
    if (symbols === undefined) {
      symbols = new Set()
      this.#wanted.set(channel, symbols)
    }
    return symbols
  }
}
