import { crossValidation, estimateSharpe, type WalkForwardOptions, walkForward } from '@scalp/statistics'
import type { DayReturn, RunRecord } from './trial.js'

/** How settings are chosen on some days and judged on others. */
export type WalkKind = 'rolling' | 'anchored' | 'folds'

/** A cut of the days into trainings and tests. */
export interface WalkOptions extends Pick<WalkForwardOptions, 'purgeDays'> {
  readonly kind: WalkKind
  /** Of each training; the first one for `anchored`. */
  readonly trainDays?: number
  readonly testDays?: number
  readonly folds?: number
  /** Days after a test that no training of `folds` uses. */
  readonly embargoDays?: number
  /** What the best of a training is chosen by; the Sharpe ratio unless told. */
  readonly choose?: 'sharpe' | 'return'
}

/** One step: what was chosen, and what it did afterwards. */
export interface WalkStep {
  readonly train: { readonly from: string; readonly to: string; readonly days: number }
  readonly test: { readonly from: string; readonly to: string; readonly days: number }
  /** Key of the chosen run; undefined when none could be told from another. */
  readonly chosen: string | undefined
  /** Figure of the chosen in training, by which it was chosen. */
  readonly inSample: number
  /** The same figure on the test. */
  readonly outOfSample: number
  /** Place of the chosen among all on the test: 1 is best of all, 0 worst. */
  readonly rank: number
}

/** What walking through time with the best settings so far would have given. */
export interface WalkResult {
  readonly steps: readonly WalkStep[]
  /** Returns of the tests, one after the other: nothing in them chose itself. */
  readonly days: readonly DayReturn[]
  /** Figure out of sample over that in sample, of all steps; `NaN` unless the latter is above 0. */
  readonly efficiency: number
  /** In how many steps the settings stayed those of the step before. */
  readonly kept: number
}

/**
 * Walks forward through the days of a sweep: at each step the run that was best in training is followed on the test.
 *
 * A run's returns of a day hang on days before it only, so that cuts of one run over all days are what it would have
 * done; no test knows its own outcome. Trades held over night are what `purgeDays` is for.
 */
export function walkThrough(runs: readonly RunRecord[], options: WalkOptions): WalkResult {
  const days = runs[0]?.days ?? []
  const returns = runs.map((run) => run.days.map(({ value }) => value))
  const figureOf = options.choose === 'return' ? compounded : sharpeOf
  const steps: WalkStep[] = []
  const followed: DayReturn[] = []
  let kept = 0
  for (const { train, test } of cutsOf(days.length, options)) {
    const trained = returns.map((values) => figureOf(train.map((day) => values[day] as number)))
    const tested = returns.map((values) => figureOf(test.map((day) => values[day] as number)))
    const chosen = bestOf(trained)
    const outOfSample = tested[chosen] ?? Number.NaN
    const key = runs[chosen]?.key
    if (steps.length > 0 && steps.at(-1)?.chosen === key) kept++
    steps.push({
      train: spanOf(days, train),
      test: spanOf(days, test),
      chosen: key,
      inSample: trained[chosen] ?? Number.NaN,
      outOfSample,
      rank: rankOf(outOfSample, tested),
    })
    for (const day of test)
      followed.push({
        date: (days[day] as DayReturn).date,
        value: chosen < 0 ? 0 : ((returns[chosen] as number[])[day] as number),
      })
  }
  const mean = (of: 'inSample' | 'outOfSample'): number =>
    steps.reduce((sum, step) => sum + (Number.isNaN(step[of]) ? 0 : step[of]), 0) / steps.length
  const inSample = mean('inSample')
  return {
    steps,
    days: followed.sort((a, b) => (a.date < b.date ? -1 : 1)),
    efficiency: inSample > 0 ? mean('outOfSample') / inSample : Number.NaN,
    kept,
  }
}

interface Cut {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

function cutsOf(
  days: number,
  { kind, trainDays = 0, testDays = 1, folds = 5, purgeDays = 0, embargoDays = 0 }: WalkOptions,
): readonly Cut[] {
  if (kind === 'folds')
    return crossValidation({ days, folds, purgeDays, embargoDays }).map(({ test, train }) => ({
      train,
      test: places(test.from, test.to),
    }))
  return walkForward({ days, trainDays, testDays, kind, purgeDays }).map(({ train, test }) => ({
    train: places(train.from, train.to),
    test: places(test.from, test.to),
  }))
}

function places(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, at) => from + at)
}

function spanOf(days: readonly DayReturn[], at: readonly number[]): WalkStep['train'] {
  const date = (place: number | undefined): string => days[place ?? -1]?.date ?? ''
  return { from: date(at[0]), to: date(at.at(-1)), days: at.length }
}

/** Returns that do not vary have no ratio: settings that did nothing are neither good nor bad. */
function sharpeOf(values: readonly number[]): number {
  const { sharpe } = estimateSharpe(values)
  return Number.isFinite(sharpe) ? sharpe : 0
}

function compounded(values: readonly number[]): number {
  return values.reduce((product, value) => product * (1 + value), 1) - 1
}

/** The first of the best, so that the choice does not hang on the order of finishing; −1 without any. */
function bestOf(figures: readonly number[]): number {
  let best = -1
  for (const [at, figure] of figures.entries()) if (best < 0 || figure > (figures[best] as number)) best = at
  return best
}

function rankOf(figure: number, all: readonly number[]): number {
  if (all.length < 2) return Number.NaN
  const below = all.filter((other) => other < figure).length
  const equal = all.filter((other) => other === figure).length - 1
  return (below + equal / 2) / (all.length - 1)
}
