import { expect, test } from 'vitest'
import { intentOf, marketOf, NOW_US } from '../test/market.js'
import { createGateKeeper, RefusalLog, volumeGate } from './index.js'

const refusal = { code: 'SPREAD_TOO_WIDE', gate: 'spread', value: 12, limit: 10, unit: '%', resumes: 'later' }

test('counts by gate and underlying, with first and last times and the last refusal', () => {
  const log = new RefusalLog()
  log.record(refusal, 'SPY', 10)
  log.record(refusal, 'TSLA', 20)
  log.record({ ...refusal, value: 15, ageMs: 3 }, 'SPY', 30)
  log.record({ ...refusal, gate: 'cash', code: 'PORTFOLIO_CONSTRAINT' }, 'SPY', 40)
  expect(log.snapshot()).toEqual({
    total: 4,
    gates: [
      {
        gate: 'spread',
        code: 'SPREAD_TOO_WIDE',
        count: 3,
        firstUs: 10,
        lastUs: 30,
        byUnderlying: [
          { underlying: 'SPY', count: 2, firstUs: 10, lastUs: 30 },
          { underlying: 'TSLA', count: 1, firstUs: 20, lastUs: 20 },
        ],
        last: { ...refusal, value: 15, ageMs: 3 },
      },
      {
        gate: 'cash',
        code: 'PORTFOLIO_CONSTRAINT',
        count: 1,
        firstUs: 40,
        lastUs: 40,
        byUnderlying: [{ underlying: 'SPY', count: 1, firstUs: 40, lastUs: 40 }],
        last: { ...refusal, gate: 'cash', code: 'PORTFOLIO_CONSTRAINT' },
      },
    ],
  })
  expect([
    log.count('spread'),
    log.count('spread', 'SPY'),
    log.count('spread', 'GME'),
    log.count('x', 'SPY'),
  ]).toEqual([3, 2, 0, 0])
})

test('a snapshot is JSON and stands still', () => {
  const log = new RefusalLog()
  expect(log.snapshot()).toEqual({ total: 0, gates: [] })
  log.record(refusal, 'SPY', 10)
  const snapshot = log.snapshot()
  const text = JSON.stringify(snapshot)
  log.record({ ...refusal, code: 'OTHER' }, 'SPY', 20)
  expect(JSON.stringify(snapshot)).toBe(text)
  expect(JSON.parse(text)).toEqual(snapshot)
  expect(log.snapshot().gates[0]?.code).toBe('OTHER')
})

test('a keeper logs what it refuses, malformed intents too', () => {
  const { context, instrument } = marketOf({ volume: 3 })
  const keeper = createGateKeeper({ gates: [volumeGate()] })
  keeper.review(intentOf(instrument), context)
  keeper.review(intentOf(instrument, { contracts: 0.5 }), context)
  keeper.review(intentOf(instrument, { contracts: Number.NaN }), context)
  keeper.review(intentOf(instrument, { contracts: 1, limitMicros: Number.POSITIVE_INFINITY }), context)
  const { total, gates } = keeper.refusalSnapshot()
  expect(total).toBe(4)
  expect(gates).toMatchObject([
    {
      gate: 'volume_sufficient',
      code: 'LIQUIDITY_INSUFFICIENT',
      firstUs: NOW_US,
      byUnderlying: [{ underlying: 'TSLA', count: 1 }],
      last: { value: 3, limit: 100, unit: 'contracts', ageMs: 60_000 },
    },
    {
      gate: 'intent_valid',
      count: 3,
      last: { code: 'INVALID_INTENT', value: null, limit: 'a price', resumes: 'with a known limit price' },
    },
  ])
})
