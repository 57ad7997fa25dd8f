import { Worker } from 'node:worker_threads'
import { ScalpError } from '@scalp/canonical'
import { decodeGroup, type FileGroup } from './decode-group.js'
import { type DecodeStats, type EventBatch, emptyStats, giveBatch } from './event-batch.js'

/** What of each file is wanted. */
export interface WantedSymbols {
  /** OCC roots of options, or symbols of shares; undefined: all. */
  readonly symbols?: readonly string[] | undefined
  /** Leaves out options that expire more than so many days after the day of the record. */
  readonly maxDte?: number | undefined
}

/** Batches that a thread may be ahead: bounds memory. */
const CREDITS = 4

/** What a worker is told. */
export type WorkerRequest =
  | {
      readonly type: 'decode'
      readonly files: FileGroup
      readonly wanted: WantedSymbols
      readonly credits: number
    }
  /** A batch was read: its memory may be written again. */
  | { readonly type: 'credit'; readonly place: number }

/** What a worker tells. */
export type WorkerReply =
  /** A batch is ready, known by its place from the first time on, when it comes itself: its columns are shared memory. */
  | {
      readonly type: 'batch'
      readonly place: number
      readonly count: number
      readonly newSymbols: string[]
      readonly batch?: EventBatch
    }
  | { readonly type: 'end'; readonly stats: readonly DecodeStats[] }
  | {
      readonly type: 'failed'
      readonly error: unknown
      readonly scalp:
        | { message: string; code: string; hint: string | undefined; details: Record<string, unknown> }
        | undefined
    }

/** Thrown in the main thread for an error of the library's own that a worker met. */
export class DecodeWorkerError extends ScalpError {
  override readonly name = 'DecodeWorkerError'
}

/**
 * Decodes groups of files in their order: in the calling thread, or ahead in worker threads, one by one in turn.
 *
 * Groups are handed out by their place, so what a reader gets does not depend on how many threads there are.
 */
export class DecodePool {
  readonly #groups: readonly FileGroup[]
  readonly #wanted: WantedSymbols
  readonly #lanes: Lane[]

  constructor({
    groups,
    wanted,
    workers,
  }: {
    readonly groups: readonly FileGroup[]
    readonly wanted: WantedSymbols
    readonly workers: number
  }) {
    this.#groups = groups
    this.#wanted = wanted
    const threads = workers > 1 ? Math.min(workers, groups.length) : 0
    this.#lanes = Array.from({ length: threads }, () => new Lane(wanted))
    this.#lanes.forEach((lane, at) => this.#start(lane, at))
  }

  /** The batches of the group at a place, then the counts of its files. Groups are read in order, each once. */
  async *read(at: number): AsyncGenerator<EventBatch, readonly DecodeStats[]> {
    const lane = this.#lanes[at % this.#lanes.length]
    if (lane === undefined) return yield* this.#readHere(this.#groups[at] as FileGroup)
    for (;;) {
      const reply = await lane.next()
      if (reply.type === 'batch') {
        yield lane.batchOf(reply)
        lane.giveBack(reply.place)
      } else if (reply.type === 'end') {
        this.#start(lane, at + this.#lanes.length)
        return reply.stats
      } else throw restore(reply)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  #start(lane: Lane, at: number): void {
    const group = this.#groups[at]
    if (group === undefined) void lane.close()
    else lane.start(group)
  }

  async *#readHere(group: FileGroup): AsyncGenerator<EventBatch, readonly DecodeStats[]> {
    const stats = group.map(emptyStats)
    for await (const batch of decodeGroup(group, this.#wanted, stats)) {
      yield batch
      giveBatch(batch)
    }
    return stats
  }
}

/** One thread and what it has told so far. */
class Lane {
  readonly #wanted: WantedSymbols
  readonly #worker: Worker
  readonly #replies: WorkerReply[] = []
  /** The thread's batches, by place. */
  readonly #batches: EventBatch[] = []
  #wake: (() => void) | undefined
  #failure: unknown

  constructor(wanted: WantedSymbols) {
    this.#wanted = wanted
    this.#worker = createWorker()
    this.#worker.on('message', (reply: WorkerReply) => {
      this.#replies.push(reply)
      this.#wake?.()
    })
    this.#worker.on('error', (error) => {
      this.#failure = error
      this.#wake?.()
    })
  }

  start(files: FileGroup): void {
    this.#post({ type: 'decode', files, wanted: this.#wanted, credits: CREDITS })
  }

  /** The batch that a reply tells of; lent until it is given back. */
  batchOf({ place, count, newSymbols, batch }: Extract<WorkerReply, { type: 'batch' }>): EventBatch {
    const known = (this.#batches[place] ??= batch as EventBatch)
    known.count = count
    known.newSymbols = newSymbols
    return known
  }

  giveBack(place: number): void {
    this.#post({ type: 'credit', place })
  }

  async next(): Promise<WorkerReply> {
    for (;;) {
      const reply = this.#replies.shift()
      if (reply !== undefined) return reply
      if (this.#failure !== undefined) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #post(request: WorkerRequest): void {
    this.#worker.postMessage(request)
  }
}

/** Lets a thread run the sources: their imports end in `.js` where the files end in `.ts`. */
const RESOLVE_SOURCES = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  return next(name.startsWith('.') && context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context)
} })`

/** A decoder makes little garbage; a small heap keeps it from letting it lie. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 }

/** The worker lies beside this module when built, and one folder up in the sources. */
function createWorker(): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./decode-worker.js', import.meta.url), { resourceLimits: LIMITS })
  return new Worker(new URL('../decode-worker.ts', import.meta.url), {
    resourceLimits: LIMITS,
    execArgv: [
      '--conditions=@scalp/source',
      '--import',
      `data:text/javascript,${encodeURIComponent(RESOLVE_SOURCES)}`,
    ],
  })
}

function restore({ error, scalp }: Extract<WorkerReply, { type: 'failed' }>): unknown {
  if (scalp === undefined) return error
  const { message, code, hint, details } = scalp
  return new DecodeWorkerError(message, { code, details, ...(hint === undefined ? {} : { hint }) })
}
