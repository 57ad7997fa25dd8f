import { CorruptFileError, TruncatedFileError } from '../errors.js'
import { decodeMetadata, decodePrelude, type Metadata, PRELUDE_BYTES } from './metadata.js'

const MIN_RECORD_BYTES = 16
const SLOT_BYTES = 1 << 20

/** Whole records in one aligned buffer; borrowed until the next call. */
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
  #slot: Uint8Array = new Uint8Array(SLOT_BYTES)
  #block: Block
  #filled = 0
  #offset = 0

  constructor(
    sink: RecordSink,
    source = 'DBN stream',
    { isFragment = false }: { readonly isFragment?: boolean } = {},
  ) {
    this.#sink = sink
    this.#source = source
    this.#block = blockOf(this.#slot)
    if (isFragment) this.#head = undefined
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
      const room = Math.min(rest.length - at, this.#slot.length - this.#filled)
      this.#slot.set(rest.subarray(at, at + room), this.#filled)
      this.#filled += room
      at += room
      this.#emit()
    }
  }

  /** Bytes of an unfinished record, or of unfinished metadata, at the end. */
  get left(): number {
    return this.#head === undefined ? this.#filled : this.#head.length
  }

  /**
   * Ends the stream.
   *
   * @throws {@link TruncatedFileError} When it ends inside metadata or a record.
   */
  end(): void {
    if (this.#head !== undefined) {
      if (this.#head.length >= 4) decodePreludeLoosely(this.#head, this.#source)
      throw new TruncatedFileError({
        source: this.#source,
        where: 'its metadata',
        offset: this.#head.length,
        records: 0,
      })
    }
    if (this.#filled > 0) {
      throw new TruncatedFileError({
        source: this.#source,
        where: 'a record',
        offset: this.#offset + this.#filled,
        records: this.records,
      })
    }
  }

  #pushHead(bytes: Uint8Array): Uint8Array | undefined {
    const head = concat(this.#head as Uint8Array, bytes)
    this.#head = head
    if (head.length < 12) {
      if (head.length >= 3) decodePreludeLoosely(head, this.#source)
      return undefined
    }
    const { bodyBytes } = decodePrelude(head, this.#source)
    const length = PRELUDE_BYTES + bodyBytes
    if (head.length < length) return undefined
    this.metadata = decodeMetadata(head, this.#source)
    this.#offset = length
    this.#head = undefined
    this.#sink.onMetadata(this.metadata)
    return head.subarray(length)
  }

  #emit(): void {
    const slot = this.#slot
    let at = 0
    while (at < this.#filled) {
      const length = (slot[at] as number) * 4
      if (length < MIN_RECORD_BYTES) {
        throw new CorruptFileError({
          source: this.#source,
          offset: this.#offset + at,
          reason: `a record says it is ${length} bytes long`,
        })
      }
      if (at + length > this.#filled) break
      at += length
      this.records++
    }
    if (at === 0) return
    ;(this.#block as { length: number }).length = at
    this.#sink.onBlock(this.#block)
    slot.copyWithin(0, at, this.#filled)
    this.#filled -= at
    this.#offset += at
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

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
