import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { black76Greeks, impliedVolatilityValue, normalCdf, normalPdf, type RightSign } from '../src/index.js'

type Row = [right: 'C' | 'P', ...numbers: number[]]
const reference = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8')) as {
  normal: [x: number, cdf: number, pdf: number][]
  prices: Row[]
}

/** Relative errors, the largest of which is what a test judges. */
function relative(actual: number, expected: number): number {
  return expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1)
}

test('the normal distribution agrees with sixty digit arithmetic to the last digits, tails included', () => {
  for (const [x, cdf, pdf] of reference.normal) {
    expect(relative(normalCdf(x), cdf), `cdf at ${x}`).toBeLessThan(5e-16)
    expect(relative(normalPdf(x), pdf), `pdf at ${x}`).toBeLessThan(5e-16)
  }
})

test('prices and Greeks agree with sixty digit arithmetic to thirteen digits, down to prices of 1e-30', () => {
  expect(reference.prices.length).toBeGreaterThan(1_000)
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

test('implied volatility recovers the reference to what the last digit of the price lets it know', () => {
  let conditioned = 0
  for (const [right, ...numbers] of reference.prices) {
    const [forward = 0, strike = 0, years = 0, volatility = 0, discount = 0, price = 0, , , , , vega = 0] =
      numbers
    const sign: RightSign = right === 'C' ? 1 : -1
    const implied = impliedVolatilityValue(sign, price, forward, strike, years, discount)
    // A relative change of one rounding in the price moves the volatility by this much of itself.
    const condition = price / (vega * volatility)
    if (condition > 1e6) continue
    const error = relative(implied, volatility)
    expect(error, `${right} ${strike} ${years} ${volatility}`).toBeLessThan(2e-14 + 1e-15 * condition)
    if (condition > 100) continue
    conditioned++
    expect(error, `${right} ${strike} ${years} ${volatility}`).toBeLessThan(1e-13)
  }
  expect(conditioned).toBeGreaterThan(500)
})
