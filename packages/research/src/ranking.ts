import type { RunRecord } from './trial.js'

/** What makes a run better: a figure, and which way. */
export interface Objective {
  /** Name of a figure; a minus before it wants it small. */
  readonly figure: string
  /** Runs with fewer trades are not ranked: their figures say nothing. */
  readonly minTrades: number
}

/** How good a run is, the more the better; `NaN` when its figure is undefined or its sample thin. */
export function scoreOf(
  { figures, trades }: Pick<RunRecord, 'figures' | 'trades'>,
  { figure, minTrades }: Objective,
): number {
  const isSmall = figure.startsWith('-')
  const value = figures[isSmall ? figure.slice(1) : figure] ?? Number.NaN
  if (trades < minTrades) return Number.NaN
  return isSmall ? -value : value
}

/** The best first; runs without a score are left out, and equal ones stand in the order of their keys. */
export function rankRuns<Run extends RunRecord>(runs: readonly Run[], objective: Objective): readonly Run[] {
  return runs
    .map((run) => ({ run, score: scoreOf(run, objective) }))
    .filter(({ score }) => !Number.isNaN(score))
    .sort((a, b) => b.score - a.score || (a.run.key < b.run.key ? -1 : 1))
    .map(({ run }) => run)
}
