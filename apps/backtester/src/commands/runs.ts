import { judgeBest, rankRuns, type StoredRun, type TrialStore, UnknownRunError } from '@scalp/research'
import { describeVerdict, show, table, tableOfRuns } from '../sweep/show.js'
import { openStore, storeFileOf } from '../sweep/store-file.js'

/** Flags of `scalp-backtest runs`. */
export interface RunsFlags {
  readonly store?: string
  readonly sweep?: string
  readonly strategy?: string
  readonly objective: string
  readonly minTrades: number
  readonly limit: number
  readonly json?: boolean
}

/** Lists the runs of the store, the latest first. */
export function listRuns(flags: RunsFlags): void {
  withStore(flags, (store) => {
    const runs = store.runs(flags)
    const shown = runs.slice(0, flags.limit)
    if (flags.json === true) return print(JSON.stringify(shown))
    print(tableOfRuns(shown, objectiveOf(flags)))
    print(`${runs.length} runs${runs.length > shown.length ? `, ${shown.length} shown` : ''}`)
  })
}

/** Lists the sweeps of the store, the latest first. */
export function listSweeps(flags: RunsFlags): void {
  withStore(flags, (store) => {
    const sweeps = store.sweeps()
    if (flags.json === true) return print(JSON.stringify(sweeps))
    print(
      table([
        ['sweep', 'started', 'trials', 'finished', 'failed'],
        ...sweeps.map(({ id, createdUs, trials, finished, failed }) => [
          id,
          new Date(createdUs / 1_000).toISOString().slice(0, 16),
          String(trials),
          String(finished),
          String(failed),
        ]),
      ]),
    )
  })
}

/** Shows one run, and what can be said of it as one of all that were tried. */
export function showRun(key: string, flags: RunsFlags): void {
  withStore(flags, (store) => {
    const run = find(store, key)
    const verdict = judgeBest(run, store.runs())
    const executions = store.executions(run.key)
    if (flags.json === true) return print(JSON.stringify({ ...run, executions, verdict }))
    print(
      table([
        ['run', run.key],
        ['strategy', run.strategy],
        ['period', `${run.from}..${run.to}, ${run.days.length} days`],
        ['result', run.resultHash],
        ['data', run.data],
        ['by', `${run.worker}, executed ${executions} times`],
      ]),
    )
    print(`\n${table(Object.entries(run.figures).map(([name, value]) => [name, show(value)]))}`)
    print(`\n${JSON.stringify(run.config, null, 1)}\n\n${describeVerdict(verdict)}`)
  })
}

/** Puts runs side by side: the settings that differ, then the figures. */
export function compareRuns(keys: readonly string[], flags: RunsFlags): void {
  withStore(flags, (store) => {
    const runs = keys.map((key) => find(store, key))
    if (flags.json === true) return print(JSON.stringify(runs))
    const settings = runs.map(({ config }) => flatten(config))
    const differing = [...new Set(settings.flatMap((one) => [...one.keys()]))].filter(
      (name) => new Set(settings.map((one) => one.get(name) ?? '')).size > 1,
    )
    const figures = [...new Set(runs.flatMap((run) => Object.keys(run.figures)))]
    print(
      table([
        ['', ...runs.map(({ key }) => key.slice(0, 10))],
        ...differing.map((name) => [name, ...settings.map((one) => one.get(name) ?? '')]),
        ['result', ...runs.map(({ resultHash }) => resultHash.slice(0, 10))],
        ['trades', ...runs.map(({ trades }) => String(trades))],
        ...figures
          .filter((name) => name !== 'trades')
          .map((name) => [name, ...runs.map((run) => show(run.figures[name]))]),
      ]),
    )
  })
}

/** Shows the best runs, and judges the first by all trials of the same data. */
export function bestRuns(flags: RunsFlags): void {
  withStore(flags, (store) => {
    const ranked = rankRuns(store.runs(flags), objectiveOf(flags)).slice(0, flags.limit)
    const [best] = ranked
    const verdict = best === undefined ? undefined : judgeBest(best, store.runs())
    if (flags.json === true) return print(JSON.stringify({ ranked, verdict }))
    if (best === undefined || verdict === undefined)
      return print(`N/A: no run has ${flags.minTrades} trades and a figure ${flags.objective}.`)
    print(`${tableOfRuns(ranked, objectiveOf(flags))}\n\n${describeVerdict(verdict)}`)
  })
}

function objectiveOf({ objective, minTrades }: RunsFlags) {
  return { figure: objective, minTrades }
}

function withStore({ store: file }: RunsFlags, use: (store: TrialStore) => void): void {
  const store = openStore(file ?? storeFileOf('out'))
  try {
    use(store)
  } finally {
    store.close()
  }
}

function find(store: TrialStore, key: string): StoredRun {
  const found = store.runsLike(key)
  const [run] = found
  if (run === undefined || found.length > 1) throw new UnknownRunError({ wanted: key, found: found.length })
  return run
}

function flatten(value: unknown, prefix = '', flat = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value))
      flatten(inner, prefix === '' ? key : `${prefix}.${key}`, flat)
  else flat.set(prefix, JSON.stringify(value))
  return flat
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
