import { expect, test } from 'vitest'
import { intentOf, type MarketState, marketOf, NOW_US } from '../test/market.js'
import { type ExpiryDayOptions, expiryDayGate } from './index.js'

function check(state: MarketState, options?: ExpiryDayOptions) {
  const { context, instrument } = marketOf(state)
  return expiryDayGate(options).check(intentOf(instrument), context)
}

/** On expiry day, so many minutes before the close. */
function before(minutes: number, symbol = 'TSLA'): MarketState {
  const closeUs = NOW_US + minutes * 60e6
  return { symbol, today: '2024-01-05', session: { openUs: closeUs - 390 * 60e6, closeUs } }
}

test('shares close 45 minutes before the bell of expiry day, broad funds 30', () => {
  expect(check(before(45.1))).toMatchObject({ passed: true, limit: 45, unit: 'min', message: 'OK' })
  expect(check(before(45))).toMatchObject({
    passed: false,
    value: 45,
    message: '45.0 min until the close of expiry day, allowed more than 45',
    resumes: 'with a later expiry',
  })
  for (const symbol of ['SPY', 'QQQ']) {
    expect(check(before(30.1, symbol)).passed).toBe(true)
    expect(check(before(30, symbol)).passed).toBe(false)
  }
  expect(check(before(0)).passed).toBe(false)
  expect(check(before(20), { minutes: 10 }).passed).toBe(true)
  expect(check(before(20), { minutes: 10, minutesOf: { TSLA: 25 } }).passed).toBe(false)
})

test('a later expiry passes at any time, an earlier one and a day without session refuse', () => {
  expect(check({ ...before(1), today: '2024-01-04' })).toMatchObject({
    passed: true,
    limit: 45,
    message: 'OK: it expires later',
  })
  expect(check({ ...before(200), today: '2024-01-06' })).toMatchObject({
    passed: false,
    value: null,
    message: 'expired on 2024-01-05',
    resumes: 'with a later expiry',
  })
  expect(check({ today: '2024-01-05', session: 'none' })).toMatchObject({
    passed: false,
    message: 'no session now',
  })
  expect(check({ session: null })).toMatchObject({
    passed: false,
    message: 'the trading date is unknown',
    resumes: 'with a calendar',
  })
})

test('what never expires passes', () => {
  const { context, instrument } = marketOf(before(1))
  const instruments = {
    capacity: 1,
    find: () => undefined,
    options: () => [],
    get: () => ({ kind: 'underlying' as const, index: instrument, symbol: 'TSLA' }),
  }
  expect(expiryDayGate().check(intentOf(instrument), { ...context, instruments }).passed).toBe(true)
})
