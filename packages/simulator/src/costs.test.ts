import type { OrderId } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { alpacaCostSchedule } from './alpaca-costs.js'
import { rateOn } from './cost-schedule.js'
import { createFlatCosts, createOptionCosts } from './costs.js'
import { ibkrTieredCostSchedule } from './ibkr-costs.js'

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
  // the SEC fee is zero from 2025-05-14, and OCC takes 0.025 from 2025-02-14: 10 × (0.02685 + 0.025 + 0.00279)
  expect(costs.feesMicros({ ...order, side: 'sell', date: '2025-05-14' })).toBe(546_400)
})

const id = (text: string): OrderId => text as OrderId

test('Alpaca: each regulatory fee of a day is rounded up to the cent, and each fill is charged the rise', () => {
  const ledger = createOptionCosts(alpacaCostSchedule).openLedger?.()
  const sale = {
    side: 'sell',
    contracts: 1,
    priceMicros: 1_000_000,
    multiplier: 100,
    date: '2024-06-03',
  } as const
  /**
   * One contract sold at 1.00: ORF 0.02685 up to 0.03, TAF 0.00279 up to 0.01, SEC 100 × 27.80 / 1e6 = 0.00278 up to
   * 0.01, OCC 0.02 as it is: 0.07 dollars.
   */
  expect(ledger?.charge(id('a'), sale)).toBe(70_000)
  /** A second one: ORF 0.0537 up to 0.06, TAF 0.00558 and SEC 0.00556 stay in their cents, OCC 0.02: 0.05 more. */
  expect(ledger?.charge(id('b'), sale)).toBe(50_000)
  /** Bought back: ORF 0.08055 up to 0.09, OCC 0.02. */
  expect(ledger?.charge(id('c'), { ...sale, side: 'buy' })).toBe(50_000)
  /** The next day begins anew. */
  expect(ledger?.charge(id('d'), { ...sale, date: '2024-06-04' })).toBe(70_000)
})

test('clearing of one order is capped at 55 dollars until February 2025, over all its fills', () => {
  const ledger = createOptionCosts({ ...alpacaCostSchedule, orf: [] }).openLedger?.()
  const buy = {
    side: 'buy',
    contracts: 2_000,
    priceMicros: 1_000_000,
    multiplier: 100,
    date: '2024-06-03',
  } as const
  expect(ledger?.charge(id('a'), buy)).toBe(40_000_000)
  expect(ledger?.charge(id('a'), buy)).toBe(15_000_000)
  expect(ledger?.charge(id('a'), buy)).toBe(0)
  /** 6,000 × 0.025 with no cap any more. */
  expect(ledger?.charge(id('b'), { ...buy, contracts: 6_000, date: '2025-02-14' })).toBe(150_000_000)
})

test('IBKR tiered: the broker’s own examples, less third-party fees', () => {
  const ledger = createOptionCosts({ ...ibkrTieredCostSchedule, orf: [], clearing: [] }).openLedger?.()
  const buy = { side: 'buy', multiplier: 100, date: '2024-06-03' } as const
  /** 1 contract at 2 dollars: 1.00; 2 at 5: 1.30; 3 at 0.075: 1.50; 5 at 0.03: 1.25. */
  const examples = [
    [1, 2_000_000, 1_000_000],
    [2, 5_000_000, 1_300_000],
    [3, 75_000, 1_500_000],
    [5, 30_000, 1_250_000],
  ] as const
  for (const [at, [contracts, priceMicros, fee]] of examples.entries())
    expect(ledger?.charge(id(`o${at}`), { ...buy, contracts, priceMicros })).toBe(fee)
})

test('IBKR tiered: the minimum of an order is paid once, however many fills it has', () => {
  const ledger = createOptionCosts({ ...ibkrTieredCostSchedule, orf: [], clearing: [] }).openLedger?.()
  const one = {
    side: 'buy',
    contracts: 1,
    priceMicros: 2_000_000,
    multiplier: 100,
    date: '2024-06-03',
  } as const
  /** 0.65 is below the minimum of 1.00; 1.30 is 0.30 above it; 1.95 is 0.65 more. */
  expect([1, 2, 3].map(() => ledger?.charge(id('a'), one))).toEqual([1_000_000, 300_000, 650_000])
})

test('IBKR tiered: from 10,000 contracts of a month on they are cheaper, until the month is over', () => {
  const ledger = createOptionCosts({ ...ibkrTieredCostSchedule, orf: [], clearing: [] }).openLedger?.()
  const buy = { side: 'buy', contracts: 10_000, priceMicros: 2_000_000, multiplier: 100 } as const
  expect(ledger?.charge(id('a'), { ...buy, date: '2024-06-03' })).toBe(6_500_000_000)
  expect(ledger?.charge(id('b'), { ...buy, date: '2024-06-28' })).toBe(5_000_000_000)
  expect(ledger?.charge(id('c'), { ...buy, date: '2024-07-01' })).toBe(6_500_000_000)
})
