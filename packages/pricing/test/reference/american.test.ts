import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type AmericanInput, americanPrice } from '../../src/index.js'

type Row = [right: 'C' | 'P', ...numbers: number[]]
const reference = JSON.parse(readFileSync(new URL('./american.json', import.meta.url), 'utf8')) as {
  plain: Row[]
  callsWithDividend: Row[]
  putsWithDividend: Row[]
}

/** The largest difference from the reference, in dollars on a share of 100. */
function worst(rows: readonly Row[]): number {
  return Math.max(
    ...rows.map(([right, ...numbers]) => {
      const [
        spot = 0,
        strike = 0,
        years = 0,
        volatility = 0,
        rate = 0,
        dividendYield = 0,
        at = 0,
        amount = 0,
        price = 0,
      ] = numbers
      const input: AmericanInput = { right, spot, strike, years, volatility, rate, dividendYield }
      return Math.abs(americanPrice({ ...input, dividends: [{ years: at, amount }] }) - price)
    }),
  )
}

test('without dividends prices agree with an extrapolated tree of 12,000 steps to a hundredth of a cent', () => {
  expect(reference.plain.length).toBeGreaterThan(50)
  expect(worst(reference.plain)).toBeLessThan(1e-4)
})

test('calls over a dividend agree with the exact integral to a fiftieth of a cent', () => {
  expect(reference.callsWithDividend.length).toBeGreaterThan(10)
  expect(worst(reference.callsWithDividend)).toBeLessThan(2e-4)
})

test('puts over a dividend agree with extrapolated trees to a fiftieth of a cent', () => {
  expect(reference.putsWithDividend.length).toBeGreaterThan(8)
  expect(worst(reference.putsWithDividend)).toBeLessThan(2e-4)
})
