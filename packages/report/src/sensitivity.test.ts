import { expect, test } from 'vitest'
import { sampleResult } from '../test/sample.js'
import { measureCapacity, measureCosts } from './sensitivity.js'

/** Two trades: 30 and 10 dollars before fees, 2 dollars of fees each, spreads of 4 and 2 cents, 1 and 3 contracts. */
const pair = () => {
  const { trades } = sampleResult(2, 2)
  const [a, b] = trades as [(typeof trades)[0], (typeof trades)[0]]
  const common = { feesMicros: 2e6, entryBidMicros: 1e6 }
  Object.assign(a, common, { grossMicros: 30e6, netMicros: 28e6, entryAskMicros: 1.04e6, contracts: 1 })
  Object.assign(b, common, { grossMicros: 10e6, netMicros: 8e6, entryAskMicros: 1.02e6, contracts: 3 })
  return [a, b]
}

test('costs are asked for by hand-computed cases', () => {
  const { cases, breakEvenFees, breakEvenSlippage } = measureCosts(pair())
  expect(Object.fromEntries(cases.map(({ name, pnl }) => [name, pnl]))).toEqual({
    'No fees': 40,
    'As it was': 36,
    'Fees × 2': 32,
    'Fees × 3': 28,
    'Fills one cent worse': 28, // 400 shares, both ways: 800 cents
    'Fills half a spread worse': 26, // 2 cents × 100 + 1 cent × 300, both ways
    'Fees × 2 and half a spread': 22,
  })
  expect(breakEvenFees).toBe(10)
  expect(breakEvenSlippage).toBeCloseTo(0.045, 12)
})

test('a run without a profit breaks even nowhere', () => {
  const trades = pair()
  for (const trade of trades) Object.assign(trade, { grossMicros: -1e6, netMicros: -3e6 })
  expect(measureCosts(trades)).toMatchObject({ breakEvenFees: null, breakEvenSlippage: null })
})

test('an adjusted contract counts its own multiplier', () => {
  const [first] = pair()
  expect(measureCosts([{ ...first!, multiplier: 10 }]).cases.at(-2)?.pnl).toBeCloseTo(28 - 0.4, 12)
})

test('capacity grows up to the smaller of the sizes that entry and exit met', () => {
  const tape = { startUs: 0, atMs: [], bidMicros: [], askMicros: [], bidSize: [], askSize: [] }
  const capacity = measureCapacity({
    trades: pair(),
    quoteTapes: [
      { ...tape, trade: 0, entrySize: 8, exitSize: 2 },
      { ...tape, trade: 1, entrySize: 30, exitSize: null },
    ],
  })
  expect(capacity).toMatchObject({ known: 2, medianSize: 2 })
  expect(capacity?.steps.map(({ multiple, fits, pnl }) => [multiple, fits, pnl])).toEqual([
    [1, 1, 36],
    [2, 1, 72],
    [5, 0.5, 28 * 2 + 8 * 5],
    [10, 0.5, 28 * 2 + 8 * 10],
    [20, 0, 28 * 2 + 8 * 10],
    [50, 0, 28 * 2 + 8 * 10],
  ])
})

test('a trade larger than what was displayed does not fit, and is not made smaller', () => {
  const tape = { startUs: 0, atMs: [], bidMicros: [], askMicros: [], bidSize: [], askSize: [] }
  const quoteTapes = [{ ...tape, trade: 1, entrySize: 2, exitSize: 9 }]
  expect(measureCapacity({ trades: pair(), quoteTapes })?.steps[0]).toEqual({ multiple: 1, fits: 0, pnl: 8 })
  expect(measureCapacity({ trades: pair() })).toBeNull()
})
