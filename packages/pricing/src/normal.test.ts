import { expect, test } from 'vitest'
import { erfcx, normalCdf, normalPdf } from './normal.js'

test('both tails add up to one', () => {
  for (let x = -9; x <= 9; x += 0.0625) expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 15)
})

test('the distribution rises without a step across the regions of its approximation', () => {
  let before = normalCdf(-8)
  for (let x = -8 + 1 / 256; x <= 8; x += 1 / 256) {
    const here = normalCdf(x)
    const area = normalPdf(x - 1 / 512) / 256
    expect(Math.abs(here - before - area)).toBeLessThan(3e-9)
    before = here
  }
})

test('limits are limits and the unknown stays unknown', () => {
  expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0)
  expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1)
  expect(normalCdf(Number.NaN)).toBeNaN()
  expect(normalPdf(Number.POSITIVE_INFINITY)).toBe(0)
  expect(erfcx(0)).toBe(1)
  expect(erfcx(-27)).toBe(Number.POSITIVE_INFINITY)
  expect(erfcx(1e10)).toBeCloseTo(5.6418958354775629e-11, 25)
})
