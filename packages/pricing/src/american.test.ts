import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AmericanInput,
  americanGreeks,
  americanImpliedVolatility,
  americanPrice,
  earlyExercisePremium,
} from './american.js'
import { blackScholesGreeks, blackScholesPrice } from './black-scholes.js'
import { gridInto } from './dividend-grid.js'

const share = { spot: 100, strike: 100, years: 30 / 365, volatility: 0.35, rate: 0.045 } as const
const dividends = [
  { years: 10 / 365, amount: 1 },
  { years: 20 / 365, amount: 0.5 },
]

test('agrees with the premium that Andersen, Lake and Offengenden publish', () => {
  const input = {
    right: 'P',
    spot: 100,
    strike: 100,
    years: 1,
    volatility: 0.25,
    rate: 0.05,
    dividendYield: 0.05,
  } as const
  expect(earlyExercisePremium(input)).toBeCloseTo(0.106952702747, 5)
})

test('a call without dividends is a European call, and a put without interest a European put', () => {
  const call = { ...share, right: 'C' } as const
  expect(americanPrice(call)).toBeCloseTo(blackScholesPrice(call), 12)
  expect(earlyExercisePremium(call)).toBeLessThan(1e-12)
  const put = { ...share, right: 'P', rate: 0 } as const
  expect(americanPrice(put)).toBe(blackScholesPrice(put))
})

test('is worth at least exercise and the European option, and no less with more time', () => {
  const market = fc.record({
    right: fc.constantFrom('C' as const, 'P' as const),
    spot: fc.double({ min: 80, max: 120, noNaN: true }),
    years: fc.double({ min: 0.002, max: 1, noNaN: true }),
    volatility: fc.double({ min: 0.15, max: 1.2, noNaN: true }),
    rate: fc.double({ min: 0, max: 0.08, noNaN: true }),
    dividendYield: fc.double({ min: 0, max: 0.08, noNaN: true }),
  })
  fc.assert(
    fc.property(market, (drawn) => {
      const input: AmericanInput = { ...drawn, strike: 100 }
      const price = americanPrice(input)
      const sign = drawn.right === 'C' ? 1 : -1
      expect(price).toBeGreaterThan(sign * (drawn.spot - 100) - 1e-9)
      expect(price).toBeGreaterThan(blackScholesPrice(input) - 1e-5)
      expect(americanPrice({ ...input, years: 1.2 * drawn.years })).toBeGreaterThan(price - 2e-4)
    }),
    { numRuns: 60 },
  )
})

test('boundary and grid, which share nothing, agree', () => {
  const out = new Float64Array(3)
  for (const strike of [90, 100, 112]) {
    for (const [right, sign] of [
      ['C', 1],
      ['P', -1],
    ] as const) {
      const input = { ...share, right, strike, dividendYield: 0.03 }
      const { price, delta, gamma } = americanGreeks(input)
      gridInto(out, { ...input, sign, dividends: [], exercise: 'american' })
      expect(Math.abs((out[0] as number) - price)).toBeLessThan(1e-4)
      expect(Math.abs((out[1] as number) - delta)).toBeLessThan(2e-5)
      expect(Math.abs((out[2] as number) - gamma)).toBeLessThan(2e-5)
      gridInto(out, { ...input, sign, dividends: [], exercise: 'european' })
      const european = blackScholesGreeks(input)
      expect(Math.abs((out[0] as number) - european.price)).toBeLessThan(1e-4)
      expect(Math.abs((out[1] as number) - european.delta)).toBeLessThan(1e-5)
    }
  }
})

test('a rate far above the variance, where the boundary does not settle, is priced on the grid', () => {
  const hard = { right: 'P', spot: 100, strike: 100, years: 3, volatility: 0.1, rate: 0.1 } as const
  // By the extrapolated tree of test/reference/make_american.py.
  expect(Math.abs(americanPrice(hard) - 1.7751224)).toBeLessThan(4e-4)
})

test('Greeks are the slopes of the price, with and without dividends', () => {
  const slope = (by: (step: number) => number, step: number): number => (by(step) - by(-step)) / (2 * step)
  for (const right of ['C', 'P'] as const) {
    for (const paid of [[], dividends]) {
      const at = { ...share, right, dividendYield: 0.02, dividends: paid }
      const greeks = americanGreeks(at)
      expect(greeks.price).toBe(americanPrice(at))
      expect(greeks.delta).toBeCloseTo(
        slope((d) => americanPrice({ ...at, spot: 100 + d }), 0.5),
        3,
      )
      expect(greeks.gamma).toBeCloseTo(
        slope((d) => americanGreeks({ ...at, spot: 100 + d }).delta, 0.5),
        3,
      )
      expect(greeks.vega).toBeCloseTo(
        slope((d) => americanPrice({ ...at, volatility: 0.35 + d }), 0.01),
        1,
      )
      const later = (years: number): number =>
        americanPrice({
          ...at,
          years: at.years - years,
          dividends: paid.map(({ years: when, amount }) => ({ years: when - years, amount })),
        })
      expect(greeks.thetaPerDay).toBeCloseTo(slope(later, 0.001) / 365, 3)
      expect(greeks.thetaPerMinute * 1_440).toBeCloseTo(greeks.thetaPerDay, 12)
      expect(Math.sign(greeks.rho)).toBe(right === 'C' ? 1 : -1)
    }
  }
})

test('implied volatility comes back, with and without dividends', () => {
  for (const right of ['C', 'P'] as const) {
    for (const strike of [92, 100, 110]) {
      for (const paid of [[], dividends]) {
        const at = { ...share, right, strike, dividends: paid }
        const price = americanPrice(at)
        expect(americanImpliedVolatility({ ...at, price })).toBeCloseTo(0.35, 7)
        expect(americanImpliedVolatility({ ...at, price, guess: 0.3 })).toBeCloseTo(0.35, 7)
      }
    }
  }
})

test('whatever volatility is found prices back, from minutes to two years', () => {
  const market = fc.record({
    right: fc.constantFrom('C' as const, 'P' as const),
    strike: fc.double({ min: 82, max: 122, noNaN: true }),
    years: fc.double({ min: 1e-4, max: 2, noNaN: true }),
    volatility: fc.double({ min: 0.08, max: 2.4, noNaN: true }),
    rate: fc.double({ min: 0, max: 0.08, noNaN: true }),
    dividendYield: fc.double({ min: 0, max: 0.08, noNaN: true }),
    guess: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0.05, max: 4, noNaN: true })),
  })
  fc.assert(
    fc.property(market, ({ volatility, guess, ...drawn }) => {
      const at = { ...drawn, spot: 100 }
      const price = americanPrice({ ...at, volatility })
      const intrinsic = Math.max((drawn.right === 'C' ? 1 : -1) * (100 - drawn.strike), 0)
      if (price < intrinsic + 1e-3) return
      const implied = americanImpliedVolatility({ ...at, price, guess })
      expect(Math.abs(americanPrice({ ...at, volatility: implied }) - price)).toBeLessThan(1e-5)
    }),
    { numRuns: 60 },
  )
})

test('deep in the money a put is exercised: its price is intrinsic, and no volatility follows from it', () => {
  const deep = { right: 'P', spot: 60, strike: 100, years: 0.2, volatility: 0.2, rate: 0.05 } as const
  expect(americanGreeks(deep)).toEqual({
    price: 40,
    delta: -1,
    gamma: 0,
    thetaPerDay: 0,
    thetaPerMinute: 0,
    vega: 0,
    rho: 0,
  })
  expect(americanImpliedVolatility({ ...deep, price: 40 })).toBe(0)
  expect(americanImpliedVolatility({ ...deep, price: 39.9 })).toBeNaN()
  expect(americanImpliedVolatility({ ...deep, price: 100 })).toBeNaN()
})

test('a dividend after expiry, or already paid, changes nothing', () => {
  const at = { ...share, right: 'C' } as const
  const idle = [
    { years: 0, amount: 1 },
    { years: 31 / 365, amount: 1 },
    { years: 0.01, amount: 0 },
  ]
  expect(americanPrice({ ...at, dividends: idle })).toBe(americanPrice(at))
})

test('what makes no sense gives NaN, and expiry the intrinsic value', () => {
  const at = { ...share, right: 'P' } as const
  expect(americanPrice({ ...at, spot: Number.NaN })).toBeNaN()
  expect(americanPrice({ ...at, strike: 0 })).toBeNaN()
  expect(americanPrice({ ...at, volatility: Number.POSITIVE_INFINITY })).toBeNaN()
  expect(americanPrice({ ...at, years: -1 })).toBeNaN()
  expect(americanPrice({ ...at, rate: Number.NaN })).toBeNaN()
  expect(americanPrice({ ...at, years: 0, strike: 103 })).toBe(3)
})
