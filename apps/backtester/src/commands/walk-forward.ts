import { type Point, type WalkKind, type WalkOptions, type WalkResult, walkThrough } from '@scalp/research'
import { estimateSharpe } from '@scalp/statistics'
import { writeStudy } from '../outputs.js'
import { describePoint, rankEnds, show, table } from '../sweep/show.js'
import { openStore } from '../sweep/store-file.js'
import { studyOf } from '../sweep/study-of.js'
import { ranksOn, type SweepFlags, sweepOf } from './sweep.js'

/** Flags of `scalp-backtest walk-forward`, over those of a sweep. */
export interface WalkFlags extends SweepFlags {
  readonly kind: WalkKind
  readonly train: number
  readonly test: number
  readonly folds: number
  readonly purge: number
  readonly embargo: number
}

/** Runs a sweep, or what is missing of it, and walks through its days with the settings that were best so far. */
export async function walkForward(flags: WalkFlags): Promise<void> {
  const { plan, outcome, file } = await sweepOf(flags)
  const { runs, ranked, points } = rankEnds(outcome, plan.request.objective)
  const { kind, train, test, folds, purge, embargo } = flags
  const options: WalkOptions = {
    kind,
    trainDays: train,
    testDays: test,
    folds,
    purgeDays: purge,
    embargoDays: embargo,
    choose: flags.objective === 'totalReturnPct' || flags.objective === 'totalPnl' ? 'return' : 'sharpe',
  }
  const walked = walkThrough(runs, options)
  if (flags.study !== undefined) {
    const store = openStore(file)
    const study = studyOf({
      name: `walk-forward of sweep ${outcome.id}`,
      figure: flags.objective,
      best: ranked[0],
      ledger: store.runs(),
      ...ranksOn(plan, outcome),
      walked: { result: walked, options, points },
    })
    store.close()
    await writeStudy(flags.study, study)
  }
  if (flags.json === true)
    process.stdout.write(
      `${JSON.stringify({ id: outcome.id, sweepHash: outcome.sweepHash, isComplete: outcome.isComplete, ...walked })}\n`,
    )
  else if (flags.quiet !== true) process.stdout.write(`${describe(walked, points)}\n\nStore ${file}\n`)
  if (!outcome.isComplete) process.exitCode = 130
}

function describe({ steps, days, efficiency, kept }: WalkResult, points: ReadonlyMap<string, Point>): string {
  if (steps.length === 0) return 'N/A: the days are too few for one training and one test.'
  const total = days.reduce((product, { value }) => product * (1 + value), 1) - 1
  const { sharpe } = estimateSharpe(days.map(({ value }) => value))
  const annual = days.length < 20 ? null : sharpe * Math.sqrt(252)
  return [
    table([
      ['trained', 'tested', 'in sample', 'out of sample', 'rank', 'settings'],
      ...steps.map((step) => [
        `${step.train.from}..${step.train.to}`,
        `${step.test.from}..${step.test.to}`,
        show(step.inSample),
        show(step.outOfSample),
        show(step.rank),
        describePoint(points.get(step.chosen ?? '') ?? {}),
      ]),
    ]),
    '',
    `Out of sample ${(total * 100).toFixed(2)} % over ${days.length} days, Sharpe ratio ${show(annual)} a year`,
    `Efficiency ${show(efficiency)} (out of sample over in sample); settings kept in ${kept} of ${steps.length - 1} steps`,
  ].join('\n')
}
