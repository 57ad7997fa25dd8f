import type { Us } from '@scalp/canonical'
import { replayTimeUs } from '../live/progress.js'

/** Whole records that were published together. */
export interface StoredChunk {
  readonly bytes: Uint8Array
  readonly u32: Uint32Array
  /** The highest time of the records, as replays count it. */
  readonly lastUs: Us
}

/** What a test gateway keeps for replays: the newest chunks, up to so many bytes. */
export class GatewayStore {
  readonly #chunks: StoredChunk[] = []
  readonly #maxBytes: number
  #bytes = 0
  /** Chunks that were let go of. */
  #forgotten = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** One more than the number of the newest chunk. */
  get end(): number {
    return this.#forgotten + this.#chunks.length
  }

  /** The number of the oldest chunk that is kept. */
  get begin(): number {
    return this.#forgotten
  }

  /** The chunk of a number; undefined when it was let go of, or is not there yet. */
  get(number: number): StoredChunk | undefined {
    return this.#chunks[number - this.#forgotten]
  }

  /** The number of the oldest chunk with a record of this time or later; {@link end} when there is none. */
  firstAt(us: Us): number {
    const at = this.#chunks.findIndex(({ lastUs }) => lastUs >= us)
    return at < 0 ? this.end : this.#forgotten + at
  }

  /** Keeps a copy of whole records. */
  add(records: Uint8Array): void {
    const bytes = new Uint8Array(records)
    const u32 = new Uint32Array(bytes.buffer)
    let lastUs = Number.NEGATIVE_INFINITY
    for (let word = 0; word < u32.length; word += (u32[word] as number) & 0xff) {
      const us = replayTimeUs(u32, word, ((u32[word] as number) >>> 8) & 0xff)
      if (us > lastUs) lastUs = us
    }
    this.#chunks.push({ bytes, u32, lastUs })
    this.#bytes += bytes.length
    while (this.#bytes > this.#maxBytes && this.#chunks.length > 1) {
      this.#bytes -= (this.#chunks.shift() as StoredChunk).bytes.length
      this.#forgotten++
    }
  }
}
