import { availableParallelism } from 'node:os'
import { createProgressBar } from '@scalp/cli'
import {
  judgeBest,
  type MappedPoint,
  type StabilityMap,
  scoreOf,
  stabilityAt,
  stabilityMaps,
} from '@scalp/research'
import { loadOptional } from '../optional-package.js'
import { writeStudy } from '../outputs.js'
import { openRunData, type RunData } from '../run-data.js'
import { playInThreads } from '../sweep/in-threads.js'
import { planSweep, type SweepMethod, type SweepPlan, type SweepRequest } from '../sweep/plan-sweep.js'
import { dataIdOf } from '../sweep/run-key.js'
import { type PassPlayer, runSweep, type SweepOutcome } from '../sweep/run-sweep.js'
import { describePoint, describeVerdict, rankEnds, show, table, tableOfRuns } from '../sweep/show.js'
import { stopSignal } from '../sweep/stop-signal.js'
import { openStore, storeFileOf } from '../sweep/store-file.js'
import { studyOf } from '../sweep/study-of.js'
import { configOfFlags, type RunFlags } from './run.js'

/** Flags of `scalp-backtest sweep`, over those of a run. */
export interface SweepFlags extends RunFlags {
  readonly vary?: readonly string[]
  readonly where?: readonly string[]
  readonly method: SweepMethod
  readonly trials: number
  readonly batch: number
  readonly searchSeed: string
  readonly objective: string
  readonly minTrades: number
  readonly threads?: number
  readonly lanes: number
  readonly store?: string
  readonly redis?: string
  readonly objects?: string
  readonly prepare?: boolean
  /** Where to write what was found, for a report. */
  readonly study?: string
}

/** Runs a strategy with many settings, keeps what came of each, and judges the best by all that were tried. */
export async function sweep(flags: SweepFlags): Promise<void> {
  const { plan, outcome, file } = await sweepOf(flags)
  const { request } = plan
  const { objective } = request
  const { runs, ranked, points, failures, thin } = rankEnds(outcome, objective)
  const [best] = ranked
  const store = openStore(file)
  const ledger = store.runs()
  const verdict = best === undefined ? undefined : judgeBest(best, ledger)
  store.close()
  const mapped = ranksOn(plan, outcome)
  if (flags.study !== undefined)
    await writeStudy(
      flags.study,
      studyOf({ name: `sweep ${outcome.id}`, figure: objective.figure, best, ledger, ...mapped }),
    )
  if (flags.json === true) {
    const { id, sweepHash, isComplete, planned, found } = outcome
    const shown = {
      id,
      sweepHash,
      isComplete,
      planned,
      found,
      finished: runs.length,
      failed: failures.length,
      thin,
    }
    process.stdout.write(
      `${JSON.stringify({ ...shown, best, verdict, maps: mapped?.maps ?? [], stability: mapped?.stability })}\n`,
    )
  } else if (flags.quiet !== true) {
    const lines = [
      outcome.isComplete
        ? `Sweep ${outcome.id}: ${runs.length} runs, ${outcome.found} of them found in the store`
        : `Stopped. ${outcome.ends.length} of ${outcome.planned} trials are kept; the same command goes on from there.`,
      ...(failures.length > 0
        ? [
            `${failures.length} trials failed, the first (${describePoint(failures[0]?.trial.point ?? {})}): ${failures[0]?.failure}`,
          ]
        : []),
      ...(thin > 0
        ? [`${thin} runs are N/A: fewer than ${objective.minTrades} trades, or no ${objective.figure}`]
        : []),
      ...(ranked.length > 0 ? ['', tableOfRuns(ranked.slice(0, 10), objective, points)] : []),
      ...(verdict === undefined ? [] : ['', describeVerdict(verdict)]),
      ...(mapped === undefined
        ? []
        : [
            '',
            ...mapped.maps.map(showMap),
            `Plateau ${show(mapped.stability?.plateau)} (1 is a plateau, 0 a lonely peak)`,
          ]),
      '',
      `Result hash ${outcome.sweepHash}`,
      `Store       ${file}`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  }
  if (!outcome.isComplete) process.exitCode = 130
}

/** Plans and runs a sweep, or what is missing of it. */
export async function sweepOf(
  flags: SweepFlags,
): Promise<{ readonly plan: SweepPlan; readonly outcome: SweepOutcome; readonly file: string }> {
  const base = await configOfFlags(flags)
  const plan = await planSweep(requestOf(flags, base))
  const progress = createProgressBar({ isSilent: flags.quiet === true || flags.json === true })
  const file = flags.store ?? storeFileOf(base.out)
  const store = openStore(file)
  const stop = stopSignal()
  try {
    const data = await openRunData(base, progress)
    const dataId = await dataIdOf(data)
    const outcome = await runSweep({
      plan,
      dataId,
      store,
      player: await playerOf(flags, data, dataId),
      lanes: flags.lanes,
      progress,
      signal: stop.signal,
    })
    return { plan, outcome, file }
  } finally {
    progress.stop()
    stop.end()
    store.close()
  }
}

/** Threads of this machine, unless the work goes to others. */
async function playerOf(
  { redis: url, objects, prepare, threads }: SweepFlags,
  data: RunData,
  dataId: string,
): Promise<PassPlayer> {
  if (url === undefined) return playInThreads(threads ?? availableParallelism())
  const { playOnRedis } = await loadOptional(
    'A sweep over Redis',
    ['bullmq', 'ioredis'],
    () => import('../queue/redis-player.js'),
  )
  if (objects !== undefined) {
    const [{ openObjects }, { putData }] = await Promise.all([
      import('../queue/objects.js'),
      import('../queue/object-data.js'),
    ])
    await putData({ objects: openObjects(objects), dataId, data })
  }
  const days = data.originals.quotes.map(({ from }) => from)
  return playOnRedis({ url, objects, sliceDays: prepare === true ? [...new Set(days)] : [] })
}

function requestOf(flags: SweepFlags, base: SweepRequest['base']): SweepRequest {
  const { vary = [], where = [], method, trials, batch, searchSeed, objective, minTrades } = flags
  return {
    base,
    vary,
    where,
    method,
    trials,
    batch,
    seed: searchSeed,
    objective: { figure: objective, minTrades },
  }
}

/** Maps of a grid; other searches leave no grid to map. */
export function ranksOn({ request, axes }: SweepPlan, { ends }: SweepOutcome) {
  if (request.method !== 'grid' || axes.length === 0) return undefined
  const points: MappedPoint[] = ends.map((end) => ({
    point: end.trial.point,
    figure: 'run' in end ? scoreOf(end.run, request.objective) : Number.NaN,
  }))
  const best = points
    .filter(({ figure }) => !Number.isNaN(figure))
    .reduce<MappedPoint | undefined>(
      (one, other) => (one !== undefined && one.figure >= other.figure ? one : other),
      undefined,
    )
  return {
    maps: stabilityMaps(axes, points),
    chosen: best,
    stability: best === undefined ? undefined : stabilityAt(axes, best.point, points),
  }
}

function showMap({ rows, columns, figures }: StabilityMap): string {
  return table([
    [rows.name === '' ? columns.name : `${rows.name} \\ ${columns.name}`, ...columns.values.map(String)],
    ...rows.values.map((value, at) => [
      rows.name === '' ? '' : String(value),
      ...(figures[at] ?? []).map((figure) => show(figure)),
    ]),
  ])
}
