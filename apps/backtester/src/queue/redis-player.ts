import { setTimeout as wait } from 'node:timers/promises'
import { FlowProducer, type Job, Queue, Worker } from 'bullmq'
import type { RunConfig } from '../config.js'
import { hashOf } from '../sweep/run-key.js'
import type { PassPlayer } from '../sweep/run-sweep.js'
import { connect } from './connection.js'
import { type AnyJob, JOBS, type JobAnswer, type JobData, JobError } from './jobs.js'

/** How jobs are given out. */
export interface RedisPlayerOptions {
  readonly url: string
  readonly objects: string | undefined
  /** Days whose slices workers make first, each day a job: for a cache that all share. */
  readonly sliceDays: readonly string[]
  /** How often the answers are looked for, ms. */
  readonly pollMs?: number
}

/** Answers stay so long for who comes back to a sweep, s. */
const KEEP_SECONDS = 7 * 86_400
/** Tries of a job that fails; one that a dead worker held is begun anew without counting. */
const ATTEMPTS = 5

/** Plays passes on any number of machines, by jobs on Redis. */
export function playOnRedis(options: RedisPlayerOptions): PassPlayer {
  return {
    atOnce: 1,
    async play({ sweep, base, dataId, passes, onEnd, onProgress, signal }) {
      const board = new JobBoard(options, sweep)
      const common: JobData = { base, dataId, objects: options.objects }
      try {
        await board.run(
          options.sliceDays.map((day) => ({ kind: 'slices', ...common, from: day, to: day })),
          { signal, onAnswer: () => undefined, onShares: () => undefined },
        )
        await board.run(
          passes.map((pass) => ({ kind: 'pass', ...common, pass })),
          {
            signal,
            onAnswer: ({ ends, worker }) =>
              onEnd(
                ends.map((end) => asAsked(end, base)),
                worker,
              ),
            onShares: (shares) =>
              onProgress(passes.reduce((sum, { trials }, at) => sum + trials.length * (shares[at] ?? 0), 0)),
          },
        )
      } finally {
        await board.close()
      }
    },
  }
}

/** A worker's own folder is nobody else's matter. */
function asAsked(end: JobAnswer['ends'][number], { data }: RunConfig): JobAnswer['ends'][number] {
  return 'run' in end ? { ...end, run: { ...end.run, config: { ...end.run.config, data } } } : end
}

interface Watch {
  readonly signal: AbortSignal
  readonly onAnswer: (answer: JobAnswer) => void
  /** Called with the share of each job that is done. */
  readonly onShares: (shares: readonly number[]) => void
}

/** Puts jobs up as children of one parent, and takes their answers down. */
class JobBoard {
  readonly #redis: ReturnType<typeof connect>
  /** A worker waits on its connection, so that it has one of its own. */
  readonly #waiting: ReturnType<typeof connect>
  readonly #jobs: Queue<AnyJob, JobAnswer>
  readonly #flows: FlowProducer
  readonly #parents: Worker
  readonly #parentQueue: string
  readonly #sweep: string
  readonly #pollMs: number

  constructor({ url, pollMs = 500 }: RedisPlayerOptions, sweep: string) {
    this.#redis = connect(url)
    this.#waiting = connect(url)
    this.#sweep = sweep
    this.#pollMs = pollMs
    this.#parentQueue = `scalp-sweep-${sweep}`
    this.#jobs = new Queue(JOBS, { connection: this.#redis })
    this.#flows = new FlowProducer({ connection: this.#redis })
    /** A parent is done when its children are: it names what came of them. */
    this.#parents = new Worker(this.#parentQueue, async (job) => hashOf(await job.getChildrenValues()), {
      connection: this.#waiting,
    })
    this.#parents.on('error', () => undefined)
    this.#jobs.on('error', () => undefined)
    this.#flows.on('error', () => undefined)
  }

  /** Until all jobs are answered. What Redis lost is put up again; what it has answered already is not run again. */
  async run(jobs: readonly AnyJob[], { signal, onAnswer, onShares }: Watch): Promise<void> {
    if (jobs.length === 0) return
    const ids = jobs.map((job) => this.#idOf(job))
    const open = new Map(ids.map((id, at) => [id, at]))
    const shares = jobs.map(() => 0)
    await this.#putUp(jobs, ids)
    while (open.size > 0) {
      if (signal.aborted) return this.#takeDown([...open.keys()])
      const lost: string[] = []
      for (const [id, at] of open) {
        const job = (await this.#jobs.getJob(id)) as Job<AnyJob, JobAnswer> | undefined
        if (job === undefined) lost.push(id)
        else if (job.finishedOn !== undefined && job.failedReason !== undefined && job.returnvalue === null)
          throw new JobError({ job: id, reason: job.failedReason })
        else if (job.returnvalue !== null && job.returnvalue !== undefined) {
          onAnswer(job.returnvalue)
          shares[at] = 1
          open.delete(id)
        } else shares[at] = Number(job.progress) || 0
      }
      onShares(shares)
      if (lost.length > 0)
        await this.#putUp(
          lost.map((id) => jobs[open.get(id) as number] as AnyJob),
          lost,
        )
      if (open.size > 0) await wait(this.#pollMs)
    }
  }

  /** Jobs not begun are withdrawn; those under way are ended by their workers, and found by who comes back. */
  async #takeDown(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const job = await this.#jobs.getJob(id)
      if ((await job?.getState()) === 'waiting') await job?.remove().catch(() => undefined)
    }
  }

  /** A job that is up already stays as it is: its name is its content. */
  async #putUp(jobs: readonly AnyJob[], ids: readonly string[]): Promise<void> {
    await this.#flows.add({
      name: 'sweep',
      queueName: this.#parentQueue,
      data: { sweep: this.#sweep },
      opts: { removeOnComplete: { age: KEEP_SECONDS } },
      children: jobs.map((data, at) => ({
        name: data.kind,
        queueName: JOBS,
        data,
        opts: {
          jobId: ids[at] as string,
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: 500 },
          removeOnComplete: { age: KEEP_SECONDS },
          removeOnFail: { age: 60 },
          removeDependencyOnFailure: true,
        },
      })),
    })
  }

  #idOf(job: AnyJob): string {
    const what = job.kind === 'pass' ? job.pass.trials.map(({ key }) => key) : [job.from, job.to]
    return `${this.#sweep}-${job.kind}-${hashOf(what).slice(0, 24)}`
  }

  async close(): Promise<void> {
    await this.#parents.close(true)
    await this.#flows.close()
    await this.#jobs.close()
    this.#waiting.disconnect()
    this.#redis.disconnect()
  }
}
