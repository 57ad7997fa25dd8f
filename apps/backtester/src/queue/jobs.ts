import { ScalpError } from '@scalp/canonical'
import type { RunConfig } from '../config.js'
import type { Pass, PassEnd } from '../sweep/pass.js'

/** Jobs of all sweeps; workers anywhere take from here. */
export const JOBS = 'scalp-jobs'

/** What every job says: which run, and the data by their content. */
export interface JobData {
  readonly base: RunConfig
  readonly dataId: string
  /** Where the data may be fetched by content, if at all. */
  readonly objects: string | undefined
}

/** Trials that share a market and its decode; gives their ends. */
export interface PassJob extends JobData {
  readonly kind: 'pass'
  readonly pass: Pass
}

/** Slices of some days, for a cache that workers share; gives nothing. */
export interface SliceJob extends JobData {
  readonly kind: 'slices'
  readonly from: string
  readonly to: string
}

/** What a worker takes. */
export type AnyJob = PassJob | SliceJob

/** What a worker gives back. */
export interface JobAnswer {
  readonly worker: string
  readonly ends: readonly PassEnd[]
}

/** Thrown when a job failed as often as it may. */
export class JobError extends ScalpError {
  override readonly name = 'JobError'
  constructor({ job, reason }: { job: string; reason: string }) {
    super(`Job ${job} failed on every worker that tried it: ${reason}`, {
      code: 'SWEEP_JOB',
      hint: 'What was finished is kept. Mend the cause and give the same command again to go on.',
      details: { job },
    })
  }
}

/** Thrown when the data of a worker are not those of the sweep. */
export class DataDiffersError extends ScalpError {
  override readonly name = 'DataDiffersError'
  constructor({ directory, wanted, have }: { directory: string; wanted: string; have: string }) {
    super(`The data in ${directory} are ${have.slice(0, 12)}, and the sweep wants ${wanted.slice(0, 12)}.`, {
      code: 'DATA_DIFFERS',
      hint: 'Give the worker the same files with --data, or let it fetch them with --objects.',
      details: { directory, wanted, have },
    })
  }
}

/** Thrown when a worker is of another version, or has another strategy, than who asks. */
export class WorkerDiffersError extends ScalpError {
  override readonly name = 'WorkerDiffersError'
  constructor({ trial, wanted, have }: { trial: number; wanted: string; have: string }) {
    super(`Trial ${trial} is run ${have.slice(0, 12)} here, and ${wanted.slice(0, 12)} to who asks.`, {
      code: 'WORKER_DIFFERS',
      hint: 'Install the same versions of scalp and of the strategy on all machines.',
      details: { trial, wanted, have },
    })
  }
}
