import { type Clock, createRandom, isScalpError, type Random, wallClock } from '@scalp/canonical'
import type { Block } from '../dbn/assembler.js'
import { type Schema, UNDEF_TIMESTAMP } from '../dbn/enums.js'
import type { Metadata } from '../dbn/metadata.js'
import { decodeRecord, type RecordFormat } from '../dbn/record.js'
import { backoffMs } from './backoff.js'
import { isFatal, LiveCallbackError, LiveGatewayError, LiveGaveUpError } from './errors.js'
import { GATEWAY_RTYPE, readError, readMapping, readSystem, type SystemKind } from './gateway-message.js'
import type { LiveClientOptions, LiveState, LiveStateDetail } from './options.js'
import { StreamProgress } from './progress.js'
import type { HeldSubscription } from './resume.js'
import { LiveSession, type SessionOptions } from './session.js'
import { toSessionOptions } from './session-options.js'
import { type LiveSubscription, subscriptionLines } from './subscription.js'
import { SubscriptionBook } from './subscription-book.js'

const AGED_OUT = 8
const DRAIN_MS = 1_000
const OVERLAP_MS = 5_000
/** What a gateway says only once it streams. */
const STREAMING: ReadonlySet<SystemKind> = new Set(['heartbeat', 'replay-completed', 'interval-end'])
const CALM: LiveStateDetail = { error: undefined, attempt: 0, waitMs: 0 }

/** Counts of what a client has seen. */
export interface LiveStats {
  /** Sessions that began to stream. */
  readonly sessions: number
  /** Records of the market that were handed on; gateway records are not counted. */
  readonly records: number
  /** Records that a replay repeated, and that were dropped. */
  readonly repeated: number
}

/** A stream from the Live API that outlives its connections. */
export class LiveClient {
  /** Kept when the client has stopped, or failed: with the error then, never by a rejection. */
  readonly finished: Promise<unknown>
  readonly #options: LiveClientOptions
  readonly #sessionOptions: SessionOptions
  readonly #clock: Clock
  readonly #random: Random
  readonly #progress: StreamProgress
  readonly #book = new SubscriptionBook()
  #state: LiveState = 'idle'
  #session: LiveSession | undefined
  /** Of the session at hand, once it streams. */
  #metadata: Metadata | undefined
  #format: RecordFormat
  #sessions = 0
  #attempt = 0
  /** When the session at hand started. */
  #sessionUs = 0
  #isGapTold = true
  #isAgedOut = false
  #isStopping = false
  #wake: () => void = () => undefined
  #gate: { readonly promise: Promise<void>; readonly open: () => void } | undefined
  readonly #settleStart: { resolve: () => void; reject: (error: unknown) => void }
  readonly #started: Promise<void>
  readonly #finish: (error: unknown) => void

  /** @throws {@link LiveOptionsError} When options or subscriptions cannot be sent as they are. */
  constructor(options: LiveClientOptions) {
    this.#options = options
    this.#sessionOptions = toSessionOptions(options)
    this.#clock = options.clock ?? wallClock
    this.#random = options.random ?? createRandom(`${options.dataset} ${this.#clock.nowUs()}`)
    this.#progress = new StreamProgress((options.overlapMs ?? OVERLAP_MS) * 1_000)
    this.#format = { version: 3, tsOut: options.tsOut ?? false }
    for (const subscription of options.subscriptions) this.#book.add(subscription)
    const started = deferred<void>()
    const finished = deferred<unknown>()
    /** Who calls start() hears of it; who does not must not see an unhandled rejection. */
    started.promise.catch(() => undefined)
    this.#settleStart = started
    this.#started = started.promise
    this.finished = finished.promise
    this.#finish = finished.resolve
  }

  get state(): LiveState {
    return this.#state
  }

  get stats(): LiveStats {
    const { records, repeated } = this.#progress
    return { sessions: this.#sessions, records, repeated }
  }

  /** True while the session at hand replays what a break left out, or what was asked for from a start. */
  get isReplaying(): boolean {
    return this.#book.isReplaying
  }

  /** The gateway's name for the session at hand; empty when there is none. */
  get sessionId(): string {
    return this.#session?.sessionId ?? ''
  }

  /**
   * Connects; kept when the first session streams, after as many attempts as are allowed, or when `stop()` is called.
   *
   * @throws {@link LiveAuthError} {@link LiveGatewayError} {@link LiveGaveUpError} When it cannot.
   */
  start(): Promise<void> {
    if (this.#state === 'idle') void this.#run()
    return this.#started
  }

  /**
   * Subscribes to more, and answers with the id that the gateway's `subscribed` message quotes.
   *
   * While a replay of the same schema is under way it is sent once that has caught up.
   *
   * @throws {@link LiveOptionsError} When it cannot be sent, or has a start and the session runs.
   */
  subscribe(subscription: LiveSubscription): number {
    if (this.#state === 'idle') return this.#book.add(subscription).id
    const { id, toSend } = this.#book.addRunning(subscription)
    if (toSend !== undefined) this.#send(toSend)
    return id
  }

  /** Reads nothing more until {@link resume}: TCP then holds up the gateway. */
  pause(): void {
    if (this.#gate !== undefined) return
    const { promise, resolve } = deferred<void>()
    this.#gate = { promise, open: resolve }
  }

  resume(): void {
    this.#gate?.open()
    this.#gate = undefined
  }

  /**
   * Ends the session, hands on what has come until then, for at most `drainMs`, and connects no more.
   *
   * Waits for the block at hand: not to be awaited in `onBlock`.
   */
  async stop({ drainMs = DRAIN_MS }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#isStopping = true
    this.resume()
    this.#session?.stop(drainMs)
    this.#wake()
    if (this.#state === 'idle') this.#end('stopped', undefined)
    await this.finished
  }

  async #run(): Promise<void> {
    try {
      let error: unknown
      while (!this.#isStopping) {
        this.#setState('connecting', { error, attempt: this.#attempt, waitMs: 0 })
        error = await this.#runSession()
        if (this.#isStopping || (error !== undefined && this.#isFinal(error))) break
        if (!(await this.#backOff(error))) {
          error = new LiveGaveUpError({ attempts: this.#attempt, cause: error ?? 'the gateway closed' })
          break
        }
      }
      const isWanted = this.#isStopping && (error === undefined || !isFatal(error))
      if (isWanted) this.#end('stopped', undefined)
      else this.#end('failed', error)
    } catch (error) {
      this.#session?.stop(0)
      this.#end('failed', asCallbackError(error))
    }
  }

  async #runSession(): Promise<unknown> {
    const session = new LiveSession(this.#sessionOptions, {
      onConnected: () => this.#setState('subscribing', CALM),
      subscribe: () => {
        const nowUs = this.#clock.nowUs()
        return this.#book.beginSession(this.#progress, { nowUs, isAgedOut: this.#isAgedOut }).lines
      },
      onMetadata: (metadata) => this.#onMetadata(metadata),
      onBlock: (block) => this.#onBlock(block),
      onFragment: (format) => this.#setFormat(format),
    })
    this.#session = session
    this.#metadata = undefined
    try {
      await session.run()
      return undefined
    } catch (error) {
      return error
    } finally {
      this.#session = undefined
      this.#book.endSession()
    }
  }

  /** Waits for the next attempt; false when there is to be none. */
  async #backOff(error: unknown): Promise<boolean> {
    const { reconnect = {} } = this.#options
    const attempt = this.#attempt++
    if (attempt >= (reconnect.maxAttempts ?? Number.POSITIVE_INFINITY)) return false
    const waitMs = backoffMs(attempt, reconnect, this.#random)
    this.#setState('waiting', { error, attempt: this.#attempt, waitMs })
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs)
      this.#wake = (): void => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#isStopping) this.#wake()
    })
    return true
  }

  /** A replay that reaches back too far is left out of the next session, once: its gap is then told as not whole. */
  #isFinal(error: unknown): boolean {
    const isAgedOut = error instanceof LiveGatewayError && error.gatewayCode === AGED_OUT
    if (isAgedOut && this.#book.plan.fromUs.size > 0 && !this.#isAgedOut) {
      this.#isAgedOut = true
      return false
    }
    return isFatal(error)
  }

  #send(held: HeldSubscription): void {
    this.#session?.send(subscriptionLines(held.subscription, held.id))
    if (this.#state === 'streaming') held.sinceUs ??= this.#clock.nowUs() - this.#progress.overlapUs
  }

  #setFormat(format: RecordFormat): void {
    this.#format = format
    this.#progress.setFormat(format)
  }

  #onMetadata(metadata: Metadata): void {
    const { version, tsOut, start } = metadata
    this.#metadata = metadata
    this.#setFormat({ version, tsOut })
    const isKnown = start > 0n && start < UNDEF_TIMESTAMP
    const sessionUs = isKnown ? Number(start / 1_000n) : this.#clock.nowUs()
    this.#book.sessionStarted(sessionUs - this.#progress.overlapUs)
    this.#sessions++
    this.#setState('streaming', CALM)
    this.#sessionUs = sessionUs
    guarded(() => this.#options.onMetadata?.(metadata))
    this.#isGapTold = false
    if (this.#isAgedOut) this.#tellGap()
    this.#isAgedOut = false
    this.#settleStart.resolve()
  }

  /** More than metadata and acknowledgements came, in whose place an error may say that a replay cannot be had. */
  #streams(): void {
    this.#attempt = 0
    if (!this.#isGapTold) this.#tellGap()
  }

  #tellGap(): void {
    this.#isGapTold = true
    const { fromUs: gaps, lossy } = this.#book.plan
    guarded(() => {
      for (const [schema, fromUs] of gaps)
        this.#options.onGap?.({ schema, fromUs, toUs: this.#sessionUs, isWhole: !lossy.has(schema) })
    })
  }

  #onBlock(block: Block): Promise<void> | undefined {
    let ending: LiveGatewayError | undefined
    let isAlive = false
    let kept = 0
    for (let at = 0; at < block.length; ) {
      const head = block.u32[at >>> 2] as number
      const length = (head & 0xff) * 4
      const rtype = (head >>> 8) & 0xff
      if (rtype >= GATEWAY_RTYPE.error && rtype <= GATEWAY_RTYPE.system) {
        const error = this.#onGatewayRecord(block.view, at, rtype)
        if (error?.endsSession === true) ending ??= error
      } else isAlive = true
      if (this.#progress.accept(block, at)) {
        if (kept !== at) block.bytes.copyWithin(kept, at, at + length)
        kept += length
      }
      at += length
    }
    if (isAlive) this.#streams()
    const busy = this.#handOn(kept === block.length ? block : { ...block, length: kept })
    const isBusy = busy !== undefined || this.#gate !== undefined
    if (isBusy) return this.#wait(busy, ending)
    if (ending !== undefined) throw ending
    return undefined
  }

  #handOn(block: Block): Promise<void> | undefined {
    const { onBlock, onRecord } = this.#options
    const metadata = this.#metadata
    if (metadata === undefined || block.length === 0) return undefined
    return guarded(() => {
      if (onRecord !== undefined) {
        for (let at = 0; at < block.length; at += (block.bytes[at] as number) * 4)
          onRecord(decodeRecord(block.view, at, this.#format))
      }
      return onBlock?.(block, metadata) ?? undefined
    })
  }

  /** Handles a record of the gateway; answers with the error that it is. */
  #onGatewayRecord(view: DataView, at: number, rtype: number): LiveGatewayError | undefined {
    const { onSystem, onMapping, onGatewayError, onSlow } = this.#options
    if (rtype === GATEWAY_RTYPE.mapping) {
      if (onMapping === undefined) return undefined
      const mapping = readMapping(view, at, this.#format)
      guarded(() => onMapping(mapping))
      return undefined
    }
    if (rtype === GATEWAY_RTYPE.error) {
      const error = readError(view, at, this.#format)
      guarded(() => onGatewayError?.(error))
      return error
    }
    const message = readSystem(view, at, this.#format)
    if (STREAMING.has(message.kind)) this.#streams()
    if (message.kind === 'replay-completed') this.#endReplay(message.schema as Schema | undefined)
    guarded(() => {
      onSystem?.(message)
      if (message.kind === 'slow-reader') onSlow?.({ seenBy: 'gateway', message: message.message })
    })
    return undefined
  }

  #endReplay(schema: Schema | undefined): void {
    if (schema === undefined) return
    this.#progress.endReplay(schema)
    for (const held of this.#book.endReplay(schema)) this.#send(held)
  }

  /** Waits for a consumer that is busy, and for {@link resume}; throws what ends the session after that. */
  async #wait(busy: Promise<void> | undefined, ending: unknown): Promise<void> {
    const { slowMs = 1_000, onSlow } = this.#options
    let failure: { readonly cause: unknown } | undefined
    const timer = setTimeout(() => {
      try {
        onSlow?.({ seenBy: 'consumer', message: `A block has been worked on for more than ${slowMs} ms.` })
      } catch (cause) {
        failure = { cause }
      }
    }, slowMs)
    try {
      await busy
      while (this.#gate !== undefined) await this.#gate.promise
      if (failure !== undefined) throw (failure as { readonly cause: unknown }).cause
    } catch (cause) {
      throw new LiveCallbackError({ cause })
    } finally {
      clearTimeout(timer)
    }
    if (ending !== undefined) throw ending
  }

  #setState(state: LiveState, detail: LiveStateDetail): void {
    if (state === this.#state) return
    this.#state = state
    guarded(() => this.#options.onState?.(state, detail))
  }

  #end(state: 'stopped' | 'failed', error: unknown): void {
    let reason = error
    try {
      this.#setState(state, { error, attempt: this.#attempt, waitMs: 0 })
    } catch (failure) {
      reason ??= failure
    }
    if (reason === undefined) this.#settleStart.resolve()
    else this.#settleStart.reject(reason)
    this.#finish(reason)
  }
}

/**
 * Makes a client of the Live API; nothing is sent before `start()`.
 *
 * @throws {@link LiveOptionsError} When options or subscriptions cannot be sent as they are.
 */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  return new LiveClient(options)
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...(settle as unknown as Omit<Deferred<T>, 'promise'>) }
}

/** Runs callbacks: what they throw is theirs, and ends the client. */
function guarded<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw asCallbackError(error)
  }
}

function asCallbackError(cause: unknown): unknown {
  return isScalpError(cause) && cause.code.startsWith('LIVE_') ? cause : new LiveCallbackError({ cause })
}
