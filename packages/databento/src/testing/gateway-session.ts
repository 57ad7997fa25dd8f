import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib'
import type { Us } from '@scalp/canonical'
import { encodeMetadata } from '../dbn/metadata.js'
import { LineReader, parseFields } from '../live/control-line.js'
import {
  errorRecord,
  type GatewayFormat,
  type GatewayInstrument,
  mappingRecord,
  systemRecord,
  withTsOut,
} from './gateway-records.js'
import { checkAuth, type GatewayRequest, parseRequest } from './gateway-request.js'
import { GatewaySelection, resolveSymbol } from './gateway-selection.js'
import type { GatewayStore } from './gateway-store.js'
import { Wire, type WireOptions } from './gateway-wire.js'

const INVALID_SUBSCRIPTION = 5
const SKIPPED = 7
const SEND_BYTES = 1 << 15
const AGED_OUT = 8
/** Codes of errors after which the gateway closes. */
const ENDING: ReadonlySet<number> = new Set([1, 2, 3, 5, 6, 8])
const encoder = new TextEncoder()

/** What one connection is to meet. */
export interface ConnectionPlan extends WireOptions {
  /** Refuses the key with this text. */
  readonly refuse?: string
  /** Sends this instead of the greeting and the challenge. */
  readonly greeting?: string | Uint8Array
  /** Sends this error in place of the metadata, as a gateway does that fails at once. */
  readonly errorFirst?: { readonly code: number; readonly message: string }
  /** Sends these bytes in place of the metadata. */
  readonly head?: Uint8Array
}

/** What all connections of a gateway share. */
export interface SessionWorld {
  readonly key: string
  readonly dataset: string
  readonly version: number
  readonly store: GatewayStore
  readonly instruments: readonly GatewayInstrument[]
  readonly heartbeatMs: number | undefined
  readonly slowChunks: number
  readonly nowUs: () => Us
}

/** One connection to a test gateway, as the gateway sees it. */
export class GatewaySession {
  /** Fields of the client's answer to the challenge. */
  auth: ReadonlyMap<string, string> = new Map()
  /** Lines of subscriptions, in the order they came. */
  readonly requests: GatewayRequest[] = []
  hasStarted = false
  /** Kept when the connection is over. */
  readonly closed: Promise<void>
  readonly wire: Wire
  readonly #socket: Socket
  readonly #world: SessionWorld
  readonly #plan: ConnectionPlan
  readonly #selection: GatewaySelection
  readonly #control: (Uint8Array | 'end')[] = []
  readonly #lines = new LineReader()
  readonly #replayed = new Set<string>()
  readonly #unresolved: string[] = []
  #format: GatewayFormat
  #cursor = 0
  #isBehind = false
  #compress: ZstdCompress | undefined
  #compressed: Uint8Array[] = []
  #wake: () => void = () => undefined

  constructor(socket: Socket, world: SessionWorld, plan: ConnectionPlan) {
    this.#socket = socket
    this.#world = world
    this.#plan = plan
    this.#format = { version: world.version, tsOut: false }
    this.#selection = new GatewaySelection(world.instruments.length > 0)
    this.wire = new Wire(socket, plan)
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Uint8Array) => {
      this.#lines.push(bytes)
      this.notify()
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => this.notify())
  }

  /** Something may be there to send, or to read. */
  notify(): void {
    this.#wake()
  }

  /** Sends a system record: 0 heartbeat, 1 subscribed, 2 slow reader, 3 replay completed, 4 end of interval. */
  system(code: number, message: string, eventUs: Us = this.#world.nowUs()): void {
    this.#queue(systemRecord(this.#format, { code, message, eventUs }))
  }

  /** Sends an error record, and closes the connection after a code that ends it. */
  error(code: number, message: string, isLast = true): void {
    this.#queue(errorRecord(this.#format, { code, message, isLast, eventUs: this.#world.nowUs() }))
    if (ENDING.has(code)) this.end()
  }

  /** Says what an instrument id stands for from now on. */
  mapping(instrument: GatewayInstrument, symbolIn: string = instrument.symbol): void {
    const eventUs = this.#world.nowUs()
    this.#queue(mappingRecord(this.#format, { ...instrument, symbolIn, stypeIn: 'raw_symbol', eventUs }))
  }

  /** Sends whole records to this session alone. */
  records(bytes: Uint8Array): void {
    this.#queue(withTsOut(bytes, this.#format.tsOut, this.#world.nowUs()))
  }

  /** Closes in good order, once what is queued was sent. */
  end(): void {
    this.#control.push('end')
    this.notify()
  }

  /** Breaks the connection at once. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Serves the connection to its end. */
  async run(): Promise<void> {
    const { dataset, key } = this.#world
    const challenge = `challenge-${this.#socket.remotePort}`
    const { greeting } = this.#plan
    if (greeting !== undefined) return this.#line(greeting)
    await this.#line('lsg_version=0.4.2\n')
    await this.#line(`cram=${challenge}|\n`)
    const answer = await this.#nextLine()
    if (answer === undefined) return
    this.auth = parseFields(answer)
    const refusal = this.#plan.refuse ?? checkAuth(this.auth, { challenge, key, dataset })
    if (refusal !== undefined) {
      await this.#line(`success=0|error=${refusal}\n`)
      return this.wire.end()
    }
    await this.#line(`success=1|session_id=${this.#socket.remotePort}|\n`)
    this.wire.beginStream()
    this.#format = { ...this.#format, tsOut: this.auth.get('ts_out') === '1' }
    if (this.auth.get('compression') === 'zstd') this.#startCompression()
    while (!this.hasStarted) {
      const line = await this.#nextLine()
      if (line === undefined) return
      this.#onLine(line)
    }
    await this.#stream()
  }

  async #stream(): Promise<void> {
    const { store, nowUs } = this.#world
    if (this.#plan.errorFirst !== undefined) {
      await this.#send(errorRecord(this.#format, { ...this.#plan.errorFirst, eventUs: nowUs() }))
      return this.#end()
    }
    await this.#send(this.#plan.head ?? this.#metadata())
    while (!this.wire.isDead) {
      const control = this.#control.shift()
      if (control === 'end') return this.#end()
      if (control !== undefined) await this.#send(control)
      else if (!(await this.#sendNext(store))) await this.#idle()
    }
  }

  #metadata(): Uint8Array {
    const { dataset, version, nowUs } = this.#world
    return encodeMetadata({
      version,
      dataset,
      schema: null,
      start: BigInt(nowUs()) * 1_000n,
      end: null,
      limit: null,
      stypeIn: null,
      stypeOut: 'instrument_id',
      tsOut: this.#format.tsOut,
      symbolCstrLen: version === 1 ? 22 : 71,
      symbols: [],
      partial: [],
      notFound: [],
      mappings: [],
    })
  }

  /** Sends the next chunk, or what stands between replay and live; false when there is nothing to send. */
  async #sendNext(store: GatewayStore): Promise<boolean> {
    const line = this.#lines.next()
    if (line !== undefined) {
      this.#onLine(line)
      return true
    }
    if (this.#cursor < store.begin) return this.#fallBehind(store)
    const isBehind = store.end - this.#cursor > this.#world.slowChunks && this.#replayed.size === 0
    if (isBehind && !this.#isBehind) this.system(2, 'Warning: slow reading')
    this.#isBehind = isBehind
    if (this.#cursor < store.end) {
      await this.#send(withTsOut(this.#nextRecords(store), this.#format.tsOut, this.#world.nowUs()))
      return true
    }
    for (const schema of this.#replayed) this.system(3, `Finished ${schema} replay`)
    const hasCaughtUp = this.#replayed.size > 0
    this.#replayed.clear()
    return hasCaughtUp
  }

  /** Wanted records of the next chunks, as many as leave well together. */
  #nextRecords(store: GatewayStore): Uint8Array {
    const picked: Uint8Array[] = []
    for (let bytes = 0; bytes < SEND_BYTES && this.#cursor < store.end; ) {
      const chunk = store.get(this.#cursor)
      if (chunk !== undefined) picked.push(this.#selection.pick(chunk, this.#cursor))
      bytes += picked.at(-1)?.length ?? 0
      this.#cursor++
    }
    return picked.length === 1 ? (picked[0] as Uint8Array) : Buffer.concat(picked)
  }

  /** What the session had still to read was let go of: it skips, or is closed. */
  #fallBehind(store: GatewayStore): boolean {
    if (this.auth.get('slow_reader_behavior') === 'skip') {
      this.error(SKIPPED, `Slow client detected for ${this.#world.dataset}`)
      this.#cursor = store.begin
    } else this.end()
    return true
  }

  async #idle(): Promise<void> {
    const { heartbeatMs = Number(this.auth.get('heartbeat_interval_s') ?? 30) * 1_000 } = this.#world
    const timer = new AbortController()
    const isSilent = await Promise.race([
      sleep(heartbeatMs, true, { signal: timer.signal }).catch(() => false),
      this.#changed().then(() => false),
    ])
    timer.abort()
    if (isSilent) this.system(0, 'Heartbeat')
  }

  #onLine(line: string): void {
    if (/^start_session(?:=|$)/.test(line)) {
      this.#start()
      return
    }
    const request = parseRequest(line)
    if (typeof request === 'string') return this.error(INVALID_SUBSCRIPTION, request)
    this.requests.push(request)
    if (this.hasStarted && request.start !== undefined)
      return this.error(INVALID_SUBSCRIPTION, 'Start after the session has started')
    this.#subscribe(request)
  }

  #subscribe(request: GatewayRequest): void {
    const { store, instruments } = this.#world
    const found: GatewayInstrument[] = []
    for (const symbol of request.symbols) {
      const resolved = resolveSymbol(symbol, request, instruments)
      if (resolved.length === 0 && instruments.length > 0) this.#unresolved.push(symbol)
      for (const instrument of resolved) {
        found.push(instrument)
        this.#queueMapping(instrument, symbol, request)
      }
    }
    this.#selection.add(request, found, store.end)
    if (request.start !== undefined) this.#replayed.add(request.schema)
    if (!request.isLast) return
    this.system(1, `Subscription request ${request.id} for ${request.schema} data succeeded`)
    const unresolved = this.#unresolved.splice(0)
    for (const [at, symbol] of unresolved.entries())
      this.error(4, `Failed to resolve symbol ${symbol}`, at === unresolved.length - 1)
  }

  #queueMapping(instrument: GatewayInstrument, symbolIn: string, { stypeIn }: GatewayRequest): void {
    const eventUs = this.#world.nowUs()
    this.#queue(mappingRecord(this.#format, { ...instrument, symbolIn, stypeIn, eventUs }))
  }

  #start(): void {
    const { store } = this.#world
    this.hasStarted = true
    this.#cursor = store.end
    if (this.#replayed.size === 0) return
    const fromUs = this.#selection.replayFromUs
    const oldest = store.get(store.begin)
    const isAgedOut = store.begin > 0 && fromUs > 0 && oldest !== undefined && fromUs < oldest.lastUs
    if (isAgedOut) this.error(AGED_OUT, 'Replay data aged out')
    else this.#cursor = store.firstAt(fromUs)
  }

  #queue(bytes: Uint8Array): void {
    this.#control.push(bytes)
    this.notify()
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  async #nextLine(): Promise<string | undefined> {
    for (;;) {
      const line = this.#lines.next()
      if (line !== undefined) return line
      if (this.#socket.destroyed || this.#socket.readableEnded) return undefined
      await this.#changed()
    }
  }

  #line(text: string | Uint8Array): Promise<void> {
    return this.wire.send(typeof text === 'string' ? encoder.encode(text) : text)
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const compress = this.#compress
    if (compress === undefined) return this.wire.send(bytes)
    compress.write(bytes)
    await new Promise<void>((resolve) => compress.flush(constants.ZSTD_e_flush, resolve))
    for (const piece of this.#compressed.splice(0)) await this.wire.send(piece)
  }

  #startCompression(): void {
    const compress = createZstdCompress()
    compress.on('data', (piece: Uint8Array) => this.#compressed.push(piece))
    this.#compress = compress
  }

  async #end(): Promise<void> {
    const compress = this.#compress
    if (compress !== undefined) {
      await new Promise<void>((resolve) => compress.once('end', resolve).end())
      for (const piece of this.#compressed.splice(0)) await this.wire.send(piece)
    }
    if (!this.wire.isDead) this.wire.end()
  }
}
