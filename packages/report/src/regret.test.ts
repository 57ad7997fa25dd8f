import { expect, test } from 'vitest'
import { summarizeRegret } from './regret.js'
import type { DecisionRecord } from './result.js'

const record = (
  kind: DecisionRecord['kind'],
  code: string,
  nets: readonly (number | null)[],
  gate: string = kind,
): DecisionRecord => ({
  id: 'd1',
  atUs: 0,
  kind,
  gate,
  code,
  symbol: 'SPY240719C00550000',
  bidMicros: 990_000,
  askMicros: 1_000_000,
  underlyingMicros: 550e6,
  inputs: {},
  outcomes: nets.map((net, at) => ({
    horizon: (['15min', '1h', 'close'] as const)[at] ?? 'close',
    atUs: at,
    underlyingMicros: null,
    bidMicros: null,
    netMicros: net === null ? null : net * 1e6,
  })),
})

test('what was refused is summed up by gate and code, what was sent comes first', () => {
  const log = [
    record('refused', 'SPREAD_TOO_WIDE', [30, 10, -50], 'spread'),
    record('refused', 'SPREAD_TOO_WIDE', [-10, 20, -50], 'spread'),
    record('abstain', 'LOSS_COOLDOWN', [5, 5, 5]),
    record('signal', 'breakout', [1, 2, 3]),
    record('signal', 'momentum_burst', [1, 2, 3]),
    record('exit', 'stop_loss', []),
  ]
  const summary = summarizeRegret(log)
  expect(summary.map(({ gate, code, entries }) => [gate, code, entries])).toEqual([
    ['sent', 'any trigger', 2],
    ['spread', 'SPREAD_TOO_WIDE', 2],
    ['strategy', 'LOSS_COOLDOWN', 1],
  ])
  expect(summary[1]?.horizons).toEqual([
    { horizon: '15min', known: 2, won: 1, total: 20, mean: 10 },
    { horizon: '1h', known: 2, won: 2, total: 30, mean: 15 },
    { horizon: 'close', known: 2, won: 0, total: -100, mean: -50 },
  ])
})

test('an unknown outcome is left out, not counted as nothing', () => {
  const [gate] = summarizeRegret([
    record('refused', 'X', [null, 4], 'spread'),
    record('refused', 'X', [8, null], 'spread'),
  ])
  expect(gate?.horizons).toEqual([
    { horizon: '15min', known: 1, won: 1, total: 8, mean: 8 },
    { horizon: '1h', known: 1, won: 1, total: 4, mean: 4 },
    { horizon: 'close', known: 0, won: 0, total: 0, mean: null },
  ])
})
