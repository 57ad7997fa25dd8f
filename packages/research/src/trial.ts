import type { Us } from '@scalp/canonical'
import type { Point } from './axis.js'

/** A return of a day, as a fraction of the equity the day began with. */
export interface DayReturn {
  readonly date: string
  readonly value: number
}

/** What is kept of a finished run. */
export interface RunRecord {
  /** Names what the run hangs on: data, strategy, settings, version. Equal keys must give equal results. */
  readonly key: string
  readonly strategy: string
  /** Names the data; runs of other data are no trials of the same question. */
  readonly data: string
  readonly from: string
  readonly to: string
  /** The whole config, as JSON has it: what it takes to run it again. */
  readonly config: Readonly<Record<string, unknown>>
  readonly resultHash: string
  readonly trades: number
  /** Figures by name; null where one is undefined. */
  readonly figures: Readonly<Record<string, number | null>>
  readonly days: readonly DayReturn[]
}

/** A run as the store has it. */
export interface StoredRun extends RunRecord {
  readonly finishedUs: Us
  /** Who ran it. */
  readonly worker: string
}

/** One trial of a sweep. */
export interface Trial {
  /** Place in the sweep, from 0. */
  readonly number: number
  readonly key: string
  readonly point: Point
}

/** How a trial ended. */
export type TrialEnd =
  | { readonly trial: Trial; readonly run: StoredRun }
  | { readonly trial: Trial; readonly failure: string }

/** A sweep as the store has it. */
export interface StoredSweep {
  readonly id: string
  readonly createdUs: Us
  /** What was asked, as JSON has it. */
  readonly plan: unknown
  readonly trials: number
  readonly finished: number
  readonly failed: number
}

/**
 * Where trials are kept: the ledger of a project. What is in it stays; the best of many is judged by all of them.
 */
export interface TrialStore {
  /** Notes a sweep; again is no fault. */
  openSweep(id: string, plan: unknown, us: Us): void
  /** Notes the trials of a sweep; again is no fault. */
  addTrials(sweep: string, trials: readonly Trial[]): void
  /**
   * Keeps a finished run. The same run again changes nothing but the count of its executions, and answers false.
   *
   * @throws {@link ResultDiffersError} When it had another result before.
   */
  keepRun(run: StoredRun): boolean
  keepFailure(sweep: string, trial: Trial, failure: string): void
  run(key: string): StoredRun | undefined
  /** Runs whose key starts so. */
  runsLike(prefix: string): readonly StoredRun[]
  /** All runs, the latest first. */
  runs(filter?: RunFilter): readonly StoredRun[]
  sweeps(): readonly StoredSweep[]
  /** Trials of a sweep with how they ended; those under way are left out. */
  trialEnds(sweep: string): readonly TrialEnd[]
  /** How often a run was finished; 1 unless work was repeated after a crash. */
  executions(key: string): number
  close(): void
}

/** Which runs are wanted. */
export interface RunFilter {
  readonly sweep?: string | undefined
  readonly strategy?: string | undefined
  readonly data?: string | undefined
}
