import type { Trial } from '@scalp/research'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutPasses } from './pass.js'

const trialsOf = (count: number): readonly Trial[] =>
  Array.from({ length: count }, (_, number) => ({ number, key: `${number}`, point: {} }))

test.each([
  [100, 25, 2, [25, 25, 25, 25]],
  [10, 25, 2, [5, 5]],
  [60, 25, 2, [15, 15, 15, 15]],
  [
    100,
    25,
    32,
    Array.from({ length: 32 }, (_, at) => Math.floor(((at + 1) * 100) / 32) - Math.floor((at * 100) / 32)),
  ],
  [1, 25, 8, [1]],
  [30, 25, 1, [15, 15]],
])('%i trials in passes of at most %i, %i at once', (count, lanes, atOnce, sizes) => {
  expect(cutPasses(trialsOf(count), { lanes, atOnce }).map(({ trials }) => trials.length)).toEqual(sizes)
})

test('every trial is in one pass, in order; none is too large, and nobody waits without one', () => {
  const small = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), small, small, (count, lanes, atOnce) => {
      const trials = trialsOf(count)
      const passes = cutPasses(trials, { lanes, atOnce })
      expect(passes.flatMap((pass) => pass.trials)).toEqual(trials)
      expect(passes.map(({ id }) => id)).toEqual(passes.map((_, at) => at))
      const sizes = passes.map((pass) => pass.trials.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(lanes)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      expect(passes.length % atOnce === 0 || passes.length === count).toBe(true)
    }),
  )
})
