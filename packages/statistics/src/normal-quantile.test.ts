import { normalCdf } from '@scalp/pricing'
import { expect, test } from 'vitest'
import { normalQuantile } from './normal-quantile.js'

test('known quantiles to the last digits', () => {
  /** Table values of the standard normal distribution. */
  const known: readonly (readonly [number, number])[] = [
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.95, 1.6448536269514722],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
  ]
  for (const [p, x] of known) expect(normalQuantile(p)).toBeCloseTo(x, 12)
})

test('is the inverse of the distribution from tail to tail', () => {
  for (const p of [1e-300, 1e-100, 1e-20, 1e-5, 0.01, 0.2, 0.4999])
    expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-12)
})

test('the edges are infinite, and what is no probability has none', () => {
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN)]).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ])
})
