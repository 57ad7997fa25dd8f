import { createRequire } from 'node:module'
import { constants, createZstdDecompress } from 'node:zlib'
import { ScalpError } from '@scalp/canonical'
import { WorkerContext } from './worker-context.js'

/**
 * A zstd decompressor that works at once, in the calling thread, into a buffer of the caller's.
 *
 * Streams of the runtime go through its thread pool and an event for every piece, which costs more than the
 * decompression itself.
 */
export interface ZstdContext {
  /** Bytes that the last {@link run} took of its input. */
  consumed: number
  /** Bytes that the last {@link run} gave. */
  produced: number
  /**
   * Decompresses `input[from, to)` into `out[at, end)`, as far as either lasts.
   *
   * @throws An error that says what the library says, when the input does not decompress.
   */
  run(input: Uint8Array, from: number, to: number, out: Uint8Array, at: number, end: number): void
  close(): void
}

/**
 * Which decompressor reads files: the runtime's own, or the addon `zstd-napi`, an optional peer; `worker` is the runtime's
 * own in a thread, by what it documents alone, which `node` falls back on where it must.
 */
export type ZstdLibrary = 'node' | 'native' | 'worker'

/** Thrown when the decompressor asked for is not there. */
export class ZstdUnavailableError extends ScalpError {
  override readonly name = 'ZstdUnavailableError'
  constructor(library: ZstdLibrary, cause?: unknown) {
    super(
      library === 'native'
        ? 'The addon zstd-napi is not installed.'
        : 'The zstd of this runtime could not be started.',
      {
        code: 'ZSTD_UNAVAILABLE',
        hint:
          library === 'native'
            ? 'Install it (`npm install zstd-napi`), or unset SCALP_ZSTD: the runtime’s own is nearly as fast.'
            : 'Use Node 22.18 or newer, or install zstd-napi and set SCALP_ZSTD=native.',
        cause,
      },
    )
  }
}

/**
 * Makes a decompressor of the library asked for, else of the one that the environment variable `SCALP_ZSTD`
 * names (`node`, `native` or `worker`), else of the addon if it is installed, else of the runtime's own.
 *
 * @throws {@link ZstdUnavailableError}
 */
export function createZstdContext(library: ZstdLibrary | undefined = libraryAsked()): ZstdContext {
  if (library === 'worker') return createWorkerContext()
  if (library === 'node') return createNodeContext()
  const native = loadNative()
  if ('DCtx' in native) return new NativeContext(new native.DCtx())
  if (library === 'native') throw new ZstdUnavailableError('native', native.cause)
  return createNodeContext()
}

function libraryAsked(): ZstdLibrary | undefined {
  const asked = process.env['SCALP_ZSTD']
  return asked === 'native' || asked === 'node' || asked === 'worker' ? asked : undefined
}

function createNodeContext(): ZstdContext {
  const stream = createZstdDecompress()
  if (NodeContext.canDrive(stream)) return new NodeContext(stream)
  stream.destroy()
  return createWorkerContext()
}

function createWorkerContext(): ZstdContext {
  try {
    return new WorkerContext()
  } catch (cause) {
    throw new ZstdUnavailableError('worker', cause)
  }
}

/**
 * What the runtime's own stream classes call; there since Node 11, and in no documentation: where it is missing, a thread
 * does the work.
 */
interface ZlibHandle {
  onerror: (message: string, errno: number, code: string) => void
  writeSync: (
    flush: number,
    input: Uint8Array,
    from: number,
    bytes: number,
    out: Uint8Array,
    at: number,
    room: number,
  ) => void
}

interface ZlibStream {
  readonly _handle: ZlibHandle
  /** Room and input left over, which the handle writes after each call. */
  readonly _writeState: Uint32Array
  destroy(): void
}

class NodeContext implements ZstdContext {
  consumed = 0
  produced = 0
  readonly #stream: ZlibStream
  readonly #handle: ZlibHandle
  readonly #left: Uint32Array
  #failure: string | undefined

  /** True where the stream has what {@link run} calls. */
  static canDrive(stream: object): stream is ZlibStream {
    const { _handle: handle, _writeState: left } = stream as Partial<ZlibStream>
    return typeof handle?.writeSync === 'function' && left instanceof Uint32Array
  }

  constructor(stream: ZlibStream) {
    const { _handle: handle, _writeState: left } = stream
    this.#stream = stream
    this.#handle = handle
    this.#left = left
    handle.onerror = (message) => {
      this.#failure = message
    }
  }

  run(input: Uint8Array, from: number, to: number, out: Uint8Array, at: number, end: number): void {
    this.#handle.writeSync(constants.ZSTD_e_continue, input, from, to - from, out, at, end - at)
    if (this.#failure !== undefined) throw new Error(this.#failure)
    this.produced = end - at - (this.#left[0] as number)
    this.consumed = to - from - (this.#left[1] as number)
  }

  close(): void {
    this.#stream.destroy()
  }
}

interface NativeDctx {
  decompressStream(out: Uint8Array, input: Uint8Array): [hint: number, produced: number, consumed: number]
}

/** The addon, or why it is not there. */
type Native = { readonly DCtx: new () => NativeDctx } | { readonly cause: unknown }

let native: Native | undefined

/** Looked for once: it is not there on most machines. */
function loadNative(): Native {
  if (native === undefined) {
    try {
      native = createRequire(import.meta.url)('zstd-napi/binding') as Native
    } catch (cause) {
      native = { cause }
    }
  }
  return native
}

class NativeContext implements ZstdContext {
  consumed = 0
  produced = 0
  readonly #context: NativeDctx

  constructor(context: NativeDctx) {
    this.#context = context
  }

  run(input: Uint8Array, from: number, to: number, out: Uint8Array, at: number, end: number): void {
    const [, produced, consumed] = this.#context.decompressStream(
      out.subarray(at, end),
      input.subarray(from, to),
    )
    this.produced = produced
    this.consumed = consumed
  }

  close(): void {}
}
