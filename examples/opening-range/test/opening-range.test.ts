import { createHarness } from '@scalp/harness'
import { describeStrategy } from '@scalp/strategy/testing'
import { describe, expect, test } from 'vitest'
import { OpeningRange, openingRange } from '../src/index.js'

describeStrategy({ describe, test }, openingRange, {
  harness: createHarness({ days: 3, quotesPerDay: 12_000 }),
  settings: { maxSpreadMicros: 500_000 },
  cuts: 2,
})

test('a break counts only after the range has ended, and only beyond it', () => {
  const range = new OpeningRange(1)
  range.start(0)
  for (const [us, price] of [
    [1, 100],
    [2, 110],
    [3, 90],
    [4, Number.NaN],
  ] as const)
    range.add(us, price)
  expect(range.breakAt(5, 200)).toBe(0)
  range.add(60_000_000, 500)
  expect([
    range.breakAt(60e6, 110),
    range.breakAt(60e6, 111),
    range.breakAt(60e6, 89),
    range.breakAt(60e6, Number.NaN),
  ]).toEqual([0, 1, -1, 0])
  range.start(90e6)
  expect(range.breakAt(160e6, 1)).toBe(0)
})
