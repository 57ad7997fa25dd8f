import fc from 'fast-check'
import { expect, test } from 'vitest'
import { intentOf, type MarketState, marketOf, NOW_US } from '../test/market.js'
import { cashGate, createGateKeeper, defineGate, scalpPipeline, spreadGate, volumeGate } from './index.js'

const refuseAll = defineGate({
  name: 'never',
  stage: 'liquidity',
  severity: 'hard',
  reason: 'GATES_FAILED',
  check: () => ({ passed: false, value: 0, limit: 1, message: 'never', resumes: 'never' }),
})

function review(state: MarketState, side: 'buy' | 'sell', contracts: number, reducing = 0) {
  const { context, instrument } = marketOf(state)
  return createGateKeeper({ gates: [refuseAll] }).review(
    intentOf(instrument, { side, contracts }),
    context,
    reducing,
  )
}

test('an approved order carries the intent, an id in sequence and the time', () => {
  const { context, instrument } = marketOf()
  const keeper = createGateKeeper({ pipeline: scalpPipeline(), idPrefix: 'run' })
  const intent = intentOf(instrument, { limitMicros: 2_550_000, tag: 'burst' })
  keeper.review(intent, context)
  expect(keeper.review(intent, context)).toEqual({
    approved: true,
    order: { ...intent, id: 'run-2', decidedUs: NOW_US, reduces: false },
    confidenceCap: 100,
  })
})

test('what only reduces is never blocked, to the last contract and no further', () => {
  expect(review({ held: 3 }, 'sell', 3)).toMatchObject({ approved: true, order: { reduces: true } })
  expect(review({ held: 3 }, 'sell', 4).approved).toBe(false)
  expect(review({ held: -3 }, 'buy', 3)).toMatchObject({ approved: true, order: { reduces: true } })
  expect(review({ held: -3 }, 'buy', 4).approved).toBe(false)
  expect(review({ held: 3 }, 'buy', 1).approved).toBe(false)
  expect(review({ held: -3 }, 'sell', 1).approved).toBe(false)
  expect(review({}, 'sell', 1).approved).toBe(false)
})

test('orders already working off a position count as gone', () => {
  expect(review({ held: 3 }, 'sell', 1, -2).approved).toBe(true)
  expect(review({ held: 3 }, 'sell', 2, -2).approved).toBe(false)
  expect(review({ held: -3 }, 'buy', 1, 2).approved).toBe(true)
  expect(review({ held: -3 }, 'buy', 2, 2).approved).toBe(false)
})

test('reducing orders together never turn a position round', () => {
  const step = fc.record({ isBuy: fc.boolean(), contracts: fc.integer({ min: 1, max: 5 }) })
  fc.assert(
    fc.property(fc.integer({ min: -9, max: 9 }), fc.array(step, { maxLength: 12 }), (held, steps) => {
      let working = 0
      for (const { isBuy, contracts } of steps) {
        const result = review({ held }, isBuy ? 'buy' : 'sell', contracts, working)
        if (result.approved) working += isBuy ? contracts : -contracts
      }
      expect(Math.abs(held + working)).toBeLessThanOrEqual(Math.abs(held))
      expect((held + working) * held).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 100 },
  )
})

test('a malformed intent is refused, also one that reduces', () => {
  const { context, instrument } = marketOf({ held: 5 })
  const keeper = createGateKeeper({ gates: [] })
  const sell = (rest: object) =>
    keeper.review(intentOf(instrument, { side: 'sell', ...rest }), context).approved
  expect(sell({ contracts: 0 })).toBe(false)
  expect(sell({ contracts: -1 })).toBe(false)
  expect(sell({ contracts: 1.5 })).toBe(false)
  expect(sell({ limitMicros: Number.NaN })).toBe(false)
  expect(sell({ limitMicros: -1 })).toBe(false)
  expect(sell({ limitMicros: 0 })).toBe(true)
  expect(keeper.refusals()).toEqual([{ gate: 'intent_valid', code: 'INVALID_INTENT', count: 5 }])
})

test('refusals are counted by gate and say what was measured and what would pass', () => {
  const { context, instrument } = marketOf({ volume: 0, cash: 0 })
  const keeper = createGateKeeper({ gates: [spreadGate(), volumeGate(), cashGate()] })
  const refused = keeper.review(intentOf(instrument), context)
  keeper.review(intentOf(instrument), context)
  expect(refused).toMatchObject({
    approved: false,
    reason: 'LIQUIDITY_INSUFFICIENT',
    refusals: [{ gate: 'volume_sufficient', code: 'LIQUIDITY_INSUFFICIENT', value: 0, limit: 100 }],
    abstain: {
      resumeCondition:
        'volume_sufficient: with a volume of at least 100: try nearby strikes (now 0 contracts)',
    },
  })
  expect(keeper.refusalCount('volume_sufficient')).toBe(2)
  expect(keeper.refusalCount('cash_available')).toBe(0)
  expect(keeper.refusals()).toEqual([{ gate: 'volume_sufficient', code: 'LIQUIDITY_INSUFFICIENT', count: 2 }])
})

test('a soft failure does not refuse, it lowers the cap', () => {
  const { context, instrument } = marketOf({ exposure: 15_000e6 })
  const keeper = createGateKeeper({ pipeline: scalpPipeline() })
  expect(keeper.review(intentOf(instrument), context)).toMatchObject({ approved: true, confidenceCap: 90 })
})
