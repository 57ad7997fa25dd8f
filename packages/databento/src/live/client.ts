import { type Clock, createRandom, isScalpError, type Random, wallClock } from '@scalp/canonical'
import type { Block } from '../dbn/assembler.js'
import type { Schema } from '../dbn/enums.js'
import type { Metadata } from '../dbn/metadata.js'
import { decodeRecord, type RecordFormat } from '../dbn/record.js'
import { backoffMs } from './backoff.js'
import { isFatal, LiveCallbackError, LiveGatewayError, LiveGaveUpError, LiveOptionsError } from './errors.js'
import { GATEWAY_RTYPE, readError, readMapping, readSystem } from './gateway-message.js'
import type { LiveClientOptions, LiveState, LiveStateDetail } from './options.js'
import { StreamProgress } from './progress.js'
import { fewestWords, shortRecordError } from './record-walk.js'
import { checkTogether, type HeldSubscription, planSession, type ResumePlan } from './resume.js'
import { LiveSession, type SessionOptions } from './session.js'
import { type LiveSubscription, subscriptionLines } from './subscription.js'

const AGED_OUT = 8
const DRAIN_MS = 1_000
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
  readonly #held: HeldSubscription[] = []
  /** Subscriptions that wait until their schema's replay has caught up. */
  readonly #deferred: HeldSubscription[] = []
  readonly #replaying = new Set<Schema>()
  #state: LiveState = 'idle'
  #session: LiveSession | undefined
  #plan: ResumePlan = { lines: [], fromUs: new Map(), lossy: new Set() }
  #metadata: Metadata | undefined
  #format: RecordFormat
  #fewestWords: Uint8Array = new Uint8Array(256)
  #sessions = 0
  #attempt = 0
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
    this.#sessionOptions = sessionOptions(options)
    this.#clock = options.clock ?? wallClock
    this.#random = options.random ?? createRandom(`${options.dataset} ${this.#clock.nowUs()}`)
    this.#progress = new StreamProgress((options.overlapMs ?? 5_000) * 1_000)
    this.#format = { version: 3, tsOut: options.tsOut ?? false }
    checkTogether(options.subscriptions)
    for (const subscription of options.subscriptions) this.#hold(subscription)
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

  /** The gateway's name for the session at hand; empty when there is none. */
  get sessionId(): string {
    return this.#session?.sessionId ?? ''
  }

  /**
   * Connects; kept when the first session streams, after as many attempts as are allowed.
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
    if (this.#state !== 'idle' && subscription.startUs !== undefined) {
      throw new LiveOptionsError({
        reason: 'a running session takes no subscription with a start',
        hint: 'Name it in `subscriptions`, or leave the start out.',
      })
    }
    const others = [...this.#held, ...this.#deferred].map((held) => held.subscription)
    if (this.#state === 'idle') checkTogether([...others, subscription])
    else checkTogether([...others.filter(({ schema }) => schema !== subscription.schema), subscription])
    if (this.#replaying.has(subscription.schema)) return this.#defer(subscription)
    const held = this.#hold(subscription)
    if (this.#state === 'streaming' || this.#state === 'subscribing') this.#send(held)
    return held.id
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

  /** Ends the session, hands on what has come until then, for at most `drainMs`, and connects no more. */
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
      subscribe: () => this.#subscribeAll(),
      onMetadata: (metadata) => this.#onMetadata(metadata),
      onBlock: (block) => this.#onBlock(block),
      onFragment: (version) => this.#setFormat(version),
    })
    this.#session = session
    try {
      await session.run()
      return undefined
    } catch (error) {
      return error
    } finally {
      this.#session = undefined
      this.#replaying.clear()
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

  #isFinal(error: unknown): boolean {
    const isAgedOut = error instanceof LiveGatewayError && error.gatewayCode === AGED_OUT
    if (isAgedOut && this.#plan.fromUs.size > 0 && !this.#isAgedOut) {
      this.#isAgedOut = true
      return false
    }
    return isFatal(error)
  }

  #hold(subscription: LiveSubscription): HeldSubscription {
    const held = this.#check(subscription)
    this.#held.push(held)
    return held
  }

  #defer(subscription: LiveSubscription): number {
    const held = this.#check(subscription)
    this.#deferred.push(held)
    return held.id
  }

  #check(subscription: LiveSubscription): HeldSubscription {
    const id = this.#held.length + this.#deferred.length + 1
    subscriptionLines(subscription, id)
    return { id, subscription, sinceUs: undefined }
  }

  #send(held: HeldSubscription): void {
    this.#session?.send(subscriptionLines(held.subscription, held.id))
    if (this.#state === 'streaming') held.sinceUs ??= this.#clock.nowUs()
  }

  #subscribeAll(): readonly string[] {
    this.#held.push(...this.#deferred.splice(0))
    this.#plan = planSession(this.#held, this.#progress, {
      nowUs: this.#clock.nowUs(),
      isAgedOut: this.#isAgedOut,
    })
    this.#progress.beginReplay(this.#isAgedOut ? new Map() : this.#plan.fromUs)
    for (const { subscription, sinceUs } of this.#held) {
      const isReplayed = sinceUs === undefined ? subscription.startUs !== undefined : !this.#isAgedOut
      if (isReplayed) this.#replaying.add(subscription.schema)
    }
    return this.#plan.lines
  }

  #setFormat(version: number): void {
    this.#format = { version, tsOut: this.#metadata?.tsOut ?? this.#format.tsOut }
    this.#fewestWords = fewestWords(this.#format)
    this.#progress.setFormat(this.#format)
  }

  #onMetadata(metadata: Metadata): void {
    this.#metadata = metadata
    this.#setFormat(metadata.version)
    const sessionUs = Number(metadata.start / 1_000n)
    for (const held of this.#held) held.sinceUs ??= held.subscription.startUs ?? sessionUs
    this.#sessions++
    this.#setState('streaming', CALM)
    guarded(() => {
      this.#options.onMetadata?.(metadata)
      for (const [schema, fromUs] of this.#plan.fromUs) {
        const isWhole = !this.#plan.lossy.has(schema)
        this.#options.onGap?.({ schema, fromUs, toUs: sessionUs, isWhole })
      }
    })
    this.#isAgedOut = false
    this.#settleStart.resolve()
  }

  #onBlock(block: Block): Promise<void> | undefined {
    const { onBlock, onRecord } = this.#options
    let fatal: LiveGatewayError | undefined
    let kept = 0
    for (let at = 0; at < block.length; ) {
      const head = block.u32[at >>> 2] as number
      const length = (head & 0xff) * 4
      const rtype = (head >>> 8) & 0xff
      if ((head & 0xff) < (this.#fewestWords[rtype] as number)) throw shortRecordError(rtype, head & 0xff)
      if (rtype >= GATEWAY_RTYPE.error && rtype <= GATEWAY_RTYPE.system) {
        const error = this.#onGatewayRecord(block.view, at, rtype)
        if (error !== undefined) fatal ??= error
      }
      if (this.#progress.accept(block, at)) {
        if (kept !== at) block.bytes.copyWithin(kept, at, at + length)
        kept += length
      }
      at += length
    }
    this.#attempt = 0
    const metadata = this.#metadata
    let busy: Promise<void> | undefined
    if (metadata !== undefined && kept > 0 && (onBlock !== undefined || onRecord !== undefined)) {
      const rest = kept === block.length ? block : { ...block, length: kept }
      busy = guarded(() => {
        if (onRecord !== undefined) {
          for (let at = 0; at < kept; at += (rest.bytes[at] as number) * 4)
            onRecord(decodeRecord(rest.view, at, this.#format))
        }
        return onBlock?.(rest, metadata) ?? undefined
      })
    }
    if (fatal !== undefined) throw fatal
    return busy === undefined && this.#gate === undefined ? undefined : this.#wait(busy)
  }

  /** Handles a record of the gateway; answers with an error that ends the session. */
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
      if (error.isFatal) return error
      guarded(() => onGatewayError?.(error))
      return undefined
    }
    const message = readSystem(view, at, this.#format)
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
    this.#replaying.delete(schema)
    for (const held of this.#deferred.splice(0)) {
      if (this.#replaying.has(held.subscription.schema)) this.#deferred.push(held)
      else {
        this.#held.push(held)
        this.#send(held)
      }
    }
  }

  async #wait(busy: Promise<void> | undefined): Promise<void> {
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
  }

  #setState(state: LiveState, detail: LiveStateDetail): void {
    if (state === this.#state) return
    this.#state = state
    guarded(() => this.#options.onState?.(state, detail))
  }

  #end(state: 'stopped' | 'failed', error: unknown): void {
    try {
      this.#setState(state, { error, attempt: this.#attempt, waitMs: 0 })
    } finally {
      if (error === undefined) this.#settleStart.resolve()
      else this.#settleStart.reject(error)
      this.#finish(error)
    }
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

function sessionOptions(options: LiveClientOptions): SessionOptions {
  const { key, dataset, heartbeatSeconds, host } = options
  const fail = (reason: string, hint: string): never => {
    throw new LiveOptionsError({ reason, hint })
  }
  if (key.length < 6 || !/^[\x21-\x7b}~]+$/.test(key))
    fail('the API key is none', 'Give the key, 32 characters that begin with "db-".')
  if (!/^[A-Z0-9]+\.[A-Z0-9]+$/.test(dataset)) fail(`"${dataset}" is no dataset`, 'Such as "OPRA.PILLAR".')
  if (heartbeatSeconds !== undefined && !(heartbeatSeconds >= 5 && heartbeatSeconds <= 1_800))
    fail(`a heartbeat of ${heartbeatSeconds} s`, 'Between 5 and 1,800 s.')
  return {
    host: host ?? `${dataset.toLowerCase().replaceAll('.', '-')}.lsg.databento.com`,
    port: options.port ?? 13_000,
    key,
    dataset,
    tsOut: options.tsOut ?? false,
    compression: options.compression ?? 'none',
    clientName: options.clientName ?? 'Scalp',
    heartbeatSeconds,
    slowReader: options.slowReader ?? 'warn',
    connectMs: options.connectMs ?? 10_000,
    authMs: options.authMs ?? 30_000,
    silenceMs: options.silenceMs ?? ((heartbeatSeconds ?? 30) + 10) * 1_000,
  }
}
