import { Worker } from 'node:worker_threads'
import { ScalpError } from '@scalp/canonical'
import type { DataFile } from '../dataset/discover.js'
import { decodeFile } from './decode-file.js'
import { type DecodeStats, type EventBatch, emptyStats } from './event-batch.js'

/** Batches that a thread may be ahead: bounds memory. */
const CREDITS = 8

/** What a worker is told. */
export type WorkerRequest =
  | {
      readonly type: 'decode'
      readonly file: DataFile
      readonly symbols: readonly string[] | undefined
      readonly credits: number
    }
  | { readonly type: 'credit' }

/** What a worker tells. */
export type WorkerReply =
  | { readonly type: 'batch'; readonly batch: EventBatch }
  | { readonly type: 'end'; readonly stats: DecodeStats }
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
 * Decodes files in their order: in the calling thread, or ahead in worker threads, file by file in turn.
 *
 * Files are handed out by their place, so what a reader gets does not depend on how many threads there are.
 */
export class DecodePool {
  readonly #files: readonly DataFile[]
  readonly #symbols: readonly string[] | undefined
  readonly #lanes: Lane[]

  constructor({
    files,
    symbols,
    workers,
  }: {
    readonly files: readonly DataFile[]
    readonly symbols: readonly string[] | undefined
    readonly workers: number
  }) {
    this.#files = files
    this.#symbols = symbols
    const threads = workers > 1 ? Math.min(workers, files.length) : 0
    this.#lanes = Array.from({ length: threads }, () => new Lane(symbols))
    this.#lanes.forEach((lane, at) => this.#start(lane, at))
  }

  /** The batches of the file at a place, then its counts. Files are read in order, each once. */
  async *read(at: number): AsyncGenerator<EventBatch, DecodeStats> {
    const lane = this.#lanes[at % this.#lanes.length]
    if (lane === undefined) return yield* this.#readHere(this.#files[at] as DataFile)
    for (;;) {
      const reply = await lane.next()
      if (reply.type === 'batch') {
        yield reply.batch
        lane.credit()
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
    const file = this.#files[at]
    if (file === undefined) void lane.close()
    else lane.start(file)
  }

  async *#readHere(file: DataFile): AsyncGenerator<EventBatch, DecodeStats> {
    const stats = emptyStats()
    yield* decodeFile({ file: file.path, schema: file.schema, wanted: wantedOf(file, this.#symbols), stats })
    return stats
  }
}

/** What is wanted of a file: OPRA files hold options, all others the underlyings. */
export function wantedOf(
  file: DataFile,
  symbols: readonly string[] | undefined,
): { options: boolean; symbols?: readonly string[] } {
  const options = file.dataset.startsWith('OPRA')
  return symbols === undefined ? { options } : { options, symbols }
}

/** One thread and what it has told so far. */
class Lane {
  readonly #symbols: readonly string[] | undefined
  readonly #worker: Worker
  readonly #replies: WorkerReply[] = []
  #wake: (() => void) | undefined
  #failure: unknown

  constructor(symbols: readonly string[] | undefined) {
    this.#symbols = symbols
    this.#worker = new Worker(workerUrl())
    this.#worker.on('message', (reply: WorkerReply) => {
      this.#replies.push(reply)
      this.#wake?.()
    })
    this.#worker.on('error', (error) => {
      this.#failure = error
      this.#wake?.()
    })
  }

  start(file: DataFile): void {
    this.#post({ type: 'decode', file, symbols: this.#symbols, credits: CREDITS })
  }

  credit(): void {
    this.#post({ type: 'credit' })
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

/** Beside this module when built; the built one when this runs from sources. */
function workerUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? '../../dist/decode-worker.js' : './decode-worker.js', import.meta.url)
}

function restore({ error, scalp }: Extract<WorkerReply, { type: 'failed' }>): unknown {
  if (scalp === undefined) return error
  const { message, code, hint, details } = scalp
  return new DecodeWorkerError(message, { code, details, ...(hint === undefined ? {} : { hint }) })
}
