import type { RunRecord } from '@scalp/research'
import { walkThrough } from '@scalp/research'
import { estimateSharpe, momentsOf } from '@scalp/statistics'
import { expect, test } from 'vitest'
import { studyOf } from './study-of.js'

/** A run of 60 days whose mean grows with its number. */
const runOf = (number: number): RunRecord => ({
  key: `k${number}`,
  strategy: 's',
  data: 'd',
  from: '2024-01-01',
  to: '2024-02-29',
  config: {},
  resultHash: `h${number}`,
  trades: 100,
  figures: {},
  days: Array.from({ length: 60 }, (_, day) => ({
    date: new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10),
    value: Math.sin(day * (number + 1.7)) / 100 + number / 2_000,
  })),
})
const runs = [0, 1, 2, 3].map(runOf)
const best = runs[3] as RunRecord

test('the ledger holds the variance of the daily Sharpe ratios of all trials', () => {
  const { ledger } = studyOf({ name: 'x', figure: 'sharpe', best, ledger: runs })
  const sharpes = runs.map(({ days }) => estimateSharpe(days.map(({ value }) => value)).sharpe)
  expect(ledger?.trials).toBe(4)
  expect(ledger?.sharpeVariance).toBeCloseTo(momentsOf(sharpes).deviation ** 2, 12)
})

test('a map becomes a surface with the best point framed, unknown is null', () => {
  const { surfaces } = studyOf({
    name: 'x',
    figure: 'sharpe',
    best: undefined,
    ledger: [],
    maps: [
      {
        rows: { name: 'stop', values: [5, 10] },
        columns: { name: 'take', values: [10, 20, 30] },
        figures: [
          [1, 2, Number.NaN],
          [0, 3, 1],
        ],
      },
    ],
    chosen: { point: { stop: 10, take: 20 }, figure: 3 },
  })
  expect(surfaces).toMatchObject([
    {
      y: { name: 'stop' },
      cells: [
        [1, 2, null],
        [0, 3, 1],
      ],
      chosen: { x: 1, y: 1 },
    },
  ])
})

test('a walk gives each test its own return, and together they make all of it', () => {
  const options = { kind: 'rolling', trainDays: 20, testDays: 10 } as const
  const result = walkThrough(runs, options)
  const points = new Map(runs.map(({ key }, at) => [key, { take: at }]))
  const [table] = studyOf({
    name: 'x',
    figure: 'sharpe',
    best,
    ledger: runs,
    walked: { result, options, points },
  }).walkForward
  expect(table?.windows).toHaveLength(result.steps.length)
  const total = (table?.windows ?? []).reduce(
    (product, { returnPct }) => product * (1 + (returnPct ?? 0) / 100),
    1,
  )
  expect(total).toBeCloseTo(
    result.days.reduce((product, { value }) => product * (1 + value), 1),
    12,
  )
  expect(table?.windows[0]?.settings).toEqual({ take: Number(result.steps[0]?.chosen?.slice(1)) })
})
