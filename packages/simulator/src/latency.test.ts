import { expect, test } from 'vitest'
import { createLatency } from './latency.js'

test('fixed: a slow feed lengthens the way there and shortens the way back, never below 0', () => {
  const fixed = (us: number) => ({ kind: 'fixed', us }) as const
  expect(createLatency({ feed: fixed(20), order: fixed(50), response: fixed(30) }, 's').next()).toEqual({
    orderUs: 70,
    responseUs: 10,
  })
  expect(
    createLatency({ feed: fixed(40), order: fixed(50), response: fixed(30) }, 's').next().responseUs,
  ).toBe(0)
})

test('log-normal: the median is the median, the ends hold, the same seed draws the same', () => {
  const model = {
    order: { kind: 'lognormal', medianUs: 1_000, sigma: 0.5, minUs: 300, maxUs: 5_000 },
    response: { kind: 'fixed', us: 0 },
  } as const
  const draws = (seed: string) => {
    const source = createLatency(model, seed)
    return Array.from({ length: 4_001 }, () => source.next().orderUs)
  }
  const sorted = draws('a').sort((a, b) => a - b)
  expect(sorted[2_000]).toBeGreaterThan(960)
  expect(sorted[2_000]).toBeLessThan(1_040)
  expect(sorted[0]).toBeGreaterThanOrEqual(300)
  expect(sorted.at(-1)).toBeLessThanOrEqual(5_000)
  /** One standard deviation up is 1,000 × e^0.5 = 1,649 µs: 84.1 % of the draws are below. */
  expect(sorted.filter((us) => us < 1_649).length / 4_001).toBeCloseTo(0.841, 1)
  expect(draws('a')).toEqual(draws('a'))
  expect(draws('a')).not.toEqual(draws('b'))
})

test('recorded: triples are drawn whole', () => {
  const source = createLatency(
    {
      recorded: [
        { orderUs: 10, responseUs: 20 },
        { orderUs: 900, responseUs: 950, feedUs: 5 },
      ],
    },
    's',
  )
  const seen = new Set(Array.from({ length: 50 }, () => JSON.stringify(source.next())))
  expect([...seen].sort()).toEqual(['{"orderUs":10,"responseUs":20}', '{"orderUs":905,"responseUs":945}'])
})
