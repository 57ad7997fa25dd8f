import { hostname } from 'node:os'
import { UnrecoverableError, Worker } from 'bullmq'
import type { RunConfig } from '../config.js'
import { loadMembers } from '../members.js'
import { openRunData } from '../run-data.js'
import type { Pass, PassEnd } from '../sweep/pass.js'
import { dataIdOf, runKey } from '../sweep/run-key.js'
import { configAt } from '../sweep/settings-at.js'
import { playPasses } from '../sweep/thread-pool.js'
import { connect } from './connection.js'
import {
  type AnyJob,
  DataDiffersError,
  JOBS,
  type JobAnswer,
  type JobData,
  WorkerDiffersError,
} from './jobs.js'
import { fetchData } from './object-data.js'
import { openObjects } from './objects.js'

/** What a worker is told. */
export interface QueueWorkerOptions {
  readonly url: string
  /** Jobs at a time, a thread each. */
  readonly threads: number
  /** Its own folder of the data; else that of the sweep, where it can be read; else they are fetched. */
  readonly data: string | undefined
  /** Where data are fetched from by content, in place of what the sweep says. */
  readonly objects: string | undefined
  /** Where slices and fetched data are kept. */
  readonly cache: string
  /** So long a job may be without a sign of life until another worker takes it, s. */
  readonly stallSeconds: number
  readonly onJob?: (told: string) => void
}

/** A kill may hit the same job again and again; it is begun anew so often. */
const MAX_STALLS = 100
const silent = { start() {}, update() {}, stop() {} }

/** Takes jobs from Redis until it is closed. */
export function startQueueWorker(options: QueueWorkerOptions): { close(): Promise<void> } {
  const { url, threads, stallSeconds, onJob } = options
  const redis = connect(url)
  const name = `${hostname()}:${process.pid}`
  const places = new DataPlaces(options)
  const worker = new Worker<AnyJob, JobAnswer>(
    JOBS,
    async (job) => {
      const { data } = job
      onJob?.(`${job.name} ${job.id}`)
      const base = await places.find(data)
      if (data.kind === 'slices') {
        await openRunData({ ...base, from: data.from, to: data.to }, silent)
        return { worker: name, ends: [] }
      }
      await checkKeys(base, data.pass, data.dataId)
      let share = 0
      const ends: PassEnd[] = []
      await playPasses({
        base,
        dataId: data.dataId,
        passes: [data.pass],
        threads: 1,
        onEnd: (_pass, ended) => void ends.push(...ended),
        onProgress: (trials) => {
          const next = trials / data.pass.trials.length
          if (next - share < 0.05) return
          share = next
          void job.updateProgress(share).catch(() => undefined)
        },
      })
      return { worker: name, ends }
    },
    {
      connection: redis,
      concurrency: threads,
      lockDuration: stallSeconds * 1_000,
      stalledInterval: stallSeconds * 500,
      maxStalledCount: MAX_STALLS,
    },
  )
  worker.on('error', () => undefined)
  worker.on('failed', (job, error) => onJob?.(`failed ${job?.id}: ${error.message}`))
  return {
    async close() {
      await worker.close()
      redis.disconnect()
    },
  }
}

/** The worker must mean the same by a trial as who asks. */
async function checkKeys(base: RunConfig, { trials }: Pass, dataId: string): Promise<void> {
  for (const { number, key, point } of trials) {
    const config = configAt(base, point)
    const have = runKey(config, await loadMembers(config), dataId)
    if (have === key) continue
    throw new UnrecoverableError(new WorkerDiffersError({ trial: number, wanted: key, have }).message)
  }
}

/** Finds the data of sweeps on this machine, each once. */
class DataPlaces {
  readonly #options: QueueWorkerOptions
  readonly #found = new Map<string, Promise<string>>()

  constructor(options: QueueWorkerOptions) {
    this.#options = options
  }

  /** The run with the folder of its data, which hold what the sweep wants. */
  async find({ base, dataId, objects }: JobData): Promise<RunConfig> {
    let found = this.#found.get(dataId)
    if (found === undefined) {
      found = this.#search(base, dataId, this.#options.objects ?? objects)
      this.#found.set(dataId, found)
      /** A disk that was not mounted may be there next time. */
      found.catch(() => this.#found.delete(dataId))
    }
    return this.#with(base, await found)
  }

  async #search(base: RunConfig, dataId: string, objects: string | undefined): Promise<string> {
    const own = this.#options.data ?? base.data
    try {
      await this.#check(base, own, dataId)
      return own
    } catch (error) {
      if (objects === undefined) throw error
    }
    const directory = await fetchData({ objects: openObjects(objects), dataId, cache: this.#options.cache })
    await this.#check(base, directory, dataId)
    return directory
  }

  async #check(base: RunConfig, directory: string, wanted: string): Promise<void> {
    const have = await dataIdOf(await openRunData(this.#with(base, directory), silent))
    if (have !== wanted) throw new DataDiffersError({ directory, wanted, have })
  }

  #with(base: RunConfig, data: string): RunConfig {
    return { ...base, data, cache: this.#options.cache, workers: 1 }
  }
}
