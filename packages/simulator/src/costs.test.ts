import { expect, test } from 'vitest'
import { alpacaCostSchedule } from './alpaca-costs.js'
import { createFlatCosts, createOptionCosts, rateOn } from './costs.js'

test('a flat price is asked for each contract on both sides', () => {
  const costs = createFlatCosts(700_000)
  expect(
    costs.feesMicros({ side: 'buy', contracts: 3, priceMicros: 1, multiplier: 100, date: '2024-01-02' }),
  ).toBe(2_100_000)
})

test('a rate holds from its day on', () => {
  const rates = [
    { from: '2023-02-27', rate: 8, source: '' },
    { from: '2024-05-22', rate: 27.8, source: '' },
  ]
  expect(rateOn(rates, '2023-02-26')).toBe(0)
  expect(rateOn(rates, '2024-05-21')).toBe(8)
  expect(rateOn(rates, '2024-05-22')).toBe(27.8)
})

test('Alpaca: a purchase pays ORF and clearing, a sale TAF and the SEC fee as well', () => {
  const costs = createOptionCosts(alpacaCostSchedule)
  const order = { contracts: 10, priceMicros: 2_000_000, multiplier: 100 }
  // 10 × (0.02685 + 0.02) dollars
  expect(costs.feesMicros({ ...order, side: 'buy', date: '2024-06-03' })).toBe(468_500)
  // … + 10 × 0.00279 + 2,000 dollars × 27.80 / 1,000,000 = 0.4685 + 0.0279 + 0.0556
  expect(costs.feesMicros({ ...order, side: 'sell', date: '2024-06-03' })).toBe(552_000)
  // the SEC fee is zero from 2025-05-14
  expect(costs.feesMicros({ ...order, side: 'sell', date: '2025-05-14' })).toBe(496_400)
})
