import { dbzError } from '../dbn/metadata-reader.js'
import { CorruptFileError, TruncatedFileError } from '../errors.js'
import { FrameWalker, isDbz, isZstd } from './frame-walker.js'
import { createZstdContext, type ZstdLibrary } from './zstd-context.js'

const HEAD_BYTES = 12
const OUTPUT_BYTES = 1 << 17

/** How a stream is decompressed. */
export interface StreamOptions {
  /** Names the stream in errors. */
  readonly name: string
  readonly zstd?: ZstdLibrary | undefined
}

/**
 * The bytes of a stream, decompressed while they arrive if they are zstd; detected by content.
 *
 * A piece is borrowed until the next one. What came before a failure, of the source too, is handed out first.
 *
 * @throws `TruncatedFileError` When the stream ends inside a zstd frame.
 * @throws `CorruptFileError` When it does not decompress.
 * @throws `DbnFormatError` When it is DBZ, the format before DBN.
 */
export async function* decompressed(
  source: AsyncIterable<Uint8Array>,
  { name, zstd }: StreamOptions,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0)
  let frames: FrameReader | undefined
  let isKnown = false
  try {
    for await (const chunk of source) {
      let bytes = chunk
      if (!isKnown) {
        bytes = head = joined(head, chunk)
        if (head.length < HEAD_BYTES) continue
        isKnown = true
        if (isDbz(head)) throw dbzError(name)
        if (isZstd(head)) frames = new FrameReader(name, zstd)
      }
      if (frames === undefined) yield bytes
      else yield* frames.read(bytes)
    }
    // Shorter than the shortest frame that holds anything.
    if (!isKnown && isZstd(head)) yield* (frames = new FrameReader(name, zstd)).read(head)
    else if (!isKnown && head.length > 0) yield head
    frames?.end()
  } finally {
    frames?.close()
  }
}

class FrameReader {
  readonly #name: string
  readonly #walker = new FrameWalker()
  readonly #context: ReturnType<typeof createZstdContext>
  readonly #out = new Uint8Array(OUTPUT_BYTES)

  constructor(name: string, zstd: ZstdLibrary | undefined) {
    this.#name = name
    this.#context = createZstdContext(zstd)
  }

  *read(bytes: Uint8Array): Generator<Uint8Array> {
    for (const { bytes: piece, offset } of this.#walker.walk(bytes)) {
      let at = 0
      let isFull = false
      while (at < piece.length || isFull) {
        try {
          this.#context.run(piece, at, piece.length, this.#out, 0, OUTPUT_BYTES)
        } catch (cause) {
          throw this.#corrupt('it does not decompress', offset, cause)
        }
        const { consumed, produced } = this.#context
        at += consumed
        isFull = produced === OUTPUT_BYTES
        if (produced > 0) yield this.#out.subarray(0, produced)
        else if (consumed === 0) break
      }
    }
    if (this.#walker.isBroken)
      throw this.#corrupt('no zstd frame follows the one before', this.#walker.offset)
  }

  end(): void {
    if (this.#walker.isBetweenFrames) return
    const { offset } = this.#walker
    throw new TruncatedFileError({ source: this.#name, where: 'a zstd frame', offset, records: 0 })
  }

  close(): void {
    this.#context.close()
  }

  #corrupt(reason: string, offset: number, cause?: unknown): CorruptFileError {
    return new CorruptFileError({ source: this.#name, offset, reason, cause })
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
