import { expect, test } from 'vitest'
import { createExchangeCalendar } from './exchange-calendar.js'

const calendar = createExchangeCalendar({ lateCloseRoots: ['SPX'] })
const HOUR = 3_600_000_000

test('agrees with the time zone database on every hour from 2010 to 2030', () => {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'America/New_York',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  for (let ms = Date.UTC(2010, 0, 2); ms < Date.UTC(2030, 11, 30); ms += 3_600_000 * 5) {
    const us = ms * 1_000
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    const local = new Date(ms + calendar.newYorkOffsetUs(us) / 1_000).toISOString()
    const expected = `${parts['year']}-${parts['month']}-${parts['day']}`
    if (local.slice(0, 13) !== `${expected}T${parts['hour']}` || calendar.tradingDate(us) !== expected) {
      expect.fail(`${new Date(ms).toISOString()}: ${local} against ${expected} ${parts['hour']}`)
    }
  }
})

test('opens at 09:30 in New York, summer and winter', () => {
  expect(calendar.sessionOn('2025-03-07')?.openUs).toBe(Date.UTC(2025, 2, 7, 14, 30) * 1_000)
  expect(calendar.sessionOn('2025-03-10')?.openUs).toBe(Date.UTC(2025, 2, 10, 13, 30) * 1_000)
  expect(calendar.sessionOn('2025-10-31')?.closeUs).toBe(Date.UTC(2025, 9, 31, 20) * 1_000)
  expect(calendar.sessionOn('2025-11-03')?.closeUs).toBe(Date.UTC(2025, 10, 3, 21) * 1_000)
})

test('knows holidays, special closings and days that look like holidays', () => {
  for (const date of [
    '2012-10-29',
    '2012-10-30',
    '2018-12-05',
    '2025-01-09',
    '2010-12-24',
    '2022-06-20',
    '2024-03-29',
    '2026-07-03',
    '2023-01-02',
    '2027-06-18',
  ]) {
    expect(calendar.isTradingDay(date), date).toBe(false)
  }
  for (const date of ['2010-12-31', '2021-12-31', '2021-06-18', '2027-12-31', '2024-11-29', '2011-12-23']) {
    expect(calendar.isTradingDay(date), date).toBe(true)
  }
})

test('has as many trading days a year as there were', () => {
  const counts = {
    2010: 252,
    2012: 250,
    2016: 252,
    2018: 251,
    2020: 253,
    2021: 252,
    2022: 251,
    2023: 250,
    2024: 252,
    2025: 250,
  }
  for (const [year, count] of Object.entries(counts))
    expect(calendar.sessions(`${year}-01-01`, `${year}-12-31`), year).toHaveLength(count)
})

test('closes early where it did', () => {
  for (const date of ['2024-07-03', '2024-11-29', '2024-12-24', '2013-07-03', '2017-07-03']) {
    expect(calendar.sessionOn(date)?.isEarlyClose, date).toBe(true)
  }
  for (const date of ['2020-07-02', '2022-07-01', '2016-12-23'])
    expect(calendar.sessionOn(date)?.isEarlyClose, date).toBe(false)
  expect(calendar.minutesUntilClose(Date.UTC(2024, 6, 3, 16, 30) * 1_000)).toBe(30)
})

test('is open from the opening bell up to, not including, the closing bell', () => {
  const { openUs, closeUs } = calendar.sessionOn('2025-02-20') ?? expect.fail('no session')
  expect([openUs - 1, openUs, closeUs - 1, closeUs].map((us) => calendar.isOpen(us))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(calendar.session(openUs - 9 * HOUR)?.date).toBe('2025-02-20')
  expect(calendar.session(Date.UTC(2025, 1, 22, 15) * 1_000)).toBeUndefined()
})

test('finds the sessions around a date, and the late close of index options', () => {
  expect(calendar.nextSession('2025-01-08')?.date).toBe('2025-01-10')
  expect(calendar.previousSession('2025-01-10')?.date).toBe('2025-01-08')
  expect(calendar.nextSession('2030-12-31')).toBeUndefined()
  expect(calendar.optionsCloseUs('SPX', '2025-02-20')).toBe(Date.UTC(2025, 1, 20, 21, 15) * 1_000)
  expect(calendar.optionsCloseUs('TSLA', '2025-02-20')).toBe(Date.UTC(2025, 1, 20, 21) * 1_000)
})

test('refuses years it does not know', () => {
  expect(() => calendar.session(Date.UTC(2009, 5, 1) * 1_000)).toThrowError(
    expect.objectContaining({ code: 'CALENDAR_RANGE' }),
  )
  expect(() => calendar.session(1_700_000_000)).toThrowError(
    expect.objectContaining({ code: 'CALENDAR_RANGE' }),
  )
})
