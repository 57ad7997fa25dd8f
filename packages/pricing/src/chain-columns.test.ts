import fc from 'fast-check'
import { expect, test } from 'vitest'
import { black76Value, type RightSign } from './black76.js'
import { ChainColumns, evaluateChain, impliedVolatilityNear } from './chain-columns.js'
import { black76GreeksInto, GREEK_SLOTS, MINUTES_PER_YEAR } from './greeks.js'
import { impliedVolatilityValue } from './implied-volatility.js'

const signs = [1, -1] as const

test('one step from nearby is within two billionths, from a minute to a year and far into the wings', () => {
  let tried = 0
  let worst = 0
  for (const minutes of [1, 5, 30, 120, 390, 1_440, 7_200, 43_200, 525_600]) {
    const years = minutes / 525_600
    for (const volatility of [0.05, 0.15, 0.3, 0.6, 1.2, 2.5]) {
      for (let deviations = -6; deviations <= 6; deviations += 0.5) {
        const strike = 100 * Math.exp(deviations * volatility * Math.sqrt(years))
        const sign: RightSign = strike < 100 ? -1 : 1
        const price = black76Value(sign, 100, strike, years, volatility, 0.97)
        for (const off of [0.97, 0.985, 1, 1.01, 1.03]) {
          const implied = impliedVolatilityNear(volatility * off, sign, price, 100, strike, years, 0.97)
          worst = Math.max(worst, Math.abs(implied / volatility - 1))
          tried++
        }
      }
    }
  }
  expect(tried).toBeGreaterThan(6_000)
  expect(worst).toBeLessThan(2e-9)
})

test('from further away, or from nothing, it is solved in full', () => {
  const price = black76Value(-1, 252.3, 240, 0.004, 0.55, 1)
  const full = impliedVolatilityValue(-1, price, 252.3, 240, 0.004, 1)
  for (const previous of [Number.NaN, 0, -1, 0.3, 1.2, 50, Number.POSITIVE_INFINITY]) {
    const implied = impliedVolatilityNear(previous, -1, price, 252.3, 240, 0.004, 1)
    expect(Math.abs(implied / full - 1), `from ${previous}`).toBeLessThan(1e-13)
  }
  expect(impliedVolatilityNear(0.5, 1, 4, 105, 100, 0.1, 1)).toBeNaN()
})

test('a chain gives what its contracts give one by one, through a day of quotes', () => {
  const quotes = fc.array(
    fc.record({
      forward: fc.double({ min: 240, max: 260, noNaN: true }),
      level: fc.double({ min: 0.2, max: 1, noNaN: true }),
      minutes: fc.integer({ min: 1, max: 5_000 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(quotes, (turns) => {
      const count = 40
      const chain = new ChainColumns(count)
      const greeks = new Float64Array(6)
      for (const { forward, level, minutes } of turns) {
        const years = minutes / 525_600
        for (let i = 0; i < count; i++) {
          const sign = signs[i % 2] as RightSign
          chain.sign[i] = sign
          chain.strike[i] = 240 + (i >> 1)
          chain.price[i] =
            i === 7 ? Number.NaN : black76Value(sign, forward, 240 + (i >> 1), years, level, 0.999)
        }
        const known = evaluateChain(chain, forward, years, 0.999)
        let expected = 0
        for (let i = 0; i < count; i++) {
          const sign = signs[i % 2] as RightSign
          const strike = 240 + (i >> 1)
          const price = chain.price[i] as number
          const volatility = impliedVolatilityValue(sign, price, forward, strike, years, 0.999)
          if (!(volatility > 0)) {
            expect(chain.delta[i]).toBeNaN()
            continue
          }
          expected++
          // Where time value is below the last digits of the price, or the smallest double, any volatility will do.
          black76GreeksInto(greeks, sign, forward, strike, years, volatility, 0.999)
          const vega = greeks[GREEK_SLOTS.vega] as number
          if (price > 1e8 * vega || price < 1e-280) continue
          expect(Math.abs((chain.volatility[i] as number) / volatility - 1)).toBeLessThan(1e-7)
          expect(chain.delta[i]).toBeCloseTo(greeks[GREEK_SLOTS.delta] as number, 7)
          expect(chain.gamma[i]).toBeCloseTo(greeks[GREEK_SLOTS.gamma] as number, 6)
          expect(chain.vega[i]).toBeCloseTo(vega, 6)
          const perMinute = ((greeks[GREEK_SLOTS.thetaPerDay] as number) * 365) / MINUTES_PER_YEAR
          expect(chain.thetaPerMinute[i]).toBeCloseTo(perMinute, 6)
        }
        expect(known).toBe(expected)
      }
    }),
    { numRuns: 20 },
  )
})

test('without forward, time or price nothing is known', () => {
  const chain = new ChainColumns(1)
  chain.strike[0] = 100
  chain.price[0] = 2
  for (const [forward, years, discount] of [
    [Number.NaN, 0.1, 1],
    [100, 0, 1],
    [100, 0.1, Number.NaN],
    [0, 0.1, 1],
  ] as const) {
    expect(evaluateChain(chain, forward, years, discount)).toBe(0)
    expect(chain.volatility[0]).toBeNaN()
    expect(chain.vega[0]).toBeNaN()
  }
  expect(evaluateChain(chain, 100, 0.1, 1)).toBe(1)
})
