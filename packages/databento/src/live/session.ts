import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { type Block, RecordAssembler } from '../dbn/assembler.js'
import type { Metadata } from '../dbn/metadata.js'
import type { RecordFormat } from '../dbn/record.js'
import { isZstd } from '../zstd/frame-walker.js'
import { formatFields, LineReader, parseFields } from './control-line.js'
import { bucketOf, cramResponse } from './cram.js'
import {
  isFatal,
  LiveAuthError,
  LiveConnectError,
  LiveDatasetError,
  LiveDisconnectError,
  LiveProtocolError,
  LiveTimeoutError,
  LiveVersionError,
} from './errors.js'
import { Watchdog } from './watchdog.js'

/** Bytes handed to the assembler at once: less than its buffer, so that one piece makes one block. */
const PIECE_BYTES = 1 << 16
const SNIFF_BYTES = 4
const ERROR_RTYPE = 0x15
/** Words of an error record: of version 1, and of those after it; two more with the gateway's send time. */
const ERROR_WORDS = { v1: 20, v3: 80, tsOut: 2 } as const
const MAX_VERSION = 3
/** Of each address of a host but the last. */
const ADDRESS_MS = 2_500

/** What one connection needs to know. */
export interface SessionOptions {
  readonly host: string
  readonly port: number
  readonly key: string
  readonly dataset: string
  readonly tsOut: boolean
  readonly compression: 'none' | 'zstd'
  readonly clientName: string
  readonly heartbeatSeconds: number | undefined
  readonly slowReader: 'warn' | 'skip'
  readonly connectMs: number
  readonly authMs: number
  readonly silenceMs: number
}

/** What a connection tells. */
export interface SessionHandlers {
  /** The lines that subscribe, asked for once the gateway has let us in. */
  readonly subscribe: () => readonly string[]
  readonly onConnected: () => void
  readonly onMetadata: (metadata: Metadata) => void
  /** A promise holds up reading until it is kept. */
  readonly onBlock: (block: Block) => Promise<void> | undefined
  /** The gateway's bare error, in place of metadata. */
  readonly onFragment: (format: RecordFormat) => void
}

/** One connection to the gateway: from the greeting to the end of its stream. */
export class LiveSession {
  sessionId = ''
  readonly #options: SessionOptions
  readonly #handlers: SessionHandlers
  readonly #watchdog: Watchdog
  #socket: Socket | undefined
  #inflate: Readable | undefined
  #isStopping = false
  #isStreaming = false
  #drain: NodeJS.Timeout | undefined
  #held: Promise<void> | undefined

  constructor(options: SessionOptions, handlers: SessionHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#watchdog = new Watchdog(options.silenceMs, (error) => {
      this.#socket?.destroy(error)
      this.#inflate?.destroy(error)
    })
  }

  /** Runs the connection to its end; resolves when the gateway closed it between two records, or we did. */
  async run(): Promise<void> {
    try {
      const socket = await this.#connect()
      if (this.#isStopping) return
      const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
      const rest = await this.#handshake(socket, chunks)
      this.#handlers.onConnected()
      /** Whoever only wanted to know whether we are let in has stopped us. */
      if (this.#isStopping) return
      this.#isStreaming = true
      for (const line of this.#handlers.subscribe()) socket.write(line)
      socket.write('start_session\n')
      this.#watchdog.start()
      await this.#stream(rest, chunks)
    } catch (error) {
      if (!this.#isStopping || isFatal(error)) throw asLiveError(error)
    } finally {
      clearTimeout(this.#drain)
      this.#watchdog.stop()
      this.#inflate?.destroy()
      this.#socket?.destroy()
    }
  }

  /** Sends further lines of subscriptions. */
  send(lines: readonly string[]): void {
    if (this.#isStreaming) for (const line of lines) this.#socket?.write(line)
  }

  /** Ends our side, and reads what the gateway has still sent, for at most `drainMs`. */
  stop(drainMs: number): void {
    this.#isStopping = true
    if (!this.#isStreaming) this.#socket?.destroy()
    else {
      this.#socket?.end()
      this.#drain = setTimeout(() => this.#socket?.destroy(), drainMs)
    }
  }

  async #connect(): Promise<Socket> {
    const { host, port, connectMs } = this.#options
    const socket = connect({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: ADDRESS_MS })
    this.#socket = socket
    const timer = setTimeout(
      () => socket.destroy(new LiveTimeoutError({ step: 'connect', ms: connectMs })),
      connectMs,
    )
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('error', reject)
        socket.once('close', () => reject(new LiveDisconnectError({ where: 'before it was made' })))
      })
    } catch (cause) {
      if (cause instanceof LiveTimeoutError) throw cause
      throw new LiveConnectError({ host, port, cause })
    } finally {
      clearTimeout(timer)
    }
    /** The iterator reports errors; one that comes when nobody iterates must not end the process. */
    socket.on('error', () => undefined)
    return socket
  }

  async #handshake(socket: Socket, chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
    const { authMs, key, dataset } = this.#options
    const timer = setTimeout(
      () => socket.destroy(new LiveTimeoutError({ step: 'let us in', ms: authMs })),
      authMs,
    )
    try {
      const reader = new LineReader()
      const greeting = await nextFields(reader, chunks)
      if (!greeting.has('lsg_version')) throw new LiveProtocolError({ reason: 'it did not greet' })
      const challenge = (await nextFields(reader, chunks)).get('cram')
      if (challenge === undefined || challenge === '')
        throw new LiveProtocolError({ reason: 'it sent no challenge' })
      socket.write(this.#authLine(challenge))
      const answer = await nextFields(reader, chunks)
      if (answer.get('success') !== '1') {
        const message = (answer.get('error') ?? 'no reason given').replaceAll(key, `…${bucketOf(key)}`)
        throw new LiveAuthError({ message, bucket: bucketOf(key), dataset })
      }
      this.sessionId = answer.get('session_id') ?? ''
      return reader.rest()
    } finally {
      clearTimeout(timer)
    }
  }

  #authLine(challenge: string): string {
    const { key, dataset, tsOut, compression, clientName, heartbeatSeconds, slowReader } = this.#options
    return formatFields({
      auth: cramResponse(challenge, key),
      dataset,
      encoding: 'dbn',
      ts_out: tsOut ? 1 : 0,
      compression,
      client: clientName,
      heartbeat_interval_s: heartbeatSeconds,
      slow_reader_behavior: slowReader,
    })
  }

  async #stream(rest: Uint8Array, chunks: AsyncIterator<Uint8Array>): Promise<void> {
    let source: AsyncIterator<Uint8Array> = this.#heard(joined(rest, chunks))
    let head = await sniff(source)
    if (isZstd(head)) {
      this.#inflate = inflated(joined(head, source))
      source = this.#inflate[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
      head = await sniff(source)
    }
    await this.#read(head, joined(head, source))
  }

  async #read(head: Uint8Array, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const format = this.#errorFormat(head)
    if (format !== undefined) this.#handlers.onFragment(format)
    const assembler = new RecordAssembler(
      {
        onMetadata: (metadata) => this.#onMetadata(metadata),
        onBlock: (block) => {
          this.#held = this.#handlers.onBlock(block)
        },
      },
      'the live stream',
      format === undefined ? {} : { isFragment: true, format },
    )
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        assembler.push(chunk.subarray(at, at + PIECE_BYTES))
        if (this.#held !== undefined) await this.#hold(this.#held)
      }
    }
    if (this.#isStopping) return
    if (assembler.isInMetadata) throw new LiveDisconnectError({ where: 'before the stream began' })
    if (assembler.left > 0) throw new LiveDisconnectError({ where: 'inside a record' })
  }

  #onMetadata(metadata: Metadata): void {
    const { dataset } = this.#options
    if (metadata.dataset !== dataset) throw new LiveDatasetError({ wanted: dataset, found: metadata.dataset })
    this.#handlers.onMetadata(metadata)
  }

  /** The bytes as they come, each piece of which says that the gateway is alive. */
  async *#heard(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.#watchdog.touch()
      yield piece
    }
  }

  /** Nothing is read while a consumer is busy: TCP holds up the gateway, and memory stays as it is. */
  async #hold(held: Promise<void>): Promise<void> {
    this.#held = undefined
    this.#watchdog.stop()
    await held
    this.#watchdog.start()
  }

  /** The layout of an error record that stands where metadata should; undefined: there is none. */
  #errorFormat(head: Uint8Array): RecordFormat | undefined {
    const [words = 0, rtype, , version = 0] = head
    if (rtype === ERROR_RTYPE) {
      const isFirst = words <= ERROR_WORDS.v1 + ERROR_WORDS.tsOut
      const tsOut = words > (isFirst ? ERROR_WORDS.v1 : ERROR_WORDS.v3)
      return { version: isFirst ? 1 : MAX_VERSION, tsOut }
    }
    const isDbn = head.length >= SNIFF_BYTES && decoder.decode(head.subarray(0, 3)) === 'DBN'
    if (isDbn && (version < 1 || version > MAX_VERSION)) throw new LiveVersionError({ version })
    return undefined
  }
}

const decoder = new TextDecoder()

async function nextFields(
  reader: LineReader,
  chunks: AsyncIterator<Uint8Array>,
): Promise<Map<string, string>> {
  for (;;) {
    const line = reader.next()
    if (line !== undefined) return parseFields(line)
    const { done, value } = await chunks.next()
    if (done === true) throw new LiveDisconnectError({ where: 'in the handshake' })
    reader.push(value)
  }
}

/** The first bytes, then the others; does not end the iterator it reads from. */
async function* joined(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  for (;;) {
    const { done, value } = await chunks.next()
    if (done === true) return
    yield value
  }
}

/** At least the bytes that tell what a stream is, or all if there are fewer. */
async function sniff(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const reader = new LineReader()
  while (reader.rest().length < SNIFF_BYTES) {
    const { done, value } = await source.next()
    if (done === true) break
    reader.push(value)
  }
  return reader.rest()
}

function inflated(source: AsyncIterable<Uint8Array>): Readable {
  const compressed = Readable.from(source, { objectMode: false, highWaterMark: PIECE_BYTES })
  const inflate = createZstdDecompress()
  compressed.on('error', (error) => inflate.destroy(error))
  /** The iterator reports errors; one that comes when nobody iterates must not end the process. */
  inflate.on('error', () => compressed.destroy())
  return compressed.pipe(inflate)
}

/** Turns what a socket or a decoder throws into an error of this client. */
function asLiveError(error: unknown): unknown {
  const code = (error as { readonly code?: unknown } | undefined)?.code
  if (typeof code !== 'string' || code.startsWith('LIVE_')) return error
  if (code.startsWith('DBN_')) return new LiveProtocolError({ reason: 'its stream is corrupt', cause: error })
  if (code === 'Z_BUF_ERROR') return new LiveDisconnectError({ where: 'inside a zstd frame', cause: error })
  if (code.startsWith('Z'))
    return new LiveProtocolError({ reason: 'its stream does not decompress', cause: error })
  return new LiveDisconnectError({ where: `with ${code}`, cause: error })
}
