import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  judgeBest,
  parseAxis,
  peersOf,
  rankRuns,
  scoreOf,
  stabilityAt,
  stabilityMaps,
  type Trial,
  walkThrough,
} from '../src/index.js'
import { openSqliteStore } from '../src/sqlite.js'
import { runOf } from './runs.js'

const many = (count: number, edge = 0) =>
  Array.from({ length: count }, (_, at) => runOf(`r${at}`, { edge: at === 0 ? edge : 0 }))

describe('verdict on the best of many', () => {
  test('without skill it warns, of a planted edge it does not', () => {
    const none = many(60)
    const best = none.reduce((one, other) => (sum(other.days) > sum(one.days) ? other : one))
    const luck = judgeBest(best, none)
    expect(luck).toMatchObject({ trials: 60, days: 120 })
    expect(luck.deflatedSharpe).toBeLessThan(0.9)
    expect(luck.overfitting).toBeGreaterThan(0.2)
    expect(luck.why.join(' ')).toContain('luck explains it')
    const edge = many(60, 0.6)
    const skill = judgeBest(edge[0] as (typeof edge)[number], edge)
    expect(skill.deflatedSharpe).toBeGreaterThan(0.95)
    expect(skill.overfitting).toBeLessThan(0.05)
    expect(skill.realityCheck).toBeLessThan(0.05)
    expect(skill.why).toEqual([])
  })

  test('thin samples are N/A, and say why', () => {
    const thin = judgeBest(runOf('a', { trades: 29 }), many(10))
    expect(thin).toMatchObject({ sharpe: null, deflatedSharpe: null, overfitting: null, realityCheck: null })
    expect(thin.why).toEqual(['Too few trades to judge: 29, fewer than 30.'])
    expect(judgeBest(runOf('a', { days: 19 }), []).why[0]).toContain('Too few days')
  })

  test('runs of other data are no trials of the same question, and the same run counts once', () => {
    const best = runOf('a')
    expect(
      peersOf(best, [best, runOf('b'), runOf('c', { data: 'other' }), runOf('d', { days: 60 })]),
    ).toHaveLength(2)
  })
})

describe('ranking', () => {
  test('thin runs and undefined figures have no place; equal ones stand by their keys', () => {
    const runs = [
      runOf('b', { edge: 1 }),
      runOf('a', { edge: 1 }),
      runOf('c', { edge: 2 }),
      runOf('d', { edge: 9, trades: 3 }),
    ]
    const keys = rankRuns(runs, { figure: 'sharpe', minTrades: 30 }).map(({ key }) => key)
    expect(keys).toEqual(['c', 'a', 'b'])
    expect(rankRuns(runs, { figure: 'profitFactor', minTrades: 0 })).toEqual([])
    expect(scoreOf(runOf('a'), { figure: '-maxDrawdown', minTrades: 0 })).toBe(-5)
  })
})

describe('walking forward', () => {
  /** Good in the first half and bad in the second, and the other way round. */
  const turning = [1, -1].map((sign, at) => {
    const run = runOf(`t${at}`)
    return {
      ...run,
      days: run.days.map(({ date }, day) => ({
        date,
        value: sign * (day < 60 ? 0.01 : -0.01) + (day % 2) * 0.001,
      })),
    }
  })

  test('no test knows its own outcome: a choice that was right before is followed into what it was wrong for', () => {
    const { steps, days } = walkThrough(turning, {
      kind: 'rolling',
      trainDays: 30,
      testDays: 30,
      choose: 'return',
    })
    expect(steps.map(({ chosen }) => chosen)).toEqual(['t0', 't0', 't1'])
    expect(steps.map(({ rank }) => rank)).toEqual([1, 0, 1])
    expect(days).toHaveLength(90)
    expect(days[30]?.value).toBeCloseTo(-0.01, 12)
  })

  test('purged days are neither trained on nor tested, and folds leave out what is near', () => {
    const { steps } = walkThrough(turning, { kind: 'anchored', trainDays: 40, testDays: 20, purgeDays: 5 })
    expect(steps[0]?.train).toMatchObject({ days: 40, to: '2024-02-09' })
    expect(steps[0]?.test.from).toBe('2024-02-15')
    expect(steps[1]?.train.from).toBe('2024-01-01')
    const folds = walkThrough(turning, { kind: 'folds', folds: 4, purgeDays: 2, embargoDays: 3 })
    expect(folds.steps).toHaveLength(4)
    expect(folds.days).toHaveLength(120)
    expect(folds.steps[1]?.train.days).toBe(120 - 30 - 5)
  })

  test('days that do not suffice for one test give nothing', () => {
    expect(walkThrough(turning, { kind: 'rolling', trainDays: 200, testDays: 20 }).steps).toEqual([])
  })
})

describe('stability', () => {
  const axes = [parseAxis('a=1..3/1'), parseAxis('b=1,2')]
  const points = [1, 2, 3].flatMap((a) =>
    [1, 2].map((b) => ({ point: { a, b }, figure: a === 2 && b === 2 ? 10 : 1 })),
  )

  test('maps show each pair of axes, and a lonely peak is told from a plateau', () => {
    expect(stabilityMaps(axes, points)).toEqual([
      {
        rows: { name: 'a', values: [1, 2, 3] },
        columns: { name: 'b', values: [1, 2] },
        figures: [
          [1, 1],
          [1, 10],
          [1, 1],
        ],
      },
    ])
    expect(stabilityAt(axes, { a: 2, b: 2 }, points)).toMatchObject({
      value: 10,
      neighbours: 1,
      plateau: 0.1,
    })
    expect(stabilityMaps([parseAxis('a=1..3/1')], points)[0]?.figures).toEqual([[1, 5.5, 1]])
  })
})

describe('store', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scalp-research-'))
  const file = path.join(folder, 'trials.sqlite')
  afterAll(() => rmSync(folder, { recursive: true }))

  test('keeps runs, sweeps and failures over a restart, each run once', () => {
    const trials: Trial[] = ['a', 'b', 'c'].map((key, number) => ({ number, key, point: { x: number } }))
    const store = openSqliteStore(file)
    store.openSweep('s1', { what: 'asked' }, 5)
    store.openSweep('s1', { what: 'asked' }, 9)
    store.addTrials('s1', trials)
    store.addTrials('s1', trials)
    expect(store.keepRun(runOf('a'))).toBe(true)
    expect(store.keepRun({ ...runOf('a'), worker: 'late' })).toBe(false)
    store.keepFailure('s1', trials[1] as Trial, 'it broke')
    store.close()
    const again = openSqliteStore(file)
    expect(again.run('a')).toEqual(runOf('a'))
    expect(again.executions('a')).toBe(2)
    expect(again.trialEnds('s1')).toEqual([
      { trial: trials[0], run: runOf('a') },
      { trial: trials[1], failure: 'it broke' },
    ])
    expect(again.sweeps()).toMatchObject([{ id: 's1', createdUs: 5, trials: 3, finished: 1, failed: 1 }])
    expect(again.runs({ sweep: 's1' })).toHaveLength(1)
    expect(again.runs({ strategy: 'none' })).toEqual([])
    expect(again.runsLike('a')).toHaveLength(1)
    again.close()
  })

  test('another result of the same run is refused, and the first one stays', () => {
    const store = openSqliteStore(':memory:')
    store.keepRun(runOf('a'))
    const other = { ...runOf('a'), resultHash: 'other' }
    expect(() => store.keepRun(other)).toThrow(expect.objectContaining({ code: 'RESULT_DIFFERS' }))
    expect(store.run('a')?.resultHash).toBe('hash of a')
    expect(store.executions('a')).toBe(1)
    store.close()
  })
})

function sum(days: readonly { readonly value: number }[]): number {
  return days.reduce((total, { value }) => total + value, 0)
}
