import { type Clock, createRandom, type Us, wallClock } from '@scalp/canonical'
import WebSocket, { type RawData } from 'ws'
import { StreamFatalError } from '../errors.js'
import { type BackoffOptions, backoffSeconds, withJitter } from './backoff.js'
import { KillSwitch, type KillSwitchOptions } from './kill-switch.js'
import { type ErrorAction, upgradeErrorAction } from './stream-errors.js'

/** Where a stream stands. */
export type StreamState = 'disconnected' | 'connecting' | 'authenticating' | 'connected' | 'reconnecting'

/** How a stream watches itself and comes back. */
export interface ConnectionOptions extends BackoffOptions, KillSwitchOptions {
  readonly onState?: (state: StreamState, reason: string) => void
  /** Told when the stream ended for good, by a fatal answer or the kill switch: halt trading. */
  readonly onEnded?: (error: StreamFatalError) => void
  /** The least wait after 406 or HTTP 429; 30 s unless told, doubled up to 90. */
  readonly limitedSeconds?: number
  /** A ping goes out so often, and its pong must be back in half of that; 10,000 unless told. */
  readonly pingMs?: number
  /** No data for so long while data are expected: connect anew; 30,000 unless told. */
  readonly silenceMs?: number
  /** Whether data should be flowing now, such as in market hours; never unless told. */
  readonly isDataExpected?: () => boolean
  /** A drop this soon after connecting is a failure for the kill switch; 10,000 unless told. */
  readonly settleMs?: number
  /** Neither upgraded nor authenticated in so long: give up this attempt; 10,000 unless told. */
  readonly connectMs?: number
  readonly clock?: Clock
}

/** What a protocol does on a connection. */
export interface ConnectionProtocol {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** The socket is open: authenticate. */
  onOpen(): void
  onFrame(frame: Uint8Array | string, receivedUs: Us): void
  onDown(): void
}

const MAX_LIMITED_SECONDS = 90
const MAX_PAYLOAD = 64 * 1_048_576

/**
 * Keeps one WebSocket alive: states, waits with jitter, pings, the watch for silence and the kill switch.
 *
 * It knows nothing of messages; a protocol tells it when it is authenticated, and what an error means.
 */
export class StreamConnection {
  readonly #protocol: ConnectionProtocol
  readonly #options: ConnectionOptions
  readonly #clock: Clock
  readonly #killSwitch: KillSwitch
  readonly #chance: () => number
  #socket: WebSocket | undefined
  #state: StreamState = 'disconnected'
  #isWanted = false
  #attempt = 0
  #limitedAttempt = 0
  #authTimeouts = 0
  #nextAction: ErrorAction = 'retry'
  #connectedMs = Number.NaN
  #lastFrameMs = 0
  #retryTimer: NodeJS.Timeout | undefined
  #connectTimer: NodeJS.Timeout | undefined
  #pingTimer: NodeJS.Timeout | undefined
  #pongTimer: NodeJS.Timeout | undefined
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(protocol: ConnectionProtocol, options: ConnectionOptions = {}) {
    this.#protocol = protocol
    this.#options = options
    this.#clock = options.clock ?? wallClock
    this.#killSwitch = new KillSwitch(options)
    this.#chance = createRandom(this.#clock.nowUs())
  }

  get state(): StreamState {
    return this.#state
  }

  /** True once there were too many failures; {@link start} resets it. */
  get isKilled(): boolean {
    return this.#killSwitch.isThrown
  }

  /** Bytes that wait to be sent. */
  get waitingBytes(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  /** Connects, and comes back until {@link stop}. Resolves when connected first; rejects when it ends for good. */
  start(): Promise<void> {
    if (this.#isWanted) return Promise.resolve()
    this.#isWanted = true
    this.#attempt = 0
    this.#limitedAttempt = 0
    this.#authTimeouts = 0
    this.#killSwitch.reset()
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#connect('connecting', 'started')
    })
  }

  /** Closes with a close frame, so that the slot is free at once. */
  async stop(): Promise<void> {
    this.#isWanted = false
    clearTimeout(this.#retryTimer)
    this.#waiting?.resolve()
    this.#waiting = undefined
    const socket = this.#socket
    this.#release()
    this.#setState('disconnected', 'stopped')
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.terminate(), 1_000)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.close()
    })
  }

  send(message: string | Uint8Array): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(message)
  }

  /** The protocol's handshake is done. */
  ready(): void {
    clearTimeout(this.#connectTimer)
    this.#attempt = 0
    this.#limitedAttempt = 0
    this.#authTimeouts = 0
    this.#connectedMs = this.#nowMs()
    this.#setState('connected', 'authenticated')
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  /** The protocol met an error that is more than a report. */
  fail(action: ErrorAction, reason: string, streamCode?: number): void {
    if (action === 'report') return
    if (streamCode === 404 && ++this.#authTimeouts > 1) this.#end(reason, streamCode)
    else if (action === 'stop') this.#end(reason, streamCode)
    else {
      this.#nextAction = action
      this.#socket?.terminate()
      this.#dropped(reason)
    }
  }

  #connect(state: 'connecting' | 'reconnecting', reason: string): void {
    this.#setState(state, reason)
    this.#nextAction = 'retry'
    this.#connectedMs = Number.NaN
    this.#lastFrameMs = this.#nowMs()
    const { url, headers } = this.#protocol
    const socket = new WebSocket(url, { headers, perMessageDeflate: false, maxPayload: MAX_PAYLOAD })
    this.#socket = socket
    this.#connectTimer = setTimeout(() => {
      socket.terminate()
      this.#dropped('the handshake timed out', socket)
    }, this.#options.connectMs ?? 10_000)
    socket.on('open', () => {
      if (socket !== this.#socket) return
      this.#setState('authenticating', 'open')
      this.#protocol.onOpen()
      this.#watch(socket)
    })
    socket.on('message', (data, isBinary) => {
      if (socket === this.#socket) this.#onMessage(data, isBinary)
    })
    socket.on('pong', () => clearTimeout(this.#pongTimer))
    socket.on('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0
      request.destroy()
      if (socket !== this.#socket) return
      const action = upgradeErrorAction(status)
      if (action === 'stop') this.#end(`the upgrade was answered ${status}`, status)
      else {
        this.#nextAction = action
        this.#dropped(`the upgrade was answered ${status}`, socket)
      }
    })
    socket.on('error', (error) => this.#dropped(error.message, socket))
    socket.on('close', (code) => this.#dropped(`closed with ${code}`, socket))
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#lastFrameMs = this.#nowMs()
    const bytes = data as Buffer
    this.#protocol.onFrame(isBinary ? bytes : bytes.toString('utf8'), this.#clock.nowUs())
  }

  /** Transport by pings, and data by their age. */
  #watch(socket: WebSocket): void {
    const pingMs = this.#options.pingMs ?? 10_000
    const silenceMs = this.#options.silenceMs ?? 30_000
    this.#pingTimer = setInterval(
      () => {
        if (socket.readyState !== WebSocket.OPEN) return
        socket.ping()
        clearTimeout(this.#pongTimer)
        this.#pongTimer = setTimeout(() => {
          socket.terminate()
          this.#dropped('no pong came', socket)
        }, pingMs / 2)
        const isSilent = this.#nowMs() - this.#lastFrameMs > silenceMs
        if (isSilent && this.#state === 'connected' && this.#options.isDataExpected?.() === true) {
          socket.close()
          this.#dropped('no data came', socket)
        }
      },
      Math.min(pingMs, silenceMs),
    )
  }

  #dropped(reason: string, socket: WebSocket | undefined = this.#socket): void {
    if (socket === undefined || socket !== this.#socket) return
    const livedMs = this.#nowMs() - this.#connectedMs
    this.#release()
    this.#protocol.onDown()
    if (!this.#isWanted) return
    /** A failed connect has no age (`NaN`) and counts. */
    const isFailure = !(livedMs >= (this.#options.settleMs ?? 10_000))
    if (isFailure && this.#killSwitch.fail(this.#clock.nowUs())) {
      this.#end(`too many failures, the last: ${reason}`)
      return
    }
    this.#setState('reconnecting', reason)
    this.#retryTimer = setTimeout(() => this.#connect('reconnecting', 'trying again'), this.#waitMs())
  }

  #waitMs(): number {
    this.#attempt++
    const usual = backoffSeconds(this.#attempt, this.#options)
    if (this.#nextAction !== 'wait') return 1_000 * withJitter(usual, this.#chance())
    const floor = this.#options.limitedSeconds ?? 30
    const limited = Math.min(floor * 2 ** this.#limitedAttempt++, Math.max(MAX_LIMITED_SECONDS, floor))
    /** Jitter only adds here: the floor is a floor. */
    return 1_000 * Math.max(limited, usual) * (1 + 0.2 * this.#chance())
  }

  #end(reason: string, streamCode?: number): void {
    this.#isWanted = false
    this.#socket?.terminate()
    this.#release()
    this.#protocol.onDown()
    this.#setState('disconnected', reason)
    const error = new StreamFatalError({ url: this.#protocol.url, reason, streamCode })
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.#options.onEnded?.(error)
  }

  #release(): void {
    clearTimeout(this.#connectTimer)
    clearInterval(this.#pingTimer)
    clearTimeout(this.#pongTimer)
    this.#socket = undefined
  }

  #setState(state: StreamState, reason: string): void {
    if (state === this.#state) return
    this.#state = state
    this.#options.onState?.(state, reason)
  }

  #nowMs(): number {
    return this.#clock.nowUs() / 1_000
  }
}
