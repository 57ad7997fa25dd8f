import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  black76Greeks,
  impliedVolatilityValue,
  normalCdf,
  normalPdf,
  type RightSign,
} from '../../src/index.js'

type Row = [right: 'C' | 'P', ...numbers: number[]]
const reference = JSON.parse(readFileSync(new URL('./european.json', import.meta.url), 'utf8')) as {
  normal: [x: number, cdf: number, pdf: number][]
  prices: Row[]
}

/** Relative errors, the largest of which is what a test judges. */
function relative(actual: number, expected: number): number {
  return expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1)
}

test('the normal distribution agrees with eighty digit arithmetic to the last digits, tails included', () => {
  for (const [x, cdf, pdf] of reference.normal) {
    expect(relative(normalCdf(x), cdf), `cdf at ${x}`).toBeLessThan(5e-16)
    expect(relative(normalPdf(x), pdf), `pdf at ${x}`).toBeLessThan(5e-16)
  }
})

test('prices and Greeks agree with eighty digit arithmetic to thirteen digits, down to prices of 1e-30', () => {
  expect(reference.prices.length).toBeGreaterThan(1_500)
  for (const [right, ...numbers] of reference.prices) {
    const [forward = 0, strike = 0, years = 0, volatility = 0, discount = 0, ...figures] = numbers
    const [price = 0, , delta = 0, gamma = 0, thetaPerDay = 0, vega = 0, rho = 0] = figures
    const greeks = black76Greeks({ right, forward, strike, years, volatility, discount })
    const where = `${right} ${strike} ${years} ${volatility}`
    expect(relative(greeks.price, price), `price ${where}`).toBeLessThan(1e-13)
    expect(relative(greeks.delta, delta), `delta ${where}`).toBeLessThan(1e-13)
    expect(relative(greeks.gamma, gamma), `gamma ${where}`).toBeLessThan(1e-13)
    expect(relative(greeks.vega, vega), `vega ${where}`).toBeLessThan(1e-13)
    expect(relative(greeks.rho, rho), `rho ${where}`).toBeLessThan(1e-13)
    // With interest theta is a difference, and its error is that of its larger part.
    const scale = Math.abs(thetaPerDay) + Math.abs((Math.log(discount) / years / 365) * price)
    expect(Math.abs(greeks.thetaPerDay - thetaPerDay) / scale, `theta ${where}`).toBeLessThan(1e-13)
  }
})

/**
 * One rounding of the price, 1.1e-16 of it, moves the volatility by this much of itself: what any solver can know.
 * Deep in the money, where the price's digits are spent on intrinsic value, it is large.
 */
const ROUNDING = 1.11e-16
function condition(price: number, vega: number, volatility: number): number {
  return price / (vega * volatility)
}

test('implied volatility is within 1e-12 wherever the price determines it, and elsewhere within the rounding of the price', () => {
  let determined = 0
  let worst = 0
  for (const [right, ...numbers] of reference.prices) {
    const [forward = 0, strike = 0, years = 0, volatility = 0, discount = 0, price = 0, , , , , vega = 0] =
      numbers
    const sign: RightSign = right === 'C' ? 1 : -1
    const implied = impliedVolatilityValue(sign, price, forward, strike, years, discount)
    const error = relative(implied, volatility)
    const unknowable = 4 * ROUNDING * condition(price, vega, volatility)
    const where = `${right} ${forward} ${strike} ${years} ${volatility}: ${error}`
    if (unknowable > 1e-3) continue
    expect(error, where).toBeLessThan(1e-13 + 2 * unknowable)
    if (unknowable > 4e-13) continue
    determined++
    worst = Math.max(worst, error)
    expect(error, where).toBeLessThan(1e-12)
  }
  expect(determined).toBeGreaterThan(1_000)
  expect(worst).toBeGreaterThan(0)
})
