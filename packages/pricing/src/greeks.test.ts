import { expect, test } from 'vitest'
import { blackScholesGreeks, blackScholesPrice } from './black-scholes.js'
import { black76Greeks, black76GreeksInto, GREEK_SLOTS } from './greeks.js'

const input = {
  right: 'P',
  spot: 252.3,
  strike: 240,
  years: 0.05,
  volatility: 0.55,
  rate: 0.045,
  dividendYield: 0.012,
} as const

/** The central difference of the price, good to some 1e-7. */
function slope(by: (step: number) => number, step: number): number {
  return (by(step) - by(-step)) / (2 * step)
}

test('the Greeks of Black and Scholes are the slopes of its price', () => {
  for (const right of ['C', 'P'] as const) {
    const at = { ...input, right }
    const greeks = blackScholesGreeks(at)
    const close = (actual: number, expected: number): void =>
      expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-6)
    close(
      slope((d) => blackScholesPrice({ ...at, spot: at.spot + d }), 1e-3),
      greeks.delta,
    )
    close(
      slope((d) => blackScholesGreeks({ ...at, spot: at.spot + d }).delta, 1e-3),
      greeks.gamma,
    )
    close(
      slope((d) => blackScholesPrice({ ...at, volatility: at.volatility + d }), 1e-5),
      greeks.vega,
    )
    close(
      slope((d) => blackScholesPrice({ ...at, rate: at.rate + d }), 1e-5),
      greeks.rho,
    )
    close(slope((d) => blackScholesPrice({ ...at, years: at.years - d }), 1e-6) / 365, greeks.thetaPerDay)
    close(greeks.thetaPerMinute * 1_440, greeks.thetaPerDay)
    expect(greeks.price).toBe(blackScholesPrice(at))
  }
})

test('writes the same figures into columns', () => {
  const out = new Float64Array(6)
  const greeks = black76Greeks({ right: 'C', forward: 100, strike: 101, years: 0.01, volatility: 0.3 })
  black76GreeksInto(out, 1, 100, 101, 0.01, 0.3, 1)
  for (const name of ['price', 'delta', 'gamma', 'thetaPerDay', 'vega', 'rho'] as const) {
    expect(out[GREEK_SLOTS[name]]).toBe(greeks[name])
  }
})

test('at expiry delta is a step and nothing else moves', () => {
  const expired = { right: 'C', forward: 105, strike: 100, years: 0, volatility: 0.3 } as const
  const still = { gamma: 0, thetaPerDay: 0, thetaPerMinute: 0, vega: 0 }
  expect(black76Greeks(expired)).toMatchObject({ price: 5, delta: 1, ...still })
  expect(black76Greeks({ ...expired, strike: 105 })).toMatchObject({ price: 0, delta: 0.5, ...still })
  expect(black76Greeks({ ...expired, right: 'P', strike: 110 })).toMatchObject({ price: 5, delta: -1 })
})

test('an unknown input leaves every Greek unknown', () => {
  const greeks = black76Greeks({ right: 'C', forward: Number.NaN, strike: 1, years: 1, volatility: 0.2 })
  expect(Object.values(greeks).every(Number.isNaN)).toBe(true)
})
