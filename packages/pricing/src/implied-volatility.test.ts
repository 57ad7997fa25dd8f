import fc from 'fast-check'
import { expect, test } from 'vitest'
import { black76Value, type RightSign } from './black76.js'
import { impliedVolatility, impliedVolatilityValue, impliedVolatilityWarm } from './implied-volatility.js'

test('price to volatility to price comes back, from minutes to years and far into the wings', () => {
  let tried = 0
  for (const minutes of [1, 5, 30, 390, 1_440, 7_200, 43_200, 525_600]) {
    const years = minutes / 525_600
    for (let deviations = -9; deviations <= 9; deviations += 0.75) {
      for (const volatility of [0.03, 0.15, 0.6, 2, 5]) {
        const strike = 100 * Math.exp(deviations * volatility * Math.sqrt(years))
        const sign: RightSign = deviations < 0 ? -1 : 1
        const price = black76Value(sign, 100, strike, years, volatility, 1)
        const implied = impliedVolatilityValue(sign, price, 100, strike, years, 1)
        const again = black76Value(sign, 100, strike, years, implied, 1)
        const where = `${minutes} min, ${deviations} deviations, ${volatility}`
        expect(Math.abs(again / price - 1), where).toBeLessThan(2e-13)
        // Near the highest possible price, where s is huge, the price hardly knows the volatility.
        if (volatility * Math.sqrt(years) < 3) {
          expect(Math.abs(implied / volatility - 1), where).toBeLessThan(1e-12)
        }
        tried++
      }
    }
  }
  expect(tried).toBeGreaterThan(900)
})

test('comes back a hair off the money too, where the price is nearly linear in volatility', () => {
  for (const moneyness of [0, 1e-12, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2]) {
    for (let total = 1e-5; total < 1; total *= 1.7) {
      const price = black76Value(1, 100, 100 * (1 + moneyness), 1, total, 1)
      if (price < 1e-100) continue
      const implied = impliedVolatilityValue(1, price, 100, 100 * (1 + moneyness), 1, 1)
      expect(Math.abs(implied / total - 1), `${moneyness} ${total}`).toBeLessThan(1e-12)
    }
  }
})

test('any tick price of a market gives a volatility that prices back to it', () => {
  const ticks = fc.record({
    cents: fc.integer({ min: 1, max: 4_000 }),
    forward: fc.integer({ min: 5_000, max: 50_000 }),
    strike: fc.integer({ min: 25, max: 400 }),
    minutes: fc.integer({ min: 1, max: 30_000 }),
    sign: fc.constantFrom<RightSign>(1, -1),
  })
  fc.assert(
    fc.property(ticks, ({ cents, forward, strike, minutes, sign }) => {
      const f = forward / 100
      const years = minutes / 525_600
      const price = Math.max(sign * (f - strike), 0) + cents / 100
      if (price >= (sign === 1 ? f : strike)) return
      const implied = impliedVolatilityValue(sign, price, f, strike, years, 1)
      expect(Math.abs(black76Value(sign, f, strike, years, implied, 1) - price)).toBeLessThan(1e-12 * f)
    }),
    { numRuns: 500 },
  )
})

test('a warm start gives what a cold one gives, however wrong it is', () => {
  const price = black76Value(-1, 252.3, 240, 0.004, 0.55, 1)
  const cold = impliedVolatilityValue(-1, price, 252.3, 240, 0.004, 1)
  for (const previous of [0.55, 0.5, 0.05, 1e-6, 20, 99, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const warm = impliedVolatilityWarm(previous, -1, price, 252.3, 240, 0.004, 1)
    expect(Math.abs(warm / cold - 1), `from ${previous}`).toBeLessThan(1e-13)
  }
})

test('a start from anywhere ends where a cold one does', () => {
  const market = fc.record({
    minutes: fc.double({ min: 1, max: 525_600, noNaN: true }),
    volatility: fc.double({ min: 0.03, max: 3, noNaN: true }),
    deviations: fc.double({ min: -8, max: 8, noNaN: true }),
    previous: fc.double({ min: 1e-3, max: 90, noNaN: true }),
  })
  fc.assert(
    fc.property(market, ({ minutes, volatility, deviations, previous }) => {
      const years = minutes / 525_600
      const strike = 100 * Math.exp(deviations * volatility * Math.sqrt(years))
      const sign: RightSign = strike < 100 ? -1 : 1
      const price = black76Value(sign, 100, strike, years, volatility, 1)
      if (price < 1e-250) return
      const warm = impliedVolatilityWarm(previous, sign, price, 100, strike, years, 1)
      expect(Math.abs(warm / volatility - 1)).toBeLessThan(1e-11)
    }),
    { numRuns: 2_000 },
  )
})

test('a price below intrinsic or at the most an option can cost has no volatility', () => {
  const call = { right: 'C', forward: 105, strike: 100, years: 0.1 } as const
  expect(impliedVolatility({ ...call, price: 4.99 })).toBeNaN()
  expect(impliedVolatility({ ...call, price: 5 })).toBe(0)
  expect(impliedVolatility({ ...call, price: 104.99 })).toBeGreaterThan(5)
  expect(impliedVolatility({ ...call, price: 105 })).toBeNaN()
  expect(impliedVolatility({ ...call, right: 'P', price: 100 })).toBeNaN()
  expect(impliedVolatility({ ...call, right: 'P', price: -0.01 })).toBeNaN()
})

test('never throws and never gives anything but NaN or a number from 0', () => {
  const anything = fc.oneof(fc.double(), fc.double({ min: 0, max: 200 }), fc.constantFrom(0, Number.NaN))
  fc.assert(
    fc.property(
      anything,
      anything,
      anything,
      anything,
      anything,
      (price, forward, strike, years, discount) => {
        const implied = impliedVolatilityValue(1, price, forward, strike, years, discount)
        expect(Number.isNaN(implied) || implied >= 0).toBe(true)
      },
    ),
    { numRuns: 1_000 },
  )
})
