import type { DataFile } from '../dataset/discover.js'
import { type FileGroup, groupByDays } from './decode-group.js'
import { DecodePool } from './decode-pool.js'
import { addStats, type DecodeStats, type EventBatch, emptyStats } from './event-batch.js'

/** What of which files is decoded. */
export interface FeedOptions {
  readonly files: readonly DataFile[]
  /** OCC roots of options, or symbols of shares; undefined: all. */
  readonly symbols?: readonly string[]
  /** Leaves out options that expire more than so many days after the day of the record. */
  readonly maxDte?: number
  /** Threads that decode ahead; 1 decodes in the calling thread. The events are the same. */
  readonly workers?: number
  /** Called when a file has been read to its end. */
  readonly onFileEnd?: (file: DataFile, stats: DecodeStats) => void
}

/** A batch with the files it is of: borrowed until the next is asked for. */
export interface FedBatch {
  readonly batch: EventBatch
  /** The place of the group of files; symbols start anew with each. */
  readonly group: number
  readonly file: DataFile
}

/** Batches of the files of one schema, in their order: decoded one group of shared days after the other. */
export class FileFeed {
  readonly stats: DecodeStats = emptyStats()
  readonly #groups: readonly FileGroup[]
  readonly #pool: DecodePool
  readonly #onFileEnd: FeedOptions['onFileEnd']
  #batches: AsyncGenerator<EventBatch, readonly DecodeStats[]> | undefined
  #group = -1

  constructor({ files, symbols, maxDte, workers = 1, onFileEnd }: FeedOptions) {
    this.#groups = groupByDays(files)
    this.#onFileEnd = onFileEnd
    this.#pool = new DecodePool({ groups: this.#groups, wanted: { symbols, maxDte }, workers })
  }

  /** The next batch, which may be empty; undefined after the last. */
  async next(): Promise<FedBatch | undefined> {
    for (;;) {
      if (this.#batches === undefined) {
        if (this.#group + 1 >= this.#groups.length) return undefined
        this.#batches = this.#pool.read(++this.#group)
      }
      const { done, value } = await this.#batches.next()
      if (done !== true) {
        const [file] = this.#groups[this.#group] as FileGroup
        return { batch: value, group: this.#group, file: file as DataFile }
      }
      this.#batches = undefined
      this.#endGroup(value)
    }
  }

  async close(): Promise<void> {
    await this.#batches?.return([])
    await this.#pool.close()
  }

  #endGroup(counts: readonly DecodeStats[]): void {
    for (const [at, file] of (this.#groups[this.#group] as FileGroup).entries()) {
      const stats = counts[at] as DecodeStats
      addStats(this.stats, stats)
      this.#onFileEnd?.(file, stats)
    }
  }
}
