import { type Block, RecordAssembler } from '../dbn/assembler.js'
import { layoutOf } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'
import { TruncatedFileError } from '../errors.js'
import type { ByteSource } from '../zstd/byte-source.js'
import { openSource } from '../zstd/node-source.js'

const TWO_32 = 4_294_967_296n
const TS_EVENT_OFFSET = 8

/**
 * One file of a merge, a record at a time, without a copy.
 *
 * It is opened when its turn comes: until then the start of its metadata stands for its first record, so that a
 * year of days needs one file open at a time.
 */
export class MergeInput {
  readonly file: string
  readonly metadata: Metadata
  /** Time of the record under the head, as two words of 32 bits. */
  high: number
  low: number
  /** The block with the record under the head, and where it lies in it. */
  block: Block | undefined
  at = 0
  isDone = false
  isTruncated = false
  readonly #partial: boolean
  readonly #timeOffsets: Uint8Array
  #source: ByteSource | undefined
  readonly #assembler: RecordAssembler
  #next: Block | undefined

  constructor(file: string, metadata: Metadata, { partial = false }: { readonly partial?: boolean } = {}) {
    this.file = file
    this.metadata = metadata
    this.high = Number(metadata.start / TWO_32)
    this.low = Number(metadata.start % TWO_32)
    this.#partial = partial
    this.#timeOffsets = Uint8Array.from(
      { length: 256 },
      (_, rtype) => layoutOf(rtype, metadata.version)?.indexTimeOffset ?? TS_EVENT_OFFSET,
    )
    const take = (block: Block): void => void (this.#next = block)
    this.#assembler = new RecordAssembler({ onMetadata() {}, onBlock: take }, file)
  }

  /** True once there is a record under the head. */
  get isOpen(): boolean {
    return this.block !== undefined
  }

  /** Opens the file and goes to its first record. */
  open(): void {
    this.#source = openSource(this.file)
    this.#load()
  }

  /** Goes on to the record at `at` of the block, or to the next block. */
  moveTo(at: number): void {
    const block = this.block as Block
    this.at = at
    if (at < block.length) this.#readTime(block)
    else this.#load()
  }

  close(): void {
    this.#source?.close()
    this.#source = undefined
    this.isDone = true
  }

  #load(): void {
    this.#next = undefined
    try {
      while (this.#next === undefined) {
        if (this.#assembler.pull(this.#source as ByteSource)) continue
        this.#assembler.end()
        return this.close()
      }
    } catch (error) {
      if (!(error instanceof TruncatedFileError)) throw error
      if (!this.#partial) throw this.#truncated(error)
      this.isTruncated = true
      return this.close()
    }
    this.block = this.#next
    this.at = 0
    this.#readTime(this.#next)
  }

  #readTime({ bytes, u32 }: Block): void {
    const word = (this.at + (this.#timeOffsets[bytes[this.at + 1] as number] as number)) >>> 2
    this.low = u32[word] as number
    this.high = u32[word + 1] as number
  }

  #truncated({ details }: TruncatedFileError): TruncatedFileError {
    const { where, offset } = details as { where: string; offset: number }
    return new TruncatedFileError({ source: this.file, where, offset, records: this.#assembler.records })
  }
}
