import { applyMessage } from './apply-message.js'
import { type Command, SUBPROTOCOL } from './client-messages.js'
import type { CommandResult, ConnectionStatus } from './messages/system.js'
import { parseServerMessage, type ServerMessage } from './server-messages.js'
import { emptySnapshot, type Snapshot } from './snapshot.js'

/** How a connection stands. `refused` is final: the token is wrong. */
export type ClientState = 'connecting' | 'live' | 'waiting' | 'refused' | 'closed'

/** The part of a WebSocket that the client uses: the browser's own, or that of `ws`. */
export interface ClientSocket {
  send(text: string): void
  close(code?: number): void
  onopen: ((event: unknown) => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  onerror: ((event: unknown) => void) | null
}

/** What a client takes. */
export interface LiveClientOptions {
  /** `ws://127.0.0.1:8787/ws`. */
  readonly url: string
  readonly token: string
  /** Market data of these underlyings only; all unless told. */
  readonly symbols?: readonly string[]
  /** After each message, with the state it led to. */
  readonly onMessage?: (message: ServerMessage, state: Snapshot) => void
  readonly onState?: (state: ClientState, connection: ConnectionStatus | undefined) => void
  /** Messages lost on the way, or unreadable. The client then asks for a snapshot by itself. */
  readonly onProblem?: (reason: string) => void
  /** Waits between attempts, ms; 500 doubling to 5,000 unless told. */
  readonly retryMs?: (attempt: number) => number
  /** Nothing for so long, and the connection is given up; 45,000 ms unless told. */
  readonly silenceMs?: number
  /** The platform's `WebSocket` unless told. */
  readonly connect?: (url: string, protocols: string[]) => ClientSocket
}

interface PendingCommand {
  readonly resolve: (result: CommandResult) => void
  readonly timer: ReturnType<typeof setTimeout>
}

/** Codes with which the server closes for good: a wrong token. */
const FINAL = new Set([4401])

/**
 * Follows a daemon: keeps the snapshot up to date, notices a gap in the numbers, and resumes where it stopped.
 *
 * Runs in browsers and in Node from version 22.
 */
export class LiveClient {
  /** All that is known now; changed in place. */
  readonly snapshot: Snapshot = emptySnapshot()
  readonly #options: LiveClientOptions
  readonly #commands = new Map<string, PendingCommand>()
  #socket: ClientSocket | undefined
  #state: ClientState = 'closed'
  #streamId: string | undefined
  #seq = 0
  #attempt = 0
  #ids = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #connection: ConnectionStatus | undefined
  #resumes = 0

  constructor(options: LiveClientOptions) {
    this.#options = options
  }

  get state(): ClientState {
    return this.#state
  }

  /** The greeting of the server; undefined before the first. */
  get connection(): ConnectionStatus | undefined {
    return this.#connection
  }

  /** The number of the last message that was applied. */
  get seq(): number {
    return this.#seq
  }

  /** How often numbering went on after a reconnect. */
  get resumes(): number {
    return this.#resumes
  }

  /** Connects, and goes on connecting until {@link close}. */
  open(): void {
    if (this.#state !== 'closed' && this.#state !== 'refused') return
    this.#connect()
  }

  close(): void {
    this.#set('closed')
    this.#stop()
    this.#socket?.close(1000)
    this.#socket = undefined
    this.#fail('The connection was closed.')
  }

  /** Gives a command; resolves with what came of it, also when it was refused. */
  command(command: Command, timeoutMs = 10_000): Promise<CommandResult> {
    const id = `c${++this.#ids}`
    return new Promise((resolve) => {
      const failed = (message: string, code: string): CommandResult => ({
        id,
        command: command.command,
        ok: false,
        code,
        message,
      })
      if (this.#state !== 'live') {
        resolve(failed('There is no connection.', 'NOT_CONNECTED'))
        return
      }
      const timer = setTimeout(() => {
        this.#commands.delete(id)
        resolve(failed('No answer came in time; look at the state before trying again.', 'COMMAND_TIMEOUT'))
      }, timeoutMs)
      this.#commands.set(id, { resolve, timer })
      this.#send({ type: 'command', id, ...command })
    })
  }

  /** Narrows market data to these underlyings. */
  subscribe(symbols: readonly string[]): void {
    this.#send({ type: 'subscribe', symbols })
  }

  unsubscribe(symbols: readonly string[]): void {
    this.#send({ type: 'unsubscribe', symbols })
  }

  #connect(): void {
    this.#set('connecting')
    const { url, token, symbols } = this.#options
    const connect = this.#options.connect ?? browserSocket
    const socket = connect(url, [SUBPROTOCOL, `bearer.${token}`])
    this.#socket = socket
    socket.onopen = () => {
      const resume = this.#streamId === undefined ? {} : { streamId: this.#streamId, seq: this.#seq }
      this.#send({ type: 'hello', ...resume, ...(symbols === undefined ? {} : { symbols }) })
      this.#listen()
    }
    socket.onmessage = (event) => {
      if (this.#socket === socket && typeof event.data === 'string') this.#receive(event.data)
    }
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#lost(event.code)
    }
    socket.onerror = () => undefined
  }

  #receive(text: string): void {
    this.#listen()
    const parsed = parseServerMessage(text)
    if (!parsed.ok) {
      if (parsed.isUnknownType) this.#advance(parsed.seq)
      else this.#restart(`A message could not be read: ${parsed.reason}`)
      return
    }
    const { message } = parsed
    switch (message.type) {
      case 'connection_status':
        this.#connection = message.data
        this.#attempt = 0
        if (message.data.resumed) this.#resumes++
        else {
          this.#streamId = message.data.streamId
          this.#seq = 0
        }
        this.#set('live')
        break
      case 'ping':
        this.#send({ type: 'pong' })
        break
      case 'command_result': {
        const pending = this.#commands.get(message.data.id)
        this.#commands.delete(message.data.id)
        clearTimeout(pending?.timer)
        pending?.resolve(message.data)
        break
      }
      default:
        if (!this.#advance(message.seq)) return
        applyMessage(this.snapshot, message)
    }
    this.#options.onMessage?.(message, this.snapshot)
  }

  /** True when a number is the next; one that came before is passed over, a gap starts anew. */
  #advance(seq: number | undefined): boolean {
    if (seq === undefined) return true
    if (seq <= this.#seq) return false
    if (seq !== this.#seq + 1) {
      this.#restart(`Messages ${this.#seq + 1} to ${seq - 1} are missing.`)
      return false
    }
    this.#seq = seq
    return true
  }

  /** Forgets the stream, so that the next greeting brings a snapshot. */
  #restart(reason: string): void {
    this.#options.onProblem?.(reason)
    this.#streamId = undefined
    this.#socket?.close(4000)
  }

  #lost(code: number): void {
    this.#socket = undefined
    this.#stop()
    this.#fail('The connection broke before the answer came.')
    if (this.#state === 'closed') return
    if (FINAL.has(code)) {
      this.#set('refused')
      return
    }
    this.#set('waiting')
    const wait = this.#options.retryMs ?? defaultRetryMs
    this.#retry = setTimeout(() => this.#connect(), wait(this.#attempt++))
  }

  #fail(message: string): void {
    for (const [id, { resolve, timer }] of this.#commands) {
      clearTimeout(timer)
      resolve({ id, command: '', ok: false, code: 'NOT_CONNECTED', message })
    }
    this.#commands.clear()
  }

  #listen(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#socket?.close(4000), this.#options.silenceMs ?? 45_000)
  }

  #stop(): void {
    clearTimeout(this.#silence)
    clearTimeout(this.#retry)
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message))
  }

  #set(state: ClientState): void {
    this.#state = state
    this.#options.onState?.(state, this.#connection)
  }
}

/** Makes a client and connects it. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const client = new LiveClient(options)
  client.open()
  return client
}

function defaultRetryMs(attempt: number): number {
  return Math.min(500 * 2 ** attempt, 5_000)
}

function browserSocket(url: string, protocols: string[]): ClientSocket {
  return new WebSocket(url, protocols) as unknown as ClientSocket
}
