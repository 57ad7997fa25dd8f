import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openSqliteStore } from '@scalp/research/sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newFolder, writeMarket } from './market.js'
import { ended, hasRedis, OwnRedis, startProgram } from './redis.js'

/** More for a soak: `SCALP_SWEEP_TRIALS=100 SCALP_SWEEP_KILLS=5`. */
const TRIALS = Number(process.env['SCALP_SWEEP_TRIALS'] ?? 24)
const KILLS = Number(process.env['SCALP_SWEEP_KILLS'] ?? 2)
const WORKERS = Number(process.env['SCALP_SWEEP_WORKERS'] ?? 2)

const SETTINGS = ['momentumThresholdPutPct=0.2', 'maxContractPriceMicros=20000000', 'minOpenInterest=0']

describe.skipIf(!hasRedis)('a sweep on many machines', () => {
  let redis: OwnRedis
  let data: string
  let place: string
  const workers = new Set<ReturnType<typeof startProgram>>()

  beforeAll(async () => {
    redis = await OwnRedis.start()
    data = await writeMarket('dbn.zst')
    place = await newFolder()
  })
  afterAll(async () => {
    await Promise.all([...workers].map((worker) => ended(worker, 'SIGKILL')))
    await redis.kill()
  })

  function startWorker(at: number, more: readonly string[] = []): ReturnType<typeof startProgram> {
    const cache = path.join(place, `cache-${at}`)
    const flags = ['--redis', redis.url, '--threads', '1', '--cache', cache, '--stall-seconds', '2']
    const worker = startProgram(['worker', ...flags, ...more], place)
    workers.add(worker)
    return worker
  }

  function startSweep(out: string, more: readonly string[]): ReturnType<typeof startProgram> {
    const run = [
      '--data',
      data,
      '--underlying',
      'DEMO',
      '--cache',
      path.join(place, 'cache'),
      '--out',
      path.join(place, out, 'out'),
    ]
    const vary = ['--vary', 'momentumThresholdCallPct=0.1..0.4', 'takeProfitPct=10..40', '--method', 'random']
    const search = ['--trials', String(TRIALS), '--lanes', '2', '--set', ...SETTINGS]
    return startProgram(['sweep', ...run, ...vary, ...search, '--json', ...more], place)
  }

  async function outcomeOf(sweep: ReturnType<typeof startProgram>) {
    const code = await ended(sweep)
    expect(code, sweep.said()).toBe(0)
    const json =
      sweep
        .said()
        .split('\n')
        .find((line) => line.startsWith('{')) ?? '{}'
    return JSON.parse(json) as { sweepHash: string; finished: number; failed: number; id: string }
  }

  test('gives the result of one machine while workers are killed and Redis is restarted, and runs nothing twice', {
    timeout: 60_000 + 6_000 * (TRIALS + KILLS),
  }, async () => {
    const alone = await outcomeOf(startSweep('alone', ['--threads', '2']))
    expect(alone).toMatchObject({ finished: TRIALS, failed: 0 })
    const crew = Array.from({ length: WORKERS }, (_, at) => startWorker(at))
    const sweep = startSweep('many', ['--redis', redis.url])
    for (let kill = 0; kill < KILLS; kill++) {
      const at = kill % WORKERS
      /** In the midst of a job, not before the first. */
      for (let waited = 0; !(crew[at]?.said().includes('pass') ?? false) && waited < 300; waited++)
        await wait(100)
      await wait(700)
      await ended(crew[at], 'SIGKILL')
      crew[at] = startWorker(at)
      if (kill !== Math.floor(KILLS / 2)) continue
      await redis.kill()
      await wait(500)
      await redis.start()
    }
    const many = await outcomeOf(sweep)
    expect(many).toMatchObject({ finished: TRIALS, failed: 0, id: alone.id, sweepHash: alone.sweepHash })
    const store = openSqliteStore(path.join(place, 'many', 'scalp-trials.sqlite'))
    const runs = store.runs()
    expect(runs).toHaveLength(TRIALS)
    expect(runs.map(({ key }) => store.executions(key))).toEqual(runs.map(() => 1))
    store.close()
    console.log(`${TRIALS} trials, ${KILLS} kills, 1 restart: ${many.sweepHash}`)
  })

  test('workers that hold no data fetch them by content, and make slices a day each', {
    timeout: 300_000,
  }, async () => {
    await Promise.all([...workers].map((worker) => ended(worker, 'SIGKILL')))
    const objects = path.join(place, 'objects')
    startWorker(90, ['--data', path.join(place, 'nowhere'), '--objects', objects])
    const fetched = startSweep('fetched', [
      '--redis',
      redis.url,
      '--objects',
      objects,
      '--prepare',
      '--search-seed',
      'b',
      '--trials',
      '4',
    ])
    const alone = startSweep('alone', ['--search-seed', 'b', '--trials', '4', '--threads', '1'])
    const [many, one] = await Promise.all([outcomeOf(fetched), outcomeOf(alone)])
    expect(many).toMatchObject({ finished: 4, sweepHash: one.sweepHash })
  })
})
