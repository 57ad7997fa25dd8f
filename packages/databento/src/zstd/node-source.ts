import { closeSync, openSync, readSync } from 'node:fs'
import { dbzError } from '../dbn/metadata-reader.js'
import { CorruptFileError, TruncatedFileError } from '../errors.js'
import type { ByteSource } from './byte-source.js'
import { type FramePiece, FrameWalker, isDbz, isZstd } from './frame-walker.js'
import { createZstdContext, type ZstdContext, type ZstdLibrary } from './zstd-context.js'

const INPUT_BYTES = 256 * 1024
const HEAD_BYTES = 12

/** How a file is read. */
export interface ReadOptions {
  /** Keeps what is whole of a file that was cut short, instead of an error. */
  readonly partial?: boolean
  /** Which decompressor reads it; the environment variable `SCALP_ZSTD` unless told. */
  readonly zstd?: ZstdLibrary
}

/**
 * Opens a file's bytes, decompressed if they are zstd; detected by content, whatever the name.
 *
 * Reading is synchronous: a caller that must not hold up its thread reads a piece, and lets others have a turn.
 *
 * @throws `DbnFormatError` When it is DBZ, the format before DBN.
 */
export function openSource(file: string, options: ReadOptions = {}): ByteSource {
  const descriptor = openSync(file, 'r')
  try {
    const head = new Uint8Array(HEAD_BYTES)
    const read = readSync(descriptor, head, 0, HEAD_BYTES, 0)
    if (isDbz(head.subarray(0, read))) throw dbzError(file)
    return isZstd(head.subarray(0, read))
      ? new ZstdSource(descriptor, file, options)
      : new RawSource(descriptor)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

class RawSource implements ByteSource {
  #position = 0
  readonly #descriptor: number

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  fill(out: Uint8Array, from: number, to: number): number {
    let at = from
    while (at < to) {
      const read = readSync(this.#descriptor, out, at, to - at, this.#position)
      if (read === 0) break
      this.#position += read
      at += read
    }
    return at - from
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/**
 * Frames are decompressed one after the other by one context; the walker sees that the last one is whole.
 *
 * What is found wrong is thrown when all that came before it has been handed out.
 */
class ZstdSource implements ByteSource {
  readonly #descriptor: number
  readonly #file: string
  readonly #partial: boolean
  readonly #context: ZstdContext
  readonly #walker = new FrameWalker()
  readonly #input = new Uint8Array(INPUT_BYTES)
  #position = 0
  #pieces: FramePiece[] = []
  #piece = 0
  #at = 0
  /** The context gave all that there was room for: there may be more. */
  #isFull = false
  #isEnd = false
  #failure: Error | undefined

  constructor(descriptor: number, file: string, { partial = false, zstd }: ReadOptions) {
    this.#descriptor = descriptor
    this.#file = file
    this.#partial = partial
    this.#context = createZstdContext(zstd)
  }

  fill(out: Uint8Array, from: number, to: number): number {
    let at = from
    while (at < to && !this.#isEnd) at = this.#step(out, at, to)
    if (at === from && this.#failure !== undefined) throw this.#failure
    return at - from
  }

  close(): void {
    this.#context.close()
    closeSync(this.#descriptor)
  }

  #step(out: Uint8Array, at: number, to: number): number {
    const found = this.#pieces[this.#piece]
    if (found === undefined) {
      this.#read()
      return at
    }
    const { bytes: piece, offset } = found
    if (this.#at === piece.length && !this.#isFull) {
      this.#piece++
      this.#at = 0
      return at
    }
    try {
      this.#context.run(piece, this.#at, piece.length, out, at, to)
    } catch (cause) {
      this.#isEnd = true
      this.#failure = this.#corrupt('it does not decompress', offset, cause)
      return at
    }
    this.#at += this.#context.consumed
    this.#isFull = this.#context.produced === to - at
    return at + this.#context.produced
  }

  #read(): void {
    this.#pieces = []
    if (this.#walker.isBroken) {
      this.#isEnd = true
      if (!this.#partial)
        this.#failure = this.#corrupt('no zstd frame follows the one before', this.#walker.offset)
      return
    }
    const read = readSync(this.#descriptor, this.#input, 0, INPUT_BYTES, this.#position)
    this.#position += read
    this.#piece = 0
    if (read > 0) {
      this.#pieces = this.#walker.walk(this.#input.subarray(0, read))
      return
    }
    this.#isEnd = true
    if (!this.#walker.isBetweenFrames && !this.#partial)
      this.#failure = new TruncatedFileError({
        source: this.#file,
        where: 'a zstd frame',
        offset: this.#walker.offset,
        records: 0,
      })
  }

  #corrupt(reason: string, offset: number, cause?: unknown): CorruptFileError {
    return new CorruptFileError({ source: this.#file, offset, reason, cause })
  }
}
