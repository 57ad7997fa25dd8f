import { expect, test } from 'vitest'
import { intentOf, marketOf, NOW_US } from '../test/market.js'
import { parseEventCalendar } from './event-calendar.js'
import { type EventCalendar, eventBlackoutGate, type ScheduledEvent } from './index.js'

const MINUTE = 60e6
const fomc: ScheduledEvent = { kind: 'fomc', atUs: NOW_US, beforeMinutes: 30, afterMinutes: 60 }

function calendarOf(events: readonly ScheduledEvent[], rest: Partial<EventCalendar> = {}): EventCalendar {
  return {
    asOfUs: NOW_US - 86_400e6,
    fromUs: NOW_US - 10 * 86_400e6,
    untilUs: NOW_US + 10 * 86_400e6,
    earningsOf: ['TSLA'],
    events,
    ...rest,
  }
}

function check(calendar: EventCalendar | undefined, { minutes = 0, required = true, symbol = 'TSLA' } = {}) {
  const { context, instrument } = marketOf({ symbol, nowUs: NOW_US + minutes * MINUTE })
  const gate = eventBlackoutGate({ required, ...(calendar === undefined ? {} : { calendar }) })
  return gate.check(intentOf(instrument), context)
}

test('closed from so many minutes before an event to so many after, half-open', () => {
  const calendar = calendarOf([fomc])
  const passes = [-30.1, -30, 0, 59.9, 60].map((minutes) => check(calendar, { minutes }).passed)
  expect(passes).toEqual([true, false, false, false, true])
  expect(check(calendar, { minutes: -20 })).toEqual({
    passed: false,
    value: 20,
    limit: 30,
    unit: 'min',
    ageMs: 86_400_000 - 20 * 60_000,
    message: 'fomc in 20.0 min',
    resumes: '60 min after the event, in 80.0 min',
  })
  expect(check(calendar, { minutes: 15 })).toMatchObject({
    value: -15,
    limit: 60,
    message: 'fomc 15.0 min ago',
    resumes: '60 min after the event, in 45.0 min',
  })
  expect(check(calendar)).toMatchObject({ value: 0, limit: 60, message: 'fomc 0.0 min ago' })
})

test('earnings close their own underlying only', () => {
  const calendar = calendarOf([{ ...fomc, kind: 'earnings', underlying: 'TSLA' }], { earningsOf: ['*'] })
  expect(check(calendar)).toMatchObject({ passed: false, message: 'earnings of TSLA 0.0 min ago' })
  expect(check(calendar, { symbol: 'AAPL' })).toMatchObject({ passed: true, message: 'OK', resumes: '' })
})

test('of events that overlap, the one that closes longest is told', () => {
  const later: ScheduledEvent = {
    kind: 'other',
    atUs: NOW_US + 5 * MINUTE,
    beforeMinutes: 10,
    afterMinutes: 90,
  }
  const resumes = '90 min after the event, in 95.0 min'
  expect(check(calendarOf([fomc, later]))).toMatchObject({ message: 'an event in 5.0 min', resumes })
  expect(check(calendarOf([later, fomc]))).toMatchObject({ message: 'an event in 5.0 min', resumes })
  const same = calendarOf([fomc, { ...fomc, kind: 'cpi' }])
  expect(check(same).message).toBe('fomc 0.0 min ago')
})

test('an unknown, expired or not yet valid calendar refuses when it is required, and passes when not', () => {
  const refusal = { passed: false, value: null, resumes: 'with a calendar of events that covers now' }
  expect(check(undefined)).toMatchObject({ ...refusal, message: 'no calendar of events' })
  const stale = calendarOf([], { untilUs: NOW_US })
  const message = 'the calendar of events does not cover now'
  expect(check(stale)).toMatchObject({ ...refusal, message, unit: '' })
  expect(check(stale, { minutes: -1 }).passed).toBe(true)
  const early = calendarOf([], { fromUs: NOW_US })
  expect(check(early, { minutes: -1 })).toMatchObject({ ...refusal, message })
  expect(check(early).passed).toBe(true)
  expect(check(undefined, { required: false })).toMatchObject({
    passed: true,
    message: 'OK: no event is known',
  })
  expect(check(stale, { required: false }).passed).toBe(true)
})

test('an underlying whose earnings nobody listed refuses when they are required', () => {
  expect(check(calendarOf([]), { symbol: 'NVDA' })).toMatchObject({
    passed: false,
    message: 'the earnings of NVDA are unknown',
    resumes: 'with the earnings of NVDA in the calendar',
    ageMs: 86_400_000,
  })
  expect(check(calendarOf([]), { symbol: 'NVDA', required: false }).passed).toBe(true)
  expect(check(calendarOf([], { earningsOf: ['*'] }), { symbol: 'NVDA' }).passed).toBe(true)
})

const FILE = {
  version: 1,
  asOf: '2024-01-01T00:00:00Z',
  from: '2024-01-01T00:00:00-05:00',
  until: '2024-02-01T00:00:00-05:00',
  earningsOf: ['TSLA', 'SPY'],
  events: [
    { kind: 'fomc', at: '2024-01-31T14:00:00-05:00' },
    { kind: 'cpi', at: '2024-01-11T08:30:00-05:00', beforeMinutes: 5, afterMinutes: 0 },
    { kind: 'earnings', underlying: 'TSLA', at: '2024-01-24T16:05:00-05:00' },
    { kind: 'other', at: '2024-01-12T08:30:00-05:00' },
  ],
}

test('reads a calendar file, events by time and each with its window', () => {
  const calendar = parseEventCalendar(JSON.stringify(FILE))
  expect(calendar).toEqual({
    asOfUs: Date.UTC(2024, 0, 1) * 1_000,
    fromUs: Date.UTC(2024, 0, 1, 5) * 1_000,
    untilUs: Date.UTC(2024, 1, 1, 5) * 1_000,
    earningsOf: ['TSLA', 'SPY'],
    events: [
      { kind: 'cpi', atUs: Date.UTC(2024, 0, 11, 13, 30) * 1_000, beforeMinutes: 5, afterMinutes: 0 },
      { kind: 'other', atUs: Date.UTC(2024, 0, 12, 13, 30) * 1_000, beforeMinutes: 30, afterMinutes: 30 },
      {
        kind: 'earnings',
        atUs: Date.UTC(2024, 0, 24, 21, 5) * 1_000,
        underlying: 'TSLA',
        beforeMinutes: 390,
        afterMinutes: 60,
      },
      { kind: 'fomc', atUs: Date.UTC(2024, 0, 31, 19) * 1_000, beforeMinutes: 30, afterMinutes: 60 },
    ],
  })
  const cpi = { ...FILE, earningsOf: undefined, events: [{ kind: 'cpi', at: '2024-01-11T08:30:00-05:00' }] }
  expect(parseEventCalendar(JSON.stringify(cpi))).toMatchObject({
    earningsOf: [],
    events: [{ beforeMinutes: 30, afterMinutes: 60 }],
  })
  expect(parseEventCalendar(JSON.stringify({ ...FILE, earningsOf: ['*'] })).earningsOf).toEqual(['*'])
})

test.each<[string, object, string]>([
  ['another version', { version: 2 }, 'version'],
  ['an instant without a zone', { asOf: '2024-01-01T00:00:00' }, 'asOf'],
  ['an end before its start', { until: FILE.from }, 'from must lie before until'],
  [
    'earnings of nobody',
    { events: [{ kind: 'earnings', at: FILE.asOf }] },
    'earnings are those of an underlying',
  ],
  ['an unknown kind', { events: [{ kind: 'party', at: FILE.asOf }] }, 'kind'],
  ['a misspelt field', { events: [{ kind: 'cpi', at: FILE.asOf, before: 5 }] }, 'before'],
  ['a misspelt field of the file', { till: 1 }, 'till'],
  ['a negative window', { events: [{ kind: 'cpi', at: FILE.asOf, beforeMinutes: -1 }] }, 'beforeMinutes'],
  ['a window of weeks', { events: [{ kind: 'cpi', at: FILE.asOf, afterMinutes: 10_081 }] }, 'afterMinutes'],
  ['a symbol in lower case', { earningsOf: ['tsla'] }, 'earningsOf'],
  ['a symbol that goes on', { earningsOf: ['TSLA corp'] }, 'earningsOf'],
  ['a symbol that begins late', { earningsOf: ['$TSLA'] }, 'earningsOf'],
])('a calendar file with %s is refused', (_, change, told) => {
  expect(() => parseEventCalendar(JSON.stringify({ ...FILE, ...change }))).toThrow(told)
})
