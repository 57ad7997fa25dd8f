import {
  type LedgerSummary,
  type Study,
  type SweepSurface,
  studySchema,
  type WalkForwardTable,
} from '@scalp/report'
import {
  judgeBest,
  type MappedPoint,
  type Point,
  peersOf,
  type RunRecord,
  type StabilityMap,
  type WalkOptions,
  type WalkResult,
} from '@scalp/research'
import { estimateSharpe, momentsOf } from '@scalp/statistics'

/** What a sweep found, for the report of a run. */
export interface StudyParts {
  readonly name: string
  /** What the sweep looked for, as the maps show it. */
  readonly figure: string
  readonly best: RunRecord | undefined
  /** Every run of the project. */
  readonly ledger: readonly RunRecord[]
  readonly maps?: readonly StabilityMap[]
  /** The best point of the maps. */
  readonly chosen?: MappedPoint | undefined
  readonly walked?: {
    readonly result: WalkResult
    readonly options: WalkOptions
    readonly points: ReadonlyMap<string, Point>
  }
}

/** Puts what a sweep found into the words of a report: its maps, its walk through time, how often one looked. */
export function studyOf({ name, figure, best, ledger, maps = [], chosen, walked }: StudyParts): Study {
  return studySchema.parse({
    name,
    surfaces: maps.map((map) => surfaceOf(map, figure, chosen?.point)),
    walkForward: walked === undefined ? [] : [tableOf(walked)],
    ledger: best === undefined ? null : ledgerOf(best, ledger),
  } satisfies Study)
}

function surfaceOf({ rows, columns, figures }: StabilityMap, figure: string, chosen?: Point): SweepSurface {
  const isFlat = rows.name === ''
  const x = chosen === undefined ? -1 : columns.values.indexOf(chosen[columns.name] ?? Number.NaN)
  const y = chosen === undefined ? -1 : isFlat ? 0 : rows.values.indexOf(chosen[rows.name] ?? Number.NaN)
  return {
    figure,
    unit: '',
    x: { name: columns.name, values: [...columns.values] },
    y: isFlat ? null : { name: rows.name, values: [...rows.values] },
    cells: figures.map((row) => row.map(orNull)),
    chosen: x < 0 || y < 0 ? null : { x, y },
    note: 'Means over all other settings of the sweep.',
  }
}

function tableOf({ result, options, points }: NonNullable<StudyParts['walked']>): WalkForwardTable {
  return {
    kind: options.kind,
    figure: options.choose === 'return' ? 'Return' : 'Sharpe ratio',
    purgeDays: options.purgeDays ?? 0,
    embargoDays: options.embargoDays ?? 0,
    windows: result.steps.map((step) => ({
      trainFrom: step.train.from,
      trainTo: step.train.to,
      testFrom: step.test.from,
      testTo: step.test.to,
      settings: { ...points.get(step.chosen ?? '') },
      train: orNull(step.inSample),
      test: orNull(step.outOfSample),
      returnPct: returnBetween(result.days, step.test.from, step.test.to),
      trades: null,
      netMicros: null,
    })),
  }
}

/** Percent that the tests made on the days from one to another. */
function returnBetween(days: WalkResult['days'], from: string, to: string): number {
  const inside = days.filter(({ date }) => date >= from && date <= to)
  return (inside.reduce((product, { value }) => product * (1 + value), 1) - 1) * 100
}

function ledgerOf(best: RunRecord, ledger: readonly RunRecord[]): LedgerSummary {
  const { trials, effectiveTrials, overfitting, realityCheck, spa } = judgeBest(best, ledger)
  const sharpes = peersOf(best, ledger)
    .map(({ days }) => estimateSharpe(days.map(({ value }) => value)).sharpe)
    .filter(Number.isFinite)
  return {
    trials,
    ...(effectiveTrials === null || effectiveTrials <= 0 ? {} : { effectiveTrials }),
    sharpeVariance: sharpes.length > 1 ? (orNull(momentsOf(sharpes).deviation ** 2) ?? 0) : 0,
    overfitting,
    realityCheck,
    superiorAbility: spa,
  }
}

/** JSON holds no `NaN`. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
