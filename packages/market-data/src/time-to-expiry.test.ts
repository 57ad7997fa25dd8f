import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createExchangeCalendar } from './exchange-calendar.js'
import { CALENDAR_YEAR_US, calendarYears, expiryUs, TRADING_YEAR_US, tradingYears } from './time-to-expiry.js'

const calendar = createExchangeCalendar()
const utc = (...parts: [number, number, number, number?, number?]): number => Date.UTC(...parts) * 1_000

test.each([
  ['a winter day', '2025-02-21', 'pm', utc(2025, 1, 21, 21)],
  ['a summer day', '2025-06-20', 'pm', utc(2025, 5, 20, 20)],
  ['a short day', '2024-11-29', 'pm', utc(2024, 10, 29, 18)],
  ['the open', '2025-06-20', 'am', utc(2025, 5, 20, 13, 30)],
  ['a Saturday of old', '2014-06-21', 'pm', utc(2014, 5, 20, 20)],
] as const)('settles at the bell: %s', (_, expiry, settlement, expected) => {
  expect(expiryUs({ expiry }, calendar, { settlement })).toBe(expected)
})

test('counts calendar time to the second, and never below 0', () => {
  const until = expiryUs({ expiry: '2025-02-21' }, calendar)
  expect(calendarYears(until - 60_000_000, until) * 31_536_000).toBeCloseTo(60, 9)
  expect(calendarYears(until - CALENDAR_YEAR_US, until)).toBe(1)
  expect(calendarYears(until + 1, until)).toBe(0)
})

test('counts trading time only while the market is open', () => {
  const minutes = (from: number, until: number): number =>
    (tradingYears(from, until, calendar) * TRADING_YEAR_US) / 60_000_000
  const monday = expiryUs({ expiry: '2025-02-24' }, calendar)
  expect(minutes(utc(2025, 1, 21, 20), monday)).toBeCloseTo(60 + 390, 6)
  expect(minutes(utc(2025, 1, 22, 12), monday)).toBeCloseTo(390, 6)
  expect(minutes(utc(2025, 1, 24, 15, 30), monday)).toBeCloseTo(330, 6)
  expect(minutes(monday, monday)).toBe(0)
  expect(minutes(utc(2024, 10, 27, 21), expiryUs({ expiry: '2024-11-29' }, calendar))).toBeCloseTo(210, 6)
})

test('trading time adds up, never runs backwards, and stands still while the market is closed', () => {
  const from = utc(2024, 10, 1, 0)
  const instant = fc.integer({ min: 0, max: 90 * 86_400 }).map((seconds) => from + seconds * 1_000_000)
  fc.assert(
    fc.property(instant, instant, instant, (...drawn) => {
      const [first, second, third] = drawn.sort((a, b) => a - b) as [number, number, number]
      const whole = tradingYears(first, third, calendar)
      const parts = tradingYears(first, second, calendar) + tradingYears(second, third, calendar)
      expect(Math.abs(whole - parts) * TRADING_YEAR_US).toBeLessThan(1)
      expect(tradingYears(second, third, calendar)).toBeLessThanOrEqual(whole)
      const closeUs = calendar.session(first)?.closeUs
      if (closeUs === undefined) return
      expect(tradingYears(closeUs, closeUs + 12 * 3_600_000_000, calendar)).toBe(0)
    }),
  )
})
