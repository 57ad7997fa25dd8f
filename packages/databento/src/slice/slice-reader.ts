import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { createBatch, type EventBatch } from '../tape/event-batch.js'
import { SliceCorruptError, SliceFormatError, SliceTruncatedError, SliceVersionError } from './errors.js'
import {
  BLOCK_HEAD_BYTES,
  BLOCK_ROWS,
  END_MAGIC,
  HEAD_BYTES,
  SLICE_MAGIC,
  SLICE_VERSION,
  type SliceFooter,
  type SliceHeader,
  TAIL_BYTES,
} from './format.js'
import { addToSums, emptySums } from './sums.js'
import { giveWorkbench, takeWorkbench, type Workbench } from './workbench.js'

/** No block or text of a slice is larger: what says so is wrong, and nothing is allocated for it. */
const MAX_BYTES = 1 << 26
const decoder = new TextDecoder()

/** Reads a slice block by block; opening it reads its header and footer. */
export class SliceReader {
  readonly header: SliceHeader
  readonly footer: SliceFooter
  readonly #file: string
  readonly #descriptor: number
  /** Lent for as long as the reader is open; not given back once something went wrong with it. */
  readonly #bench: Workbench
  #isBroken = false
  readonly #head = new Uint8Array(BLOCK_HEAD_BYTES)
  readonly #view: DataView = new DataView(this.#head.buffer)
  #at = 0
  #end = 0
  #blocksRead = 0
  #rowsRead = 0

  /** @throws {@link SliceFormatError} {@link SliceVersionError} {@link SliceTruncatedError} {@link SliceCorruptError} */
  constructor(file: string) {
    this.#file = file
    this.#descriptor = openSync(file, 'r')
    try {
      this.header = this.#readHeader()
      this.footer = this.#readFooter()
    } catch (error) {
      closeSync(this.#descriptor)
      throw error
    }
    this.#bench = takeWorkbench()
  }

  /**
   * Fills a batch with the next block; false at the end. The batch's `newSymbols` name the next places.
   *
   * @throws {@link SliceCorruptError}
   */
  read(batch: EventBatch): boolean {
    const offset = this.#at
    const packed = this.#nextBlock()
    if (packed === undefined) return false
    const length = this.#view.getUint32(4, true)
    const bench = this.#bench
    if (length > bench.raw.length) bench.raw = new Uint8Array(Math.ceil(length / 65_536) * 65_536)
    try {
      this.#decompress(packed, length)
      bench.blocks.decode(bench.raw.subarray(0, length), batch)
    } catch (cause) {
      this.#isBroken = true
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw this.#corrupt(offset, `a block does not decode: ${reason}`, cause)
    }
    if (batch.count !== this.#view.getUint32(8, true))
      throw this.#corrupt(offset, 'a block has other rows than its head says')
    return true
  }

  /** Goes over the next block, checking it but not decoding; false at the end. Do not mix with `read`. */
  check(): boolean {
    return this.#nextBlock() !== undefined
  }

  close(): void {
    closeSync(this.#descriptor)
    if (this.#isBroken) this.#bench.close()
    else giveWorkbench(this.#bench)
  }

  /** The compressed bytes of the next block, whose checksum is right. */
  #nextBlock(): Uint8Array | undefined {
    const offset = this.#at
    if (offset === this.#end) {
      const { blocks, rows } = this.footer
      if (this.#blocksRead === blocks && this.#rowsRead === rows) return undefined
      throw this.#corrupt(
        offset,
        `it holds ${this.#blocksRead} blocks of ${blocks} and ${this.#rowsRead} rows of ${rows}`,
      )
    }
    this.#fill(this.#head, offset, BLOCK_HEAD_BYTES)
    const length = this.#view.getUint32(0, true)
    const isTooLong =
      offset + BLOCK_HEAD_BYTES + length > this.#end || this.#view.getUint32(4, true) > MAX_BYTES
    if (isTooLong || this.#view.getUint32(8, true) > BLOCK_ROWS)
      throw this.#corrupt(offset, 'a block is longer than can be')
    const bench = this.#bench
    if (length > bench.packed.length) bench.packed = new Uint8Array(Math.ceil(length / 65_536) * 65_536)
    this.#fill(bench.packed, offset + BLOCK_HEAD_BYTES, length)
    const packed = bench.packed.subarray(0, length)
    if (crc32(packed, crc32(this.#head.subarray(0, 12))) !== this.#view.getUint32(12, true))
      throw this.#corrupt(offset, 'the checksum of a block is wrong')
    this.#at = offset + BLOCK_HEAD_BYTES + length
    this.#blocksRead++
    this.#rowsRead += this.#view.getUint32(8, true)
    return packed
  }

  #decompress(packed: Uint8Array, length: number): void {
    const { context, raw } = this.#bench
    let from = 0
    let at = 0
    while (at < length) {
      context.run(packed, from, packed.length, raw, at, length)
      if (context.produced === 0 && context.consumed === 0) break
      from += context.consumed
      at += context.produced
    }
    /** The context must see the end of the frame before the next begins. */
    if (from < packed.length) {
      context.run(packed, from, packed.length, raw, length, raw.length)
      from += context.consumed
      at += context.produced
    }
    if (at !== length || from !== packed.length)
      throw new RangeError(`${at} bytes came out instead of ${length}`)
  }

  #readHeader(): SliceHeader {
    const head = new Uint8Array(HEAD_BYTES)
    const read = readSync(this.#descriptor, head, 0, HEAD_BYTES, 0)
    if (read < SLICE_MAGIC.length || !SLICE_MAGIC.every((byte, i) => byte === head[i]))
      throw new SliceFormatError({ source: this.#file })
    if (read < HEAD_BYTES) throw new SliceTruncatedError({ source: this.#file, bytes: read })
    const view = new DataView(head.buffer)
    const version = view.getUint32(8, true)
    if (version !== SLICE_VERSION)
      throw new SliceVersionError({ source: this.#file, version, known: SLICE_VERSION })
    const length = view.getUint32(12, true)
    const { size } = fstatSync(this.#descriptor)
    if (HEAD_BYTES + length > size) throw new SliceTruncatedError({ source: this.#file, bytes: size })
    this.#at = HEAD_BYTES + length
    return this.#text(HEAD_BYTES, length, view.getUint32(16, true)) as SliceHeader
  }

  #readFooter(): SliceFooter {
    const { size } = fstatSync(this.#descriptor)
    const tail = new Uint8Array(TAIL_BYTES)
    const at = size - TAIL_BYTES
    if (at < this.#at) throw new SliceTruncatedError({ source: this.#file, bytes: size })
    this.#fill(tail, at, TAIL_BYTES)
    if (!END_MAGIC.every((byte, i) => byte === tail[8 + i]))
      throw new SliceTruncatedError({ source: this.#file, bytes: size })
    const view = new DataView(tail.buffer)
    const length = view.getUint32(0, true)
    this.#end = at - length
    if (this.#end < this.#at) throw this.#corrupt(at, 'its footer is longer than can be')
    return this.#text(this.#end, length, view.getUint32(4, true)) as SliceFooter
  }

  #text(offset: number, length: number, checksum: number): unknown {
    if (length > MAX_BYTES) throw this.#corrupt(offset, 'a text is longer than can be')
    const bytes = new Uint8Array(length)
    this.#fill(bytes, offset, length)
    if (crc32(bytes) !== checksum)
      throw this.#corrupt(offset, 'the checksum of its header or footer is wrong')
    return JSON.parse(decoder.decode(bytes))
  }

  #fill(out: Uint8Array, offset: number, length: number): void {
    for (let at = 0; at < length; ) {
      const read = readSync(this.#descriptor, out, at, length - at, offset + at)
      if (read === 0) throw new SliceTruncatedError({ source: this.#file, bytes: offset + at })
      at += read
    }
  }

  #corrupt(offset: number, reason: string, cause?: unknown): SliceCorruptError {
    return new SliceCorruptError({ source: this.#file, offset, reason, cause })
  }
}

/** What a slice says of itself. @throws What {@link SliceReader} throws. */
export function readSliceHeader(file: string): SliceHeader {
  const reader = new SliceReader(file)
  reader.close()
  return reader.header
}

/** Kept from one verification to the next: a pass over a day verifies thousands of slices. */
let spareBatch: EventBatch | undefined

/**
 * Decodes a whole slice and compares it with its row counts, sums and checksums.
 *
 * @throws {@link SliceCorruptError} and what {@link SliceReader} throws.
 */
export function verifySlice(file: string): { readonly header: SliceHeader; readonly footer: SliceFooter } {
  const batch = (spareBatch ??= createBatch(BLOCK_ROWS))
  const reader = new SliceReader(file)
  try {
    const { header, footer } = reader
    const sums = emptySums()
    let symbols = 0
    while (reader.read(batch)) {
      addToSums(sums, batch)
      symbols += batch.newSymbols.length
    }
    for (const [name, sum] of Object.entries(sums)) {
      const told = footer.sums[name as keyof typeof sums]
      if (!Object.is(sum, told))
        throw new SliceCorruptError({
          source: file,
          offset: 0,
          reason: `column ${name} adds up to ${sum} instead of ${told}`,
        })
    }
    if (symbols !== footer.symbols)
      throw new SliceCorruptError({
        source: file,
        offset: 0,
        reason: `it names ${symbols} symbols instead of ${footer.symbols}`,
      })
    return { header, footer }
  } finally {
    reader.close()
  }
}
