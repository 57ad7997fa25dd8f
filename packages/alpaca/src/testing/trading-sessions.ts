import type { IncomingMessage } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { decodeMsgpack } from '../wire/msgpack-reader.js'
import { encodeMsgpack, type MsgpackValue } from '../wire/msgpack-writer.js'
import type { StreamFaults } from './faults.js'
import type { TradeUpdate } from './venue-types.js'

/** The sockets of the trading stream: objects, JSON in binary frames, no banner, no replay. */
export class TradingSessions {
  readonly #faults: StreamFaults
  readonly #isKey: (keyId: string, secretKey: string) => boolean
  readonly #sessions = new Set<TradingSession>()
  #held: TradeUpdate[] = []
  /** Paper sends JSON in binary frames. */
  areFramesBinary = true

  constructor(faults: StreamFaults, isKey: (keyId: string, secretKey: string) => boolean) {
    this.#faults = faults
    this.#isKey = isKey
  }

  /** Sessions that are listening now. */
  get listening(): number {
    return Array.from(this.#sessions).filter(({ isListening }) => isListening).length
  }

  accept(socket: WebSocket, request: IncomingMessage): void {
    const isMsgpack = request.headers['content-type'] === 'application/msgpack'
    const session = new TradingSession(socket, isMsgpack, this, this.#faults, this.#isKey)
    this.#sessions.add(session)
    socket.on('close', () => this.#sessions.delete(session))
  }

  /** Sends an update to whoever listens; nobody gets it later. */
  publish(update: TradeUpdate): void {
    const faults = this.#faults
    if (faults.isSilent) return
    if (faults.loseUpdates > 0) {
      faults.loseUpdates--
      return
    }
    if (faults.reorderUpdates > 0) {
      faults.reorderUpdates--
      this.#held.push(update)
      return
    }
    const held = this.#held
    this.#held = []
    const updates = [update, ...held]
    if (faults.duplicateUpdates > 0) {
      faults.duplicateUpdates--
      updates.push(update)
    }
    for (const session of this.#sessions)
      if (session.isListening) for (const data of updates) session.send({ stream: 'trade_updates', data })
  }

  /** Says that something broke, and closes. */
  fail(): void {
    for (const session of Array.from(this.#sessions)) {
      session.send({ action: 'error', data: { error_message: 'internal server error' } })
      session.socket.close()
    }
  }

  sendRaw(frame: Uint8Array | string): void {
    for (const { socket } of this.#sessions) socket.send(frame)
  }

  /** Cuts every socket without a close frame. */
  drop(): void {
    for (const { socket } of this.#sessions) socket.terminate()
  }
}

class TradingSession {
  readonly socket: WebSocket
  readonly #isMsgpack: boolean
  readonly #owner: TradingSessions
  readonly #isKey: (keyId: string, secretKey: string) => boolean
  #isAuthorized = false
  isListening = false

  constructor(
    socket: WebSocket,
    isMsgpack: boolean,
    owner: TradingSessions,
    faults: StreamFaults,
    isKey: (keyId: string, secretKey: string) => boolean,
  ) {
    this.socket = socket
    this.#isMsgpack = isMsgpack
    this.#owner = owner
    this.#isKey = isKey
    socket.on('message', (data) => this.#onMessage(data))
    socket.on('ping', () => {
      if (!faults.isDeaf) socket.pong()
    })
    socket.on('error', () => socket.terminate())
  }

  send(message: Readonly<Record<string, unknown>>): void {
    if (this.socket.readyState !== 1) return
    if (this.#isMsgpack) this.socket.send(encodeMsgpack(message as { [key: string]: MsgpackValue }))
    else {
      const text = JSON.stringify(message)
      this.socket.send(this.#owner.areFramesBinary ? Buffer.from(text) : text)
    }
  }

  #onMessage(data: RawData): void {
    const message = this.#read(data as Buffer)
    const inner = isRecord(message['data']) ? message['data'] : {}
    const action = message['action']
    if (action === 'authenticate' || action === 'auth') {
      const keyId = String(inner['key_id'] ?? message['key'])
      const secretKey = String(inner['secret_key'] ?? message['secret'])
      this.#isAuthorized = this.#isKey(keyId, secretKey)
      const status = this.#isAuthorized ? 'authorized' : 'unauthorized'
      this.send({ stream: 'authorization', data: { status, action: 'authenticate' } })
    } else if (action === 'listen') {
      if (!this.#isAuthorized) {
        this.send({ stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } })
        return
      }
      const streams = Array.isArray(inner['streams']) ? inner['streams'] : []
      this.isListening = streams.includes('trade_updates')
      this.send({ stream: 'listening', data: { streams: this.isListening ? ['trade_updates'] : [] } })
    }
  }

  #read(data: Buffer): Readonly<Record<string, unknown>> {
    try {
      const message: unknown = this.#isMsgpack ? decodeMsgpack(data) : JSON.parse(data.toString())
      return isRecord(message) ? message : {}
    } catch {
      return {}
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
