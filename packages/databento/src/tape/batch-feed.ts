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

/** Batches of the files of one schema, in their order. */
export interface BatchFeed {
  readonly stats: DecodeStats
  /** The next batch, which may be empty; undefined after the last. */
  next(): Promise<FedBatch | undefined>
  close(): Promise<void>
}

/** Decodes files, one group of shared days after the other. */
export class FileFeed implements BatchFeed {
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

/**
 * Shares one decode among several readers: each gets every batch, and the next is decoded when all have asked for it.
 *
 * Readers run in turns between batches, so memory does not grow with their number. One that ends early must be closed,
 * or the others wait for it.
 */
export function shareFeed(feed: BatchFeed, readers: number): readonly BatchFeed[] {
  let open = readers
  let waiting: ((fed: Promise<FedBatch | undefined>) => void)[] = []
  const advance = (): void => {
    if (waiting.length === 0 || waiting.length < open) return
    const all = waiting
    waiting = []
    const fed = feed.next()
    for (const resolve of all) resolve(fed)
  }
  return Array.from({ length: readers }, () => {
    let isOpen = true
    return {
      stats: feed.stats,
      next: () =>
        new Promise<FedBatch | undefined>((resolve) => {
          waiting.push(resolve)
          advance()
        }),
      async close() {
        if (!isOpen) return
        isOpen = false
        open--
        if (open === 0) await feed.close()
        else advance()
      },
    }
  })
}
