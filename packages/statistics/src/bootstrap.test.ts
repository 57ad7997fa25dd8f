import { createRandom } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { bootstrapInterval, drawBlocks } from './bootstrap.js'
import { meanOf } from './moments.js'
import { estimateSharpe } from './sharpe.js'

function normals(count: number, seed: string): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  )
}

test('nine of ten intervals of 90 % hold the true mean', () => {
  let held = 0
  for (let round = 0; round < 300; round++) {
    const { low, high } = bootstrapInterval(normals(40, `mean ${round}`), meanOf, {
      confidence: 0.9,
      samples: 400,
    })
    if (low <= 0 && 0 <= high) held++
  }
  expect(held / 300).toBeGreaterThan(0.85)
  expect(held / 300).toBeLessThan(0.95)
})

test('blocks widen the interval of a ratio where returns follow each other', () => {
  const shocks = normals(600, 'autoregressive')
  const series = new Float64Array(600)
  for (let t = 1; t < 600; t++) series[t] = 0.7 * (series[t - 1] as number) + (shocks[t] as number)
  const figure = (values: Float64Array): number => estimateSharpe(values).sharpe
  const single = bootstrapInterval(series, figure, { samples: 600 })
  const blocks = bootstrapInterval(series, figure, { samples: 600, meanBlock: 20 })
  expect(blocks.high - blocks.low).toBeGreaterThan(1.5 * (single.high - single.low))
})

test('the same seed gives the same interval, another seed another', () => {
  const sample = normals(30, 'seed')
  const of = (seed: string): unknown => bootstrapInterval(sample, meanOf, { seed, samples: 200 })
  expect(of('a')).toEqual(of('a'))
  expect(of('a')).not.toEqual(of('b'))
})

test('a figure that most samples do not have has no interval', () => {
  const { low, high } = bootstrapInterval([1, 2, 3], () => Number.NaN)
  expect([low, high]).toEqual([Number.NaN, Number.NaN])
  expect(bootstrapInterval([5], meanOf).low).toBeNaN()
})

test('blocks have their mean length and wrap around the end', () => {
  const random = createRandom('blocks')
  let starts = 0
  let previous = -2
  drawBlocks(random, 100_000, 8, (_, from) => {
    if (from !== (previous + 1) % 100_000) starts++
    previous = from
  })
  expect(100_000 / starts).toBeGreaterThan(7.6)
  expect(100_000 / starts).toBeLessThan(8.4)
})
