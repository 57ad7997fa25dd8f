import { CorruptFileError, TruncatedFileError } from '../errors.js'
import type { ByteSource } from '../zstd/byte-source.js'
import type { Metadata } from './metadata.js'
import { decodePrelude, MetadataReader } from './metadata-reader.js'
import type { RecordFormat } from './record.js'
import { fewestWords } from './record-lengths.js'

/** No version: only that a record has a header. */
const UNKNOWN_FORMAT: RecordFormat = { version: 0, tsOut: false }
const MIN_WORDS = 4
/** Stays in the cache of one core between the decompressor that fills it and the loop that reads it. */
const SLOT_BYTES = 1 << 17
/** Metadata are read through a window of so many bytes; most fit into the first. */
const FIRST_HEAD_BYTES = 1 << 12
const HEAD_BYTES = 1 << 17

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
  /** What came of the metadata and was not whole enough to read; undefined once they are. */
  #head: Uint8Array | undefined
  #headFilled = 0
  readonly #reader: MetadataReader
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
    this.#reader = new MetadataReader(source)
    if (!isFragment) this.#head = new Uint8Array(FIRST_HEAD_BYTES)
    if (format !== undefined) this.#fewestWords = fewestWords(format)
  }

  /** Takes the next bytes of the stream. */
  push(bytes: Uint8Array): void {
    let rest = bytes
    while (this.#head !== undefined) {
      if (rest.length === 0) return
      const head = this.#roomForHead()
      const length = Math.min(rest.length, head.length - this.#headFilled, this.#missingHead())
      head.set(rest.subarray(0, length), this.#headFilled)
      rest = rest.subarray(length)
      this.#headFilled += length
      this.#readHead()
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
      const head = this.#roomForHead()
      const length = source.fill(head, from, Math.min(head.length, from + this.#missingHead()))
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
    return this.#head === undefined ? this.#filled - this.#lent : this.#reader.taken + this.#headFilled
  }

  /**
   * Ends the stream.
   *
   * @throws `TruncatedFileError` When it ends inside metadata or a record.
   */
  end(): void {
    if (this.#head !== undefined) {
      if (this.left >= 4) this.#lookAtHead(this.#head)
      throw new TruncatedFileError({
        source: this.#source,
        where: 'its metadata',
        offset: this.left,
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

  /** Reads what is whole of the metadata, and keeps the rest for when more has come. */
  #readHead(): void {
    const head = this.#head as Uint8Array
    const filled = this.#headFilled
    if (this.left >= 3) this.#lookAtHead(head)
    const taken = this.#reader.take(head.subarray(0, filled))
    head.copyWithin(0, taken, filled)
    this.#headFilled = filled - taken
    const { metadata } = this.#reader
    if (metadata === undefined) return
    this.metadata = metadata
    this.#offset = this.#reader.taken
    this.#head = undefined
    this.#fewestWords = fewestWords(metadata)
    this.#sink.onMetadata(metadata)
  }

  /** Says at once that a stream is no DBN, before there are enough bytes for its length. */
  #lookAtHead(head: Uint8Array): void {
    if (this.#reader.taken === 0) decodePreludeLoosely(head.subarray(0, this.#headFilled), this.#source)
  }

  /** The window of metadata: wide once they are long, whatever length they claim. */
  #roomForHead(): Uint8Array {
    const head = this.#head as Uint8Array
    if (head.length === HEAD_BYTES || this.#headFilled + this.#missingHead() <= head.length) return head
    const larger = new Uint8Array(HEAD_BYTES)
    larger.set(head.subarray(0, this.#headFilled))
    this.#head = larger
    return larger
  }

  /** Bytes of the metadata that were not given yet, as far as is known. */
  #missingHead(): number {
    return this.#reader.missing - this.#headFilled
  }

  /** Moves an unfinished record over those that were lent. */
  #reclaim(): void {
    if (this.#lent === 0) return
    this.#slot.copyWithin(0, this.#lent, this.#filled)
    this.#filled -= this.#lent
    this.#lent = 0
  }

  /** Hands out what is whole. */
  #emit(): void {
    const { i32 } = this.#block
    const filled = this.#filled
    const words = filled >>> 2
    const fewest = this.#fewestWords
    let at = 0
    let records = 0
    let isCorrupt = false
    while (at < words) {
      const head = i32[at] as number
      const length = head & 0xff
      isCorrupt = length < (fewest[(head >>> 8) & 0xff] as number)
      if (isCorrupt || at + length > words) break
      at += length
      records++
    }
    /** Of a head that is cut only the length may be known. */
    if (at === words && filled > at * 4) isCorrupt = (this.#slot[at * 4] as number) < MIN_WORDS
    this.records += records
    this.#offset += at * 4
    if (at > 0) {
      ;(this.#block as { length: number }).length = at * 4
      this.#lent = at * 4
      this.#sink.onBlock(this.#block)
    }
    if (isCorrupt) throw this.#corrupt(at * 4)
  }

  #corrupt(at: number): CorruptFileError {
    const [words = 0, rtype = 0] = this.#slot.subarray(at, this.#filled)
    const type = at + 1 < this.#filled ? ` of type 0x${rtype.toString(16).padStart(2, '0')}` : ''
    const reason = `a record${type} says it is ${words * 4} bytes long`
    return new CorruptFileError({ source: this.#source, offset: this.#offset, reason })
  }
}

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
