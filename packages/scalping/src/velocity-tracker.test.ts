import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VelocityTracker } from './velocity-tracker.js'

const ticks = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 9_000_000 }), fc.integer({ min: 1, max: 1_000_000_000 })),
  { maxLength: 200 },
)

test('a stream of ticks measures what a scan of all of them measures', () => {
  fc.assert(
    fc.property(ticks, (steps) => {
      const tracker = new VelocityTracker({ windows: [5, 30], maxHistorySeconds: 300 })
      const all: [number, number][] = []
      let us = 0
      for (const [step, price] of steps) {
        us += step
        tracker.add(us, price)
        all.push([us, price])
        for (const window of [5, 30]) {
          const inside = all.filter(([at]) => at >= us - window * 1e6)
          const from = inside[0]?.[1] ?? Number.NaN
          const wanted = inside.length < 2 ? Number.NaN : ((price - from) / from) * 100
          expect(tracker.changePct(window)).toBe(wanted)
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('asOf measures a sparse feed over the whole window, not over less', () => {
  const inWindow = new VelocityTracker({ windows: [90] })
  const asOf = new VelocityTracker({ windows: [90], anchor: 'asOf' })
  for (const tracker of [inWindow, asOf]) {
    for (const [minute, price] of [100, 101, 102, 103].entries()) tracker.add(minute * 60e6, price * 1e6)
  }
  expect(inWindow.changePct(90)).toBeCloseTo((1 / 102) * 100, 9)
  expect(asOf.changePct(90)).toBeCloseTo((2 / 101) * 100, 9)
})

test('asOf does not reach back more than two windows', () => {
  const tracker = new VelocityTracker({ windows: [30], anchor: 'asOf' })
  tracker.add(0, 100e6)
  tracker.add(61e6, 101e6)
  expect(tracker.changePct(30)).toBeNaN()
})

test('prices that are none and ticks out of order are refused and counted', () => {
  const tracker = new VelocityTracker()
  tracker.add(10e6, 100e6)
  const refused = [tracker.add(9e6, 100e6), tracker.add(11e6, 0), tracker.add(11e6, Number.NaN)]
  expect(refused).toEqual([false, false, false])
  expect(tracker.rejected).toBe(3)
  expect(tracker.length).toBe(1)
})

test('a window that was not asked for throws its code', () => {
  expect(() => new VelocityTracker().changePct(7)).toThrow(
    expect.objectContaining({ code: 'VELOCITY_WINDOW_UNKNOWN' }),
  )
})
