import { crc32 } from 'node:zlib'
import type { Block, RecordSink } from '../dbn/assembler.js'
import { layoutOf } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'

const TWO_32 = 4_294_967_296n

/**
 * Hands records on, and remembers what it takes to go on after a break: the last receive time, how many records
 * had it, and a checksum of those.
 *
 * After {@link resume} the next stream starts at that time: so many records are left out, if they are the same.
 */
export class ResumeSink implements RecordSink {
  /** Handed on. */
  records = 0
  metadata: Metadata | undefined
  /** Records of the last receive time. */
  sameTime = 0
  /** False when a record was older than the one before: nothing tells where to go on. */
  isOrdered = true
  /** Says how a stream asked again differs from what had come; it throws. */
  readonly #refuse: (reason: string) => never
  readonly #sink: RecordSink
  #high = 0
  #low = 0
  #checksum = 0
  #toSkip = 0
  #skipChecksum = 0
  /** The last record type met, and where its receive time stands, in words; -1 for types that are not known. */
  #rtype = -1
  #timeOffset = -1

  constructor(sink: RecordSink, refuse: (reason: string) => never) {
    this.#sink = sink
    this.#refuse = refuse
  }

  /** The last receive time, ns; undefined before the first record. */
  get lastNs(): bigint | undefined {
    return this.records === 0 ? undefined : BigInt(this.#high) * TWO_32 + BigInt(this.#low)
  }

  /** Another stream comes now, from {@link lastNs} on. */
  resume(): void {
    this.#toSkip = this.sameTime
    this.#skipChecksum = 0
  }

  /** The stream is at its end: what was to be left out must have come. */
  end(): void {
    if (this.#toSkip > 0) this.#refuse(`${this.#toSkip} records of that instant did not come again`)
  }

  onMetadata(metadata: Metadata): void {
    if (this.metadata === undefined) {
      this.metadata = metadata
      this.#sink.onMetadata(metadata)
    } else if (metadata.version !== this.metadata.version) this.#refuse('the version of DBN is another')
  }

  onBlock(block: Block): void {
    const from = this.#toSkip > 0 ? this.#skip(block) : 0
    if (from === block.length) return
    const rest = from === 0 ? block : blockFrom(block, from)
    this.#track(rest)
    this.#sink.onBlock(rest)
  }

  #skip({ bytes, u32, length }: Block): number {
    let at = 0
    for (; at < length && this.#toSkip > 0; at += (bytes[at] as number) * 4) {
      const word = this.#timeWord(bytes, at)
      if (word >= 0 && (u32[word] !== this.#low || u32[word + 1] !== this.#high))
        this.#refuse('other records have that instant')
      this.#toSkip--
    }
    this.#skipChecksum = crc32(bytes.subarray(0, at), this.#skipChecksum)
    if (this.#toSkip === 0 && this.#skipChecksum !== this.#checksum)
      this.#refuse('the records of that instant are others')
    return at
  }

  #track({ bytes, u32, length }: Block): void {
    let [high, low, sameTime, records, runStart] = [this.#high, this.#low, this.sameTime, 0, 0]
    for (let at = 0; at < length; at += (bytes[at] as number) * 4) {
      const word = this.#timeWord(bytes, at)
      if (word >= 0) {
        const nextLow = u32[word] as number
        const nextHigh = u32[word + 1] as number
        if (nextLow !== low || nextHigh !== high) {
          if (nextHigh < high || (nextHigh === high && nextLow < low)) this.isOrdered = false
          low = nextLow
          high = nextHigh
          sameTime = 0
          runStart = at
          this.#checksum = 0
        }
      }
      sameTime++
      records++
    }
    this.#high = high
    this.#low = low
    this.sameTime = sameTime
    this.records += records
    this.#checksum = crc32(bytes.subarray(runStart, length), this.#checksum)
  }

  /** Where the receive time of the record at `at` stands, in words; -1 for types that are not known. */
  #timeWord(bytes: Uint8Array, at: number): number {
    const rtype = bytes[at + 1] as number
    if (rtype !== this.#rtype) {
      const layout = layoutOf(rtype, this.metadata?.version ?? 3)
      this.#rtype = rtype
      this.#timeOffset = layout === undefined ? -1 : layout.indexTimeOffset >>> 2
    }
    return this.#timeOffset < 0 ? -1 : (at >>> 2) + this.#timeOffset
  }
}

/** The rest of a block as a block of its own; copied, so that it starts at 0. */
function blockFrom(block: Block, from: number): Block {
  const bytes = block.bytes.slice(from, block.length)
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8)
  padded.set(bytes)
  const { buffer } = padded
  return {
    bytes: padded,
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    view: new DataView(buffer),
    length: bytes.length,
  }
}
