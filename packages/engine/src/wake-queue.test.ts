import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WakeQueue } from './wake-queue.js'

test('hands out each instant once, earliest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (times) => {
      const queue = new WakeQueue()
      for (const time of times) queue.add(time)
      const out: number[] = []
      while (queue.nextUs < Number.POSITIVE_INFINITY) out.push(queue.pop())
      expect(out).toEqual([...new Set(times)].sort((a, b) => a - b))
    }),
  )
})

test('ignores an instant that is no number', () => {
  const queue = new WakeQueue()
  queue.add(Number.NaN)
  queue.add(Number.POSITIVE_INFINITY)
  expect(queue.nextUs).toBe(Number.POSITIVE_INFINITY)
})
