import { type Objective, type Point, rankRuns, type StoredRun, scoreOf, type Verdict } from '@scalp/research'
import type { SweepOutcome } from './run-sweep.js'

/** Figures that a table of runs shows after the objective. */
const SHOWN = ['totalPnl', 'sharpe', 'profitFactor', 'winRate', 'maxDrawdownPct'] as const

/** Text in columns, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A number as a reader wants it; N/A where there is none. */
export function show(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return 'N/A'
  return Math.abs(value) >= 1_000 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 100 ? 1 : 2)
}

/** The best runs, the first at the top. */
export function tableOfRuns(
  runs: readonly StoredRun[],
  objective: Objective,
  points: ReadonlyMap<string, Point> = new Map(),
): string {
  const columns = [objective.figure, ...SHOWN.filter((name) => name !== objective.figure)]
  return table([
    ['run', 'trades', ...columns, ...(points.size > 0 ? ['settings'] : ['strategy', 'period'])],
    ...runs.map((run) => [
      run.key.slice(0, 10),
      String(run.trades),
      ...columns.map((name) => show(run.figures[name.replace(/^-/, '')])),
      ...(points.size > 0
        ? [describePoint(points.get(run.key) ?? {})]
        : [run.strategy, `${run.from}..${run.to}`]),
    ]),
  ])
}

/** Settings as one would give them. */
export function describePoint(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')
}

/** What can be said of the best of many, a line each. */
export function describeVerdict(verdict: Verdict): string {
  const { trials, effectiveTrials: independent, days } = verdict
  const lines = [
    `Sharpe ratio ${show(verdict.sharpe)} a year over ${days} days; the best of ${trials} trials (${show(independent)} independent) reaches ${show(verdict.luckSharpe)} by luck`,
    `Probabilistic ${show(verdict.probabilisticSharpe)}, deflated ${show(verdict.deflatedSharpe)}; overfitting (PBO) ${show(verdict.overfitting)}; reality check p ${show(verdict.realityCheck)}, SPA p ${show(verdict.spa)}; minimum record ${show(verdict.minimumDays)} days`,
  ]
  return [...lines, ...verdict.why.map((sentence) => `- ${sentence}`)].join('\n')
}

/** Runs of a sweep that can be ranked, the best first, and how many cannot. */
export function rankEnds({ ends }: SweepOutcome, objective: Objective) {
  const runs = ends.flatMap((end) => ('run' in end ? [end.run] : []))
  const ranked = rankRuns(runs, objective)
  return {
    runs,
    ranked,
    points: new Map(ends.map(({ trial }) => [trial.key, trial.point])),
    failures: ends.flatMap((end) => ('failure' in end ? [end] : [])),
    thin: runs.filter((run) => Number.isNaN(scoreOf(run, objective))).length,
  }
}
