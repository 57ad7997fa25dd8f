import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createZstdDecompress } from 'node:zlib'
import { dbzError } from '../dbn/metadata.js'
import { CorruptFileError, TruncatedFileError } from '../errors.js'
import { FrameWalker, isDbz, isZstd } from './frame-walker.js'

const CHUNK_BYTES = 256 * 1024
const HEAD_BYTES = 12

/** How a file is read. */
export interface ReadOptions {
  /** Keeps what is whole of a file that was cut short, instead of an error. */
  readonly partial?: boolean
}

/**
 * The bytes of a file, decompressed if they are zstd, in pieces; detected by content, whatever its name.
 *
 * @throws {@link TruncatedFileError} When the file ends inside a zstd frame, unless `partial`.
 * @throws {@link CorruptFileError} When it does not decompress.
 * @throws {@link DbnFormatError} When it is DBZ, the format before DBN.
 */
export async function* readBytes(
  file: string,
  { partial = false }: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const head = await readHead(file)
  if (isDbz(head)) throw dbzError(file)
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES })
  try {
    if (isZstd(head)) yield* decompress(stream, file, partial)
    else yield* stream as AsyncIterable<Uint8Array>
  } finally {
    stream.destroy()
  }
}

async function readHead(file: string): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** One decompressor a frame: the runtime's own stops after the first. */
async function* decompress(
  input: AsyncIterable<Uint8Array>,
  file: string,
  partial: boolean,
): AsyncGenerator<Uint8Array> {
  const walker = new FrameWalker()
  let frame: Frame | undefined
  /** What the piece before gave: handed out while this piece is decompressed in the runtime's own thread. */
  let ready: Uint8Array[] = []
  for await (const bytes of input) {
    const pieces = walker.walk(bytes)
    if (pieces === undefined) {
      yield* ready
      if (partial) return
      throw new CorruptFileError({
        source: file,
        offset: walker.offset,
        reason: 'no zstd frame follows the one before',
      })
    }
    for (const piece of pieces) {
      frame ??= new Frame(file, walker)
      const under = frame.write(piece.bytes)
      /** It is awaited below; until then a failure must not count as nobody's. */
      under.catch(() => undefined)
      yield* ready
      ready = await under
      if (!piece.endsFrame) continue
      ready.push(...(await frame.end()))
      frame = undefined
    }
  }
  yield* ready
  if (walker.isBetweenFrames) return
  if (frame !== undefined) yield* frame.drain()
  frame?.destroy()
  if (!partial)
    throw new TruncatedFileError({ source: file, where: 'a zstd frame', offset: walker.offset, records: 0 })
}

/** Decompresses one frame; what comes out is collected between writes. */
class Frame {
  readonly #stream = createZstdDecompress({ chunkSize: CHUNK_BYTES * 2 })
  readonly #file: string
  readonly #walker: FrameWalker
  #out: Uint8Array[] = []

  constructor(file: string, walker: FrameWalker) {
    this.#file = file
    this.#walker = walker
    this.#stream.on('data', (bytes: Uint8Array) => this.#out.push(bytes))
  }

  write(bytes: Uint8Array): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#onError(reject)
      this.#stream.write(bytes, () => resolve(this.drain()))
    })
  }

  end(): Promise<Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.#onError(reject)
      this.#stream.once('end', () => resolve(this.drain()))
      this.#stream.end()
    })
  }

  drain(): Uint8Array[] {
    return this.#out.splice(0)
  }

  destroy(): void {
    this.#stream.removeAllListeners('error')
    this.#stream.on('error', () => undefined)
    this.#stream.destroy()
  }

  #onError(reject: (error: Error) => void): void {
    this.#stream.removeAllListeners('error')
    this.#stream.once('error', (cause) => {
      reject(
        new CorruptFileError({
          source: this.#file,
          offset: this.#walker.offset,
          reason: 'it does not decompress',
          cause,
        }),
      )
    })
  }
}
