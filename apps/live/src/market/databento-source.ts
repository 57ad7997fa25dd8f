import { type InstrumentTable, isScalpError, type MarketSink, type Us } from '@scalp/canonical'
import {
  createLiveFeed,
  type LiveFeed,
  type LiveGap,
  type LiveGatewayError,
  type LiveState,
  type LiveStateDetail,
  type LiveSubscription,
} from '@scalp/databento/live'
import type { Link } from '@scalp/protocol'
import type { Logger } from 'pino'
import type { LiveClock } from '../clock/market-clock.js'
import type { OpenOptions } from '../session/foundation.js'
import { asFeedError } from './feed-errors.js'
import { GapSink } from './gap-sink.js'

/** What one connection to a dataset takes. */
export interface SourceOptions {
  /** Of the link on screens. */
  readonly name: string
  readonly apiKey: string
  readonly dataset: string
  readonly schemas: readonly LiveSubscription['schema'][]
  readonly stypeIn: 'raw_symbol' | 'parent'
  /** Another gateway than the dataset's own. */
  readonly gateway?: { readonly host: string; readonly port: number } | undefined
  readonly slowReader: 'skip' | 'warn'
  readonly heartbeatSeconds: number
  readonly instruments: InstrumentTable
  readonly clock: LiveClock
  readonly log: Logger
  readonly onAlert: OpenOptions['onAlert']
  /** How long a start waits for the stream; 10,000 unless told. After that it goes on, and so do the attempts. */
  readonly startMs?: number
  /** The wait when the gateway has too many connections of ours; 15,000 unless told. */
  readonly limitMs?: number
  /** It ended for good, after it had started. */
  readonly onEnded: (error: Error) => void
}

/** The first attempt fails fast, for a trader waits; the gateway allows five connections a second. */
const RECONNECT = { firstMs: 250, maxMs: 30_000 } as const
const START_MS = 10_000
const LIMIT_MS = 15_000
/** So many attempts in a row that failed are more than a hiccup: one to two seconds of waiting. */
const ALARMING = 4

/** One dataset of Databento's live gateway: its connection over all breaks, and how it stands. */
export class DatabentoSource {
  readonly #options: SourceOptions
  #symbols: Set<string>
  #gap: GapSink | undefined
  #feed: LiveFeed | undefined
  #sessions = 0
  #records = 0
  #trouble: string | null = null
  #gaps = 0
  #gapUs: Us = Number.NaN
  #holes = 0
  #slow = 0
  #unknown = 0

  constructor(options: SourceOptions, symbols: readonly string[]) {
    this.#options = options
    this.#symbols = new Set(symbols)
  }

  get isReady(): boolean {
    return this.#feed?.client.state === 'streaming' && this.#gap?.isFilling === false
  }

  /**
   * Connects; kept when it streams, or has tried for ten seconds and goes on trying.
   *
   * @throws {@link LiveAuthError} {@link FeedNotLicensedError} {@link LiveGatewayError} When trying on is of no use.
   */
  async start(sink: MarketSink): Promise<void> {
    this.#gap = new GapSink(sink)
    await this.#connect()
  }

  async stop(): Promise<void> {
    const feed = this.#feed
    this.#feed = undefined
    await feed?.stop()
  }

  /** Subscribes to what is not subscribed to yet; the protocol knows no unsubscribing. */
  add(symbols: readonly string[]): void {
    const added = symbols.filter((symbol) => !this.#symbols.has(symbol))
    if (added.length === 0) return
    for (const symbol of added) this.#symbols.add(symbol)
    for (const subscription of this.#subscriptions(added)) this.#feed?.client.subscribe(subscription)
  }

  /** Begins anew with these symbols only, as on a new day, when others have expired. */
  async renew(symbols: readonly string[]): Promise<void> {
    const feed = this.#feed
    if (feed === undefined) return
    this.#symbols = new Set(symbols)
    this.#records += feed.client.stats.records
    await feed.stop()
    /** Stopped meanwhile. */
    if (this.#feed !== feed) return
    this.#gap?.reset()
    await this.#connect()
  }

  link(): Link {
    const { name, clock } = this.#options
    const { client, leftOut } = this.#feed ?? {}
    const told = this.#gap?.receivedUs ?? Number.NaN
    const isFilling = this.#gap?.isFilling === true
    const facts = [
      this.#trouble,
      count(this.#gaps, 'gap filled', 'gaps filled'),
      count(this.#holes, 'gap not whole', 'gaps not whole'),
      count(this.#slow, 'time too slow', 'times too slow'),
      count(this.#unknown, 'symbol unknown', 'symbols unknown'),
      count(leftOut?.unmapped ?? 0, 'record without a symbol', 'records without a symbol'),
    ].filter((fact) => fact !== null)
    return {
      name,
      state: client === undefined ? 'idle' : isFilling ? 'filling a gap' : client.state,
      isHealthy: this.isReady,
      silentMs: Number.isNaN(told) ? null : Math.max(0, Math.round((clock.nowUs() - told) / 1_000)),
      messages: this.#records + (client?.stats.records ?? 0),
      reconnects: Math.max(0, this.#sessions - 1),
      detail: facts.length === 0 ? null : facts.join('; '),
    }
  }

  async #connect(): Promise<void> {
    const { apiKey, dataset, gateway, slowReader, heartbeatSeconds, instruments, clock } = this.#options
    const { startMs = START_MS } = this.#options
    const feed = createLiveFeed({
      apiKey,
      dataset,
      slowReader,
      heartbeatSeconds,
      instruments,
      clock,
      subscriptions: this.#symbols.size === 0 ? [] : this.#subscriptions(Array.from(this.#symbols)),
      reconnect: RECONNECT,
      ...gateway,
      onState: (state, detail) => this.#onState(state, detail),
      onGap: (gap) => this.#onGap(gap, feed),
      onSystem: ({ kind }) => {
        /** The rest of its block is still to come, and is of the gap. */
        if (kind === 'replay-completed') queueMicrotask(() => this.#look(feed))
      },
      onGatewayError: (error) => this.#onGatewayError(error),
      onSlow: ({ seenBy, message }) => {
        this.#slow++
        this.#alert(
          'FEED_SLOW',
          `Market data are read too slowly, says ${seenBy === 'gateway' ? 'the gateway' : 'the daemon'}: ${message}`,
        )
      },
    })
    this.#feed = feed
    /** Until then a failure is thrown to whoever waits for the start. */
    let hasStarted = false
    void feed.client.finished.then((error) => {
      if (error !== undefined && hasStarted && this.#feed === feed)
        this.#onFailed(asFeedError(error, dataset), feed)
    })
    let timer: NodeJS.Timeout | undefined
    try {
      await Promise.race([
        feed.start(this.#gap as GapSink),
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, startMs)
        }),
      ])
      hasStarted = true
    } catch (error) {
      throw asFeedError(error, dataset)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Too many connections are somebody else's, and end; whatever else is fatal needs a person. */
  #onFailed(error: Error, feed: LiveFeed): void {
    const { onEnded, limitMs = LIMIT_MS, dataset } = this.#options
    if (!isScalpError(error) || error.code !== 'LIVE_GATEWAY_CONNECTION_LIMIT') {
      onEnded(error)
      return
    }
    this.#trouble = error.message.replace(/\.$/, '')
    this.#alert(
      'FEED_DOWN',
      `${dataset}: ${this.#trouble}. It is tried again, and what is missed is not replayed.`,
    )
    setTimeout(() => void this.#again(feed), limitMs).unref()
  }

  /** Another client in place of one that ended. */
  async #again(feed: LiveFeed): Promise<void> {
    /** Stopped, or begun anew. */
    if (this.#feed !== feed) return
    this.#records += feed.client.stats.records
    this.#gap?.reset()
    try {
      await this.#connect()
      this.#holes++
    } catch (error) {
      if (this.#feed !== undefined) this.#onFailed(error as Error, this.#feed)
    }
  }

  #subscriptions(symbols: readonly string[]): LiveSubscription[] {
    const { schemas, stypeIn } = this.#options
    return schemas.map((schema) => ({ schema, symbols, stypeIn }))
  }

  #onState(state: LiveState, { error, attempt, waitMs }: LiveStateDetail): void {
    const { log, name, dataset } = this.#options
    /** Every session is told anew what it does not know. */
    if (state === 'connecting') this.#unknown = 0
    if (state === 'streaming') {
      this.#sessions++
      this.#trouble = null
    }
    if (state === 'waiting') {
      const reason = error instanceof Error ? error.message : 'the gateway closed the connection'
      this.#trouble = reason.replace(/\.$/, '')
      log.warn({ name, dataset, attempt, waitMs: Math.round(waitMs), reason: this.#trouble }, 'feed')
      if (attempt === ALARMING)
        this.#alert('FEED_DOWN', `${dataset} does not come back: ${this.#trouble}. It is tried again.`)
    } else log.info({ name, dataset, state }, 'feed')
  }

  #onGap({ schema, fromUs, toUs, isWhole }: LiveGap, feed: LiveFeed): void {
    const { log, name, dataset } = this.#options
    const seconds = ((toUs - fromUs) / 1_000_000).toFixed(1)
    log.warn({ name, dataset, schema, seconds, isWhole }, 'a gap is being filled')
    /** Every schema of a connection has one, of the same break. */
    const isSame = toUs === this.#gapUs
    this.#gapUs = toUs
    if (isWhole && !isSame) this.#gaps++
    if (!isWhole) {
      this.#holes++
      this.#alert('FEED_GAP', `A gap of ${seconds} s in ${schema} of ${dataset} is not filled whole.`)
    }
    if (feed.client.isReplaying) this.#gap?.fill(toUs)
  }

  #look(feed: LiveFeed): void {
    if (this.#feed === feed && !feed.client.isReplaying) this.#gap?.caughtUp()
  }

  #onGatewayError(error: LiveGatewayError): void {
    const { log, name } = this.#options
    log.warn({ err: error, name }, 'feed')
    if (error.code === 'LIVE_GATEWAY_SYMBOL') this.#unknown++
    if (error.code === 'LIVE_GATEWAY_SKIPPED') {
      this.#slow++
      this.#alert('FEED_SKIPPED', `${error.message}: records of ${this.#options.dataset} were left out.`)
    }
  }

  #alert(code: string, message: string): void {
    this.#options.onAlert({ level: 'warning', code, message })
  }
}

/** Text of a count, null when there is nothing to count. */
function count(many: number, one: string, more: string): string | null {
  return many === 0 ? null : `${many} ${many === 1 ? one : more}`
}
