import { createExchangeCalendar } from '@scalp/market-data'
import { expect, test } from 'vitest'
import { DteCounter } from './dte-counter.js'

test.each([
  ['over a weekend', '2024-01-05', '2024-01-08', 3, 1],
  ['on the day', '2024-01-05', '2024-01-05', 0, 0],
  ['to the next day', '2024-01-03', '2024-01-04', 1, 1],
  ['over a weekend and a holiday', '2024-01-12', '2024-01-16', 4, 1],
  ['over the change of the clocks', '2024-03-08', '2024-03-11', 3, 1],
  ['a week', '2024-01-08', '2024-01-12', 4, 4],
  ['once it is over', '2024-01-08', '2024-01-05', -3, -3],
])('days to expiry %s, of the calendar and in sessions', (_what, today, expiry, calendar, trading) => {
  expect(new DteCounter(createExchangeCalendar(), 'calendar').days(expiry, today)).toBe(calendar)
  expect(new DteCounter(createExchangeCalendar(), 'trading').days(expiry, today)).toBe(trading)
})
