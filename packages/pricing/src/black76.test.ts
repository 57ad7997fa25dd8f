import fc from 'fast-check'
import { expect, test } from 'vitest'
import { black76Price, black76Value } from './black76.js'

const market = fc.record({
  forward: fc.double({ min: 1, max: 5_000, noNaN: true }),
  moneyness: fc.double({ min: 0.3, max: 3, noNaN: true }),
  years: fc.double({ min: 1e-6, max: 3, noNaN: true }),
  volatility: fc.double({ min: 0.01, max: 3, noNaN: true }),
  discount: fc.double({ min: 0.8, max: 1, noNaN: true }),
})

test('call minus put is the discounted forward minus strike', () => {
  fc.assert(
    fc.property(market, ({ forward, moneyness, years, volatility, discount }) => {
      const strike = forward * moneyness
      const call = black76Value(1, forward, strike, years, volatility, discount)
      const put = black76Value(-1, forward, strike, years, volatility, discount)
      expect(Math.abs(call - put - discount * (forward - strike))).toBeLessThan(1e-14 * (forward + strike))
    }),
  )
})

test('a price lies between intrinsic and the forward, and grows with volatility', () => {
  fc.assert(
    fc.property(market, ({ forward, moneyness, years, volatility, discount }) => {
      const strike = forward * moneyness
      const price = black76Value(1, forward, strike, years, volatility, discount)
      expect(price).toBeGreaterThanOrEqual(discount * Math.max(forward - strike, 0))
      expect(price).toBeLessThanOrEqual(discount * forward)
      const dearer = black76Value(1, forward, strike, years, volatility * 1.01, discount)
      expect(dearer).toBeGreaterThanOrEqual(price)
    }),
  )
})

test('without time or volatility the price is the discounted intrinsic value', () => {
  const input = { right: 'C', forward: 105, strike: 100, years: 0, volatility: 0.2, discount: 0.5 } as const
  expect(black76Price(input)).toBe(2.5)
  expect(black76Price({ ...input, years: 1, volatility: 0 })).toBe(2.5)
  expect(black76Price({ ...input, right: 'P' })).toBe(0)
})

test('an input that makes no sense gives NaN', () => {
  const input = { right: 'C', forward: 100, strike: 100, years: 1, volatility: 0.2 } as const
  expect(black76Price({ ...input, forward: Number.NaN })).toBeNaN()
  expect(black76Price({ ...input, forward: 0 })).toBeNaN()
  expect(black76Price({ ...input, strike: -1 })).toBeNaN()
  expect(black76Price({ ...input, years: -1e-9 })).toBeNaN()
  expect(black76Price({ ...input, volatility: Number.POSITIVE_INFINITY })).toBeNaN()
  expect(black76Price({ ...input, discount: 0 })).toBeNaN()
})
