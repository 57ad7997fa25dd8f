import { expect, test } from 'vitest'
import type { OrderRequest } from '../rest/trading-client.js'
import { formatDuration, marketStatus } from './market-status.js'
import { checkOptionOrder, optionOrderRulesOn, optionTickMicros, roundToTick } from './option-rules.js'

const order: OrderRequest = {
  symbol: 'SPY261218C00600000',
  side: 'buy',
  quantity: 1,
  type: 'limit',
  timeInForce: 'day',
  limitMicros: 1_050_000,
  positionIntent: 'buy_to_open',
  clientOrderId: 'x',
}
const moment = { date: '2026-12-01', minutes: 600, isOpen: true, expiry: '2026-12-18' }

test('rules come into force by date', () => {
  expect(optionOrderRulesOn('2026-08-27').types).not.toContain('stop')
  expect(optionOrderRulesOn('2026-08-28').types).toContain('stop')
  expect(optionOrderRulesOn('2000-01-01')).toBe(optionOrderRulesOn('2024-02-01'))
})

test('increments follow program, price and underlying', () => {
  const tick = (underlying: string, isPenny: boolean, price: number) =>
    optionTickMicros({ underlying, isPenny }, price)
  expect([tick('SPY', true, 9e6), tick('TSLA', true, 2_990_000), tick('TSLA', true, 3e6)]).toEqual([
    10_000, 10_000, 50_000,
  ])
  expect([tick('XYZ', false, 2e6), tick('XYZ', false, 3e6)]).toEqual([50_000, 100_000])
  const facts = { underlying: 'XYZ', isPenny: false }
  expect([roundToTick('buy', 1_040_000, facts), roundToTick('sell', 1_010_000, facts)]).toEqual([
    1_000_000, 1_050_000,
  ])
  expect(roundToTick('buy', 1_050_000, facts)).toBe(1_050_000)
})

const BROKEN: readonly (readonly [string, Partial<OrderRequest>, Partial<typeof moment>])[] = [
  ['type', { type: 'stop', stopMicros: 1e6 }, { date: '2026-08-01' }],
  ['time-in-force', { timeInForce: 'gtc' }, { date: '2026-08-01' }],
  ['quantity', { quantity: 1.5 }, {}],
  ['quantity', { quantity: 1_001 }, {}],
  ['limit', { limitMicros: 0 }, {}],
  ['decimals', { limitMicros: 1_055_000 }, {}],
  ['stop', { type: 'stop' }, {}],
  ['market-closed', { type: 'market' }, { isOpen: false }],
  ['expired', {}, { expiry: '2026-11-30' }],
  ['expires-soon', {}, { expiry: '2026-12-01', minutes: 915 }],
]
for (const [rule, over, at] of BROKEN)
  test(`an order that breaks "${rule}" is refused (${JSON.stringify({ ...over, ...at })})`, () => {
    expect(() => checkOptionOrder({ ...order, ...over }, { ...moment, ...at })).toThrow(
      expect.objectContaining({ code: 'ALPACA_ORDER_RULE', details: { rule } }),
    )
  })

test('an order within the rules passes, and so does an exit on the last afternoon', () => {
  checkOptionOrder(order, moment)
  const exit = { ...order, side: 'sell', positionIntent: 'sell_to_close' } as const
  checkOptionOrder(exit, { ...moment, expiry: '2026-12-01', minutes: 950 })
})

test('durations leave out leading zero units', () => {
  expect([0, 4, 60, 3_600, 93_784].map(formatDuration)).toEqual([
    '0s',
    '4s',
    '1m 0s',
    '1h 0m 0s',
    '1d 2h 3m 4s',
  ])
  const clock = { nowUs: 0, isOpen: true, nextOpenUs: 90_000e6, nextCloseUs: 3_661e6 }
  expect(marketStatus(clock)).toEqual({
    isOpen: true,
    secondsToOpen: 90_000,
    secondsToClose: 3_661,
    untilOpen: '1d 1h 0m 0s',
    untilClose: '1h 1m 1s',
  })
})
