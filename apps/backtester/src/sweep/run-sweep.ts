import { isScalpError, wallClock } from '@scalp/canonical'
import type { Progress } from '@scalp/cli'
import { type Point, scoreOf, type Trial, type TrialEnd, type TrialStore } from '@scalp/research'
import { proposePoints } from '@scalp/research/forest'
import type { RunConfig } from '../config.js'
import { loadMembers } from '../members.js'
import { cutPasses, type Pass, type PassEnd } from './pass.js'
import { type SweepPlan, sweepIdOf } from './plan-sweep.js'
import { hashOf, runKey } from './run-key.js'
import { configAt } from './settings-at.js'

/** Plays passes somewhere: in threads of this machine, or on many. */
export interface PassPlayer {
  /** Passes that run at the same time; 1 where that is not known. */
  readonly atOnce: number
  play(options: {
    readonly sweep: string
    readonly base: RunConfig
    readonly dataId: string
    readonly passes: readonly Pass[]
    readonly onEnd: (ends: readonly PassEnd[], worker: string) => void
    readonly onProgress: (trials: number) => void
    readonly signal: AbortSignal
  }): Promise<void>
}

/** What a sweep is run with. */
export interface RunSweepOptions {
  readonly plan: SweepPlan
  readonly dataId: string
  readonly store: TrialStore
  readonly player: PassPlayer
  /** The most trials that share a market and its decode: more take less time, and more memory. */
  readonly lanes: number
  readonly progress: Progress
  /** Aborted, the sweep stops when what is under way has ended. */
  readonly signal: AbortSignal
}

/** What came of a sweep. */
export interface SweepOutcome {
  readonly id: string
  readonly ends: readonly TrialEnd[]
  /** Trials planned, of a model-based search those to come included. */
  readonly planned: number
  readonly isComplete: boolean
  /** Names all results in the order of the trials: equal for any number of workers, on one machine or many. */
  readonly sweepHash: string
  /** Trials that were found in the store. */
  readonly found: number
}

/** Runs what is missing of a sweep, and keeps each pass as soon as it ends. */
export async function runSweep(options: RunSweepOptions): Promise<SweepOutcome> {
  const { plan, dataId, store, progress, signal } = options
  const { request, points } = plan
  const id = sweepIdOf(plan, dataId)
  store.openSweep(id, { ...request, axes: plan.axes, dataId }, wallClock.nowUs())
  const isSearch = request.method === 'model'
  const planned = isSearch ? request.trials : points.length
  progress.start(planned, 'trials')
  let found = 0
  let first = 0
  let batch: readonly Point[] = points
  while (batch.length > 0) {
    const { trials, refused } = await toTrials(batch, first, request.base, dataId)
    store.addTrials(id, trials)
    for (const { trial, failure } of refused) store.keepFailure(id, trial, failure)
    const known = new Set(store.trialEnds(id).map(({ trial }) => trial.number))
    const missing = trials.filter(({ number }) => !known.has(number))
    found += trials.length - missing.length - refused.length
    await playMissing(options, id, missing, first + trials.length - missing.length)
    first += trials.length
    if (!isSearch || signal.aborted || first >= planned) break
    batch = nextBatch(plan, store.trialEnds(id), first)
  }
  const ends = store.trialEnds(id)
  const isComplete = !signal.aborted && ends.length >= first
  return { id, ends, planned: isComplete ? first : planned, isComplete, sweepHash: sweepHashOf(ends), found }
}

/** Names all results in the order of the trials. */
export function sweepHashOf(ends: readonly TrialEnd[]): string {
  return hashOf(
    ends.map((end) => [end.trial.number, end.trial.key, 'run' in end ? end.run.resultHash : end.failure]),
  )
}

interface Refused {
  readonly trial: Trial
  readonly failure: string
}

/** Trials with their keys; settings that a schema refuses together have failed before they run. */
async function toTrials(
  points: readonly Point[],
  first: number,
  base: RunConfig,
  dataId: string,
): Promise<{ readonly trials: readonly Trial[]; readonly refused: readonly Refused[] }> {
  const trials: Trial[] = []
  const refused: Refused[] = []
  for (const [at, point] of points.entries()) {
    const number = first + at
    try {
      const config = configAt(base, point)
      trials.push({ number, point, key: runKey(config, await loadMembers(config), dataId) })
    } catch (error) {
      if (!isScalpError(error)) throw error
      const trial = { number, point, key: hashOf({ dataId, refused: point }) }
      trials.push(trial)
      refused.push({ trial, failure: `${error.message} (${error.code})` })
    }
  }
  return { trials, refused }
}

function nextBatch(
  { request: { objective, batch, trials, seed }, space }: SweepPlan,
  ends: readonly TrialEnd[],
  done: number,
): readonly Point[] {
  const tried = ends.map((end) => ({
    point: end.trial.point,
    figure: 'run' in end ? scoreOf(end.run, objective) : Number.NaN,
  }))
  return proposePoints({ space, tried, count: Math.min(batch, trials - done), seed })
}

async function playMissing(
  { plan, dataId, store, player, lanes, progress, signal }: RunSweepOptions,
  sweep: string,
  missing: readonly Trial[],
  done: number,
): Promise<void> {
  if (missing.length === 0) return
  const byNumber = new Map(missing.map((trial) => [trial.number, trial]))
  await player.play({
    sweep,
    base: plan.request.base,
    dataId,
    passes: cutPasses(missing, { lanes, atOnce: player.atOnce }),
    onEnd: (ends, worker) => {
      for (const end of ends) {
        const trial = byNumber.get(end.number)
        if (trial === undefined) continue
        if ('failure' in end) store.keepFailure(sweep, trial, end.failure)
        else store.keepRun({ ...end.run, finishedUs: wallClock.nowUs(), worker })
      }
    },
    onProgress: (trials) =>
      progress.update(Math.min(done + trials, done + missing.length), `${missing.length} to run`),
    signal,
  })
}
