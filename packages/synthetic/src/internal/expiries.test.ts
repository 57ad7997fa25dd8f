import { createExchangeCalendar } from '@scalp/market-data'
import { expect, test } from 'vitest'
import type { ExpiryRhythm } from '../options.js'
import { listExpiries } from './expiries.js'

function expiriesOn(date: string, rhythm: ExpiryRhythm): string[] {
  const calendar = createExchangeCalendar()
  const today = calendar.sessionOn(date)
  if (today === undefined) throw new Error(`${date} has no session`)
  const sessions = calendar.sessions('2023-12-01', '2024-12-31')
  return listExpiries(today, sessions, rhythm).map((expiry) => expiry.date)
}

test('daily expiries come on every session of the next seven days, then on Fridays', () => {
  expect(expiriesOn('2024-02-06', 'daily').slice(0, 8)).toEqual([
    '2024-02-06',
    '2024-02-07',
    '2024-02-08',
    '2024-02-09',
    '2024-02-12',
    '2024-02-13',
    '2024-02-16',
    '2024-02-23',
  ])
})

test('a Monday holiday moves its expiry to Tuesday, also when Tuesday is today', () => {
  expect(expiriesOn('2024-01-12', 'monday-wednesday-friday').slice(0, 3)).toEqual([
    '2024-01-12',
    '2024-01-16',
    '2024-01-17',
  ])
  expect(expiriesOn('2024-01-16', 'monday-wednesday-friday')[0]).toBe('2024-01-16')
  expect(expiriesOn('2024-01-23', 'monday-wednesday-friday')[0]).toBe('2024-01-24')
})

test('a Friday holiday moves its expiry to Thursday', () => {
  expect(expiriesOn('2024-03-25', 'monday-wednesday-friday').slice(0, 3)).toEqual([
    '2024-03-25',
    '2024-03-27',
    '2024-03-28',
  ])
})

test('nothing that has expired is listed, and an early close is when an expiry ends', () => {
  const calendar = createExchangeCalendar()
  const today = calendar.sessionOn('2024-07-03')
  if (today === undefined) throw new Error('no session')
  const [nearest] = listExpiries(today, calendar.sessions('2024-06-24', '2024-10-01'), 'daily')
  expect(nearest).toEqual({ date: '2024-07-03', closeUs: today.closeUs, daysLeft: 0 })
})
