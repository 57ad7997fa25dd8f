import { CorruptFileError, TruncatedFileError } from '../errors.js'
import type { ByteSource } from '../zstd/byte-source.js'
import { decodeMetadata, decodePrelude, type Metadata, PRELUDE_BYTES } from './metadata.js'
import type { RecordFormat } from './record.js'
import { fewestWords } from './record-lengths.js'

/** No version: only that a record has a header. */
const UNKNOWN_FORMAT: RecordFormat = { version: 0, tsOut: false }
const MIN_WORDS = 4
/** Stays in the cache of one core between the decompressor that fills it and the loop that reads it. */
const SLOT_BYTES = 1 << 17
const HEAD_BYTES = 1 << 18

/** Whole records in one aligned buffer; borrowed until more bytes are pushed or pulled. */
export interface Block {
  readonly bytes: Uint8Array
  readonly u32: Uint32Array
  readonly i32: Int32Array
  readonly view: DataView
  /** Bytes of whole records, from 0. */
  readonly length: number
}

/** Told of metadata once, and of blocks of whole records. */
export interface RecordSink {
  onMetadata(metadata: Metadata): void
  onBlock(block: Block): void
}

/**
 * Puts a DBN stream together out of any pieces: metadata first, then blocks of whole records.
 *
 * Records are copied into a buffer of their own, so that they are aligned to 8 bytes whatever the version.
 */
export class RecordAssembler {
  records = 0
  metadata: Metadata | undefined
  readonly #sink: RecordSink
  readonly #source: string
  #head: Uint8Array | undefined = new Uint8Array(0)
  #headFilled = 0
  /** Length of the metadata as they say it themselves: believed only as bytes come in. */
  #headBytes = 0
  #slot: Uint8Array = new Uint8Array(SLOT_BYTES)
  #block: Block
  #filled = 0
  /** Bytes at the start of the buffer that were handed out; moved over only when more come, for they are lent. */
  #lent = 0
  #offset = 0
  /** By type: readers of a block trust that no record is shorter. */
  #fewestWords: Uint8Array = fewestWords(UNKNOWN_FORMAT)

  /** Takes how the records of a fragment are laid out, where the caller knows it. */
  constructor(
    sink: RecordSink,
    source = 'DBN stream',
    { isFragment = false, format }: { readonly isFragment?: boolean; readonly format?: RecordFormat } = {},
  ) {
    this.#sink = sink
    this.#source = source
    this.#block = blockOf(this.#slot)
    if (isFragment) this.#head = undefined
    if (format !== undefined) this.#fewestWords = fewestWords(format)
  }

  /** Takes the next bytes of the stream. */
  push(bytes: Uint8Array): void {
    let rest = bytes
    if (this.#head !== undefined) {
      const after = this.#pushHead(bytes)
      if (after === undefined) return
      rest = after
    }
    for (let at = 0; at < rest.length; ) {
      this.#reclaim()
      const room = Math.min(rest.length - at, this.#slot.length - this.#filled)
      this.#slot.set(rest.subarray(at, at + room), this.#filled)
      this.#filled += room
      at += room
      this.#emit()
    }
  }

  /**
   * Takes the next bytes of a source, straight into the buffer of records; false at the end.
   *
   * Once the metadata are whole nothing is copied but the start of a record that the buffer's end cut.
   */
  pull(source: ByteSource): boolean {
    if (this.#head !== undefined) {
      const from = this.#headFilled
      const to = from + this.#missingHead(HEAD_BYTES)
      const length = source.fill(this.#roomForHead(to), from, to)
      this.#headFilled += length
      if (length > 0) this.#readHead()
      return length > 0
    }
    this.#reclaim()
    const length = source.fill(this.#slot, this.#filled, this.#slot.length)
    this.#filled += length
    if (length > 0) this.#emit()
    return length > 0
  }

  /** True until the metadata are whole. */
  get isInMetadata(): boolean {
    return this.#head !== undefined
  }

  /** Bytes of an unfinished record, or of unfinished metadata, at the end. */
  get left(): number {
    return this.#head === undefined ? this.#filled - this.#lent : this.#headFilled
  }

  /**
   * Ends the stream.
   *
   * @throws `TruncatedFileError` When it ends inside metadata or a record.
   */
  end(): void {
    if (this.#head !== undefined) {
      const head = this.#head.subarray(0, this.#headFilled)
      if (head.length >= 4) decodePreludeLoosely(head, this.#source)
      throw new TruncatedFileError({
        source: this.#source,
        where: 'its metadata',
        offset: head.length,
        records: 0,
      })
    }
    if (this.left > 0) {
      throw new TruncatedFileError({
        source: this.#source,
        where: 'a record',
        offset: this.#offset + this.left,
        records: this.records,
      })
    }
  }

  /** Adds to the metadata; what comes after them, when they are whole. */
  #pushHead(bytes: Uint8Array): Uint8Array | undefined {
    const before = this.#headFilled
    this.#roomForHead(before + bytes.length).set(bytes, before)
    this.#headFilled += bytes.length
    return this.#readHead() ? bytes.subarray(this.#headBytes - before) : undefined
  }

  /** Decodes the metadata when they are whole. */
  #readHead(): boolean {
    const head = (this.#head as Uint8Array).subarray(0, this.#headFilled)
    if (head.length < 12) {
      if (head.length >= 3) decodePreludeLoosely(head, this.#source)
      return false
    }
    const { bodyBytes } = decodePrelude(head, this.#source)
    const length = PRELUDE_BYTES + bodyBytes
    this.#headBytes = length
    if (head.length < length) return false
    this.metadata = decodeMetadata(head, this.#source)
    this.#offset = length
    this.#head = undefined
    this.#fewestWords = fewestWords(this.metadata)
    this.#sink.onMetadata(this.metadata)
    return true
  }

  /**
   * The buffer of metadata with room for so many bytes; grows fourfold when it must, whatever length a file claims, but
   * not beyond that length.
   */
  #roomForHead(needed: number): Uint8Array {
    const head = this.#head as Uint8Array
    if (needed <= head.length) return head
    const larger = new Uint8Array(Math.max(needed, Math.min(head.length * 4, this.#headBytes)))
    larger.set(head.subarray(0, this.#headFilled))
    this.#head = larger
    return larger
  }

  /** Bytes of metadata still to come, as far as is known, and no more than `most`. */
  #missingHead(most: number): number {
    const head = (this.#head as Uint8Array).subarray(0, this.#headFilled)
    if (head.length < PRELUDE_BYTES) return PRELUDE_BYTES - head.length
    const { bodyBytes } = decodePrelude(head, this.#source)
    return Math.min(most, PRELUDE_BYTES + bodyBytes - head.length)
  }

  /** Moves an unfinished record over those that were lent. */
  #reclaim(): void {
    if (this.#lent === 0) return
    this.#slot.copyWithin(0, this.#lent, this.#filled)
    this.#filled -= this.#lent
    this.#lent = 0
  }

  #emit(): void {
    const slot = this.#slot
    const filled = this.#filled
    const fewest = this.#fewestWords
    let at = 0
    let words = 0
    let isCorrupt = false
    let records = 0
    /** The second byte of a record says its type; of a length alone only the shortest of all is told. */
    while (at < filled) {
      words = slot[at] as number
      isCorrupt = words < (at + 1 < filled ? (fewest[slot[at + 1] as number] as number) : MIN_WORDS)
      if (isCorrupt || at + words * 4 > filled) break
      at += words * 4
      records++
    }
    this.records += records
    this.#offset += at
    if (at > 0) {
      ;(this.#block as { length: number }).length = at
      this.#lent = at
      this.#sink.onBlock(this.#block)
    }
    if (isCorrupt) throw this.#corrupt(words * 4, at + 1 < filled ? slot[at + 1] : undefined)
  }

  #corrupt(length: number, rtype: number | undefined): CorruptFileError {
    const type = rtype === undefined ? '' : ` of type 0x${rtype.toString(16).padStart(2, '0')}`
    const reason = `a record${type} says it is ${length} bytes long`
    return new CorruptFileError({ source: this.#source, offset: this.#offset, reason })
  }
}

/** Says at once that a stream is no DBN, before there are enough bytes for its length. */
function decodePreludeLoosely(head: Uint8Array, source: string): void {
  const padded = new Uint8Array(12)
  padded.set(head.subarray(0, 12))
  if (head.length < 4) padded[3] = 1
  new DataView(padded.buffer).setUint32(4, 100, true)
  decodePrelude(padded, source)
}

function blockOf(bytes: Uint8Array): Block {
  const { buffer } = bytes
  return {
    bytes,
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    view: new DataView(buffer),
    length: 0,
  }
}
