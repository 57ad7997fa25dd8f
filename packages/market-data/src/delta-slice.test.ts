import type { InstrumentIndex } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DeltaSlice } from './delta-slice.js'

const SECOND = 1_000_000
const one = 7 as InstrumentIndex

test('a contract enters inside the range and leaves only beyond its margin', () => {
  const slice = new DeltaSlice({ minDelta: 0.25, maxDelta: 0.55, hysteresis: 0.03, cooldownMs: 0 })
  expect(slice.update(one, -0.24, 0)).toBe(false)
  expect(slice.update(one, -0.25, 1)).toBe(true)
  expect(slice.update(one, -0.23, 2)).toBe(false)
  expect(slice.has(one)).toBe(true)
  expect(slice.update(one, -0.21, 3)).toBe(true)
  expect(slice.update(one, -0.24, 4)).toBe(false)
  expect(slice.has(one)).toBe(false)
})

test('a contract that came stays for the cooldown, however its delta jumps', () => {
  const slice = new DeltaSlice({ minDelta: 0.25, maxDelta: 0.55 })
  expect(slice.update(one, 0.4, 0)).toBe(true)
  expect(slice.update(one, 0.9, 4 * SECOND)).toBe(false)
  expect(slice.update(one, 0.9, 5 * SECOND)).toBe(true)
  expect(slice.update(one, 0.4, 6 * SECOND)).toBe(false)
  expect(slice.members()).toEqual([])
})

const updates = fc.array(
  fc.record({
    instrument: fc.integer({ min: 0, max: 600 }),
    delta: fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(Number.NaN, 1.2, -7)),
    waitUs: fc.integer({ min: -1, max: 2 * SECOND }),
  }),
  { maxLength: 200 },
)

test('without margin and cooldown a stream ends where the last good deltas alone would', () => {
  fc.assert(
    fc.property(updates, (steps) => {
      const slice = new DeltaSlice({ minDelta: 0.2, maxDelta: 0.6, hysteresis: 0, cooldownMs: 0 })
      const last = new Map<number, { delta: number; atUs: number }>()
      let nowUs = 10 * SECOND
      let malformed = 0
      let outOfOrder = 0
      for (const { instrument, delta, waitUs } of steps) {
        nowUs += waitUs
        slice.update(instrument as InstrumentIndex, delta, nowUs)
        if (!(Math.abs(delta) <= 1)) malformed++
        else if (nowUs < (last.get(instrument)?.atUs ?? 0)) outOfOrder++
        else last.set(instrument, { delta, atUs: nowUs })
      }
      const expected = [...last]
        .filter(([, { delta }]) => Math.abs(delta) >= 0.2 && Math.abs(delta) <= 0.6)
        .map(([instrument]) => instrument)
        .sort((a, b) => a - b)
      expect(slice.members()).toEqual(expected)
      expect(slice.size).toBe(expected.length)
      expect([slice.malformed, slice.outOfOrder]).toEqual([malformed, outOfOrder])
    }),
  )
})

test('no contract changes twice within the cooldown', () => {
  fc.assert(
    fc.property(updates, (steps) => {
      const slice = new DeltaSlice({ minDelta: 0.2, maxDelta: 0.6 })
      const changed = new Map<number, number>()
      let nowUs = 0
      for (const { instrument, delta, waitUs } of steps) {
        nowUs += waitUs
        const index = (instrument % 5) as InstrumentIndex
        if (!slice.update(index, delta, nowUs)) continue
        expect(nowUs - (changed.get(index) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(5 * SECOND)
        changed.set(index, nowUs)
      }
    }),
  )
})

test('an index that stands for another contract begins anew', () => {
  const slice = new DeltaSlice({ minDelta: 0.25, maxDelta: 0.55 })
  slice.update(one, 0.4, SECOND)
  slice.reset(one)
  expect([slice.has(one), slice.size]).toEqual([false, 0])
  expect(slice.update(one, 0.4, 0)).toBe(true)
})
