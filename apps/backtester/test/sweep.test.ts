import path from 'node:path'
import type { TrialStore } from '@scalp/research'
import { openSqliteStore } from '@scalp/research/sqlite'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { openRunData } from '../src/run-data.js'
import { playInThreads } from '../src/sweep/in-threads.js'
import { planSweep, type SweepRequest } from '../src/sweep/plan-sweep.js'
import { dataIdOf } from '../src/sweep/run-key.js'
import { runSweep, type SweepOutcome } from '../src/sweep/run-sweep.js'
import { configAt } from '../src/sweep/settings-at.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'
import { ended, startProgram } from './redis.js'

/** How many sets are compared with as many runs of their own; 18 unless told. */
const SETS = Number(process.env['SCALP_SWEEP_SETS'] ?? 18)
const SETTINGS = { momentumThresholdPutPct: 0.2, maxContractPriceMicros: 20_000_000, minOpenInterest: 0 }

async function requestOver(data: string, more: Partial<SweepRequest> = {}): Promise<SweepRequest> {
  return {
    base: await configOf(data, { settings: SETTINGS }),
    vary: ['momentumThresholdCallPct=0.1..0.3/0.05', 'run.fills.slippagePct=0,1', 'velocityAnchor'],
    where: ['momentumThresholdCallPct <= 0.25 or velocityAnchor == "asOf"'],
    method: 'grid',
    trials: 12,
    batch: 6,
    seed: 'test',
    objective: { figure: 'totalPnl', minTrades: 1 },
    ...more,
  }
}

async function sweep(
  request: SweepRequest,
  store: TrialStore,
  { threads = 1, lanes = 8, signal = new AbortController().signal } = {},
): Promise<SweepOutcome> {
  const data = await openRunData(request.base, silent)
  return runSweep({
    plan: await planSweep(request),
    dataId: await dataIdOf(data),
    store,
    player: playInThreads(threads),
    lanes,
    progress: silent,
    signal,
  })
}

test('each trial of a sweep gives what a run of its own gives, for any number of threads and lanes', {
  timeout: Math.max(120_000, SETS * 3_000),
}, async () => {
  const data = await writeMarket('dbn.zst')
  const vary = ['momentumThresholdCallPct=0.1..0.4', 'takeProfitPct=5..40', 'velocityAnchor']
  const request = await requestOver(
    data,
    SETS === 18 ? {} : { method: 'random', vary, where: [], trials: SETS },
  )
  const store = openSqliteStore(':memory:')
  const one = await sweep(request, store, { threads: 1, lanes: 18 })
  expect(one.ends).toHaveLength(SETS)
  const many = await sweep(request, openSqliteStore(':memory:'), { threads: 2, lanes: 5 })
  expect(many.sweepHash).toBe(one.sweepHash)
  expect(many.id).toBe(one.id)
  const hashes = new Set<string>()
  for (const end of one.ends) {
    if ('failure' in end) throw new Error(end.failure)
    const { manifest, trades } = await runBacktest(configAt(request.base, end.trial.point), silent)
    expect(end.run.resultHash).toBe(manifest.resultHash)
    expect(end.run.trades).toBe(trades.length)
    hashes.add(manifest.resultHash)
  }
  expect(hashes.size).toBeGreaterThan(6)
  store.close()
})

test('what is in the store is not run again, and a search by a model goes on as if it had never stopped', {
  timeout: 120_000,
}, async () => {
  const data = await writeMarket('dbn.zst')
  const request = await requestOver(data, {
    method: 'model',
    where: [],
    vary: ['momentumThresholdCallPct=0.1..0.4', 'takeProfitPct=5..40'],
    trials: 20,
    batch: 10,
  })
  const whole = await sweep(request, openSqliteStore(':memory:'), { threads: 2 })
  expect(whole).toMatchObject({ isComplete: true, planned: 20, found: 0 })
  const store = openSqliteStore(':memory:')
  const stop = new AbortController()
  const player = playInThreads(1)
  const begun = await openRunData(request.base, silent)
  const stopped = await runSweep({
    plan: await planSweep(request),
    dataId: await dataIdOf(begun),
    store,
    player: {
      ...player,
      play: (options) =>
        player.play({
          ...options,
          onEnd(ends, worker) {
            options.onEnd(ends, worker)
            stop.abort()
          },
        }),
    },
    lanes: 3,
    progress: silent,
    signal: stop.signal,
  })
  expect(stopped).toMatchObject({ isComplete: false })
  expect(stopped.ends).toHaveLength(2)
  const rest = await sweep(request, store, { lanes: 4 })
  expect(rest).toMatchObject({ isComplete: true, found: 2, sweepHash: whole.sweepHash })
  expect(store.runs().map(({ key }) => store.executions(key))).toEqual(store.runs().map(() => 1))
})

test('a trial that fails says why, and the others go on', { timeout: 60_000 }, async () => {
  const data = await writeMarket('dbn.zst')
  const vary = ['minDte=1,9']
  const { ends } = await sweep(await requestOver(data, { vary, where: [] }), openSqliteStore(':memory:'))
  expect(ends).toMatchObject([
    { trial: { number: 0 }, run: { strategy: 'momentum-scalper' } },
    { trial: { number: 1 }, failure: expect.stringContaining('must not be below minDte') as string },
  ])
  const wrong = requestOver(data, { vary: ['takeProfit=1,2'], where: [] })
  await expect(planSweep(await wrong)).rejects.toMatchObject({
    code: 'SWEEP_PLAN',
    hint: expect.stringContaining('takeProfitPct') as string,
  })
  const strange = requestOver(data, { where: ['takeProfitPct < noSuchSetting'] })
  await expect(planSweep(await strange)).rejects.toMatchObject({ code: 'SWEEP_PLAN' })
})

test('Ctrl-C keeps what is under way, and the same command goes on from there', {
  timeout: 120_000,
}, async () => {
  const data = await writeMarket('dbn.zst')
  const place = await newFolder()
  const flags = [
    '--data',
    data,
    '--underlying',
    'DEMO',
    '--cache',
    path.join(place, 'cache'),
    '--vary',
    'momentumThresholdCallPct=0.10..0.39/0.01',
    '--set',
    'momentumThresholdPutPct=0.2',
    'minOpenInterest=0',
    '--lanes',
    '2',
    '--threads',
    '1',
    '--json',
  ]
  const start = (out: string) =>
    startProgram(['sweep', ...flags, '--out', path.join(place, out, 'out')], place)
  const jsonOf = (text: string) =>
    JSON.parse(text.split('\n').find((line) => line.startsWith('{')) ?? '{}') as {
      finished: number
      found: number
      planned: number
      sweepHash: string
    }
  const file = path.join(place, 'stopped', 'scalp-trials.sqlite')
  const first = start('stopped')
  let kept = 0
  while (kept === 0 && first.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    try {
      const store = openSqliteStore(file)
      kept = store.runs().length
      store.close()
    } catch {}
  }
  first.kill('SIGINT')
  expect(await ended(first)).toBe(130)
  const stopped = jsonOf(first.said())
  expect(stopped.finished).toBeGreaterThanOrEqual(kept)
  expect(stopped.finished).toBeLessThan(30)
  const second = start('stopped')
  expect(await ended(second), second.said()).toBe(0)
  const rest = jsonOf(second.said())
  expect(rest).toMatchObject({ finished: 30, found: stopped.finished })
  const store = openSqliteStore(file)
  expect(store.runs().map(({ key }) => store.executions(key))).toEqual(Array.from({ length: 30 }, () => 1))
  store.close()
})
