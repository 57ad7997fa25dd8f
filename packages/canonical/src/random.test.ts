import { expect, test } from 'vitest'
import { createRandom } from './random.js'

test('the same seed gives the same numbers, another seed others', () => {
  const take = (seed: string | number): number[] => {
    const random = createRandom(seed)
    return Array.from({ length: 5 }, random)
  }
  expect(take('scalp')).toEqual(take('scalp'))
  expect(take(7)).toEqual(take('7'))
  expect(take('scalp')).not.toEqual(take('scalp2'))
})

test('numbers fill the unit interval evenly', () => {
  const random = createRandom('even')
  const buckets = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 100_000; i++) {
    const value = random()
    expect(value >= 0 && value < 1).toBe(true)
    buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1
  }
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})
