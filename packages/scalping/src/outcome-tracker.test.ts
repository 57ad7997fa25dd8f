import { type InstrumentIndex, US_PER_MINUTE } from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import { beforeEach, expect, test } from 'vitest'
import { type Outcome, type OutcomeMarket, OutcomeTracker } from './outcome-tracker.js'

const OPEN = Date.parse('2024-01-03T14:30:00Z') * 1_000
const CLOSE = Date.parse('2024-01-03T21:00:00Z') * 1_000
const CALL = 4 as InstrumentIndex

let bid = Number.NaN
let quotedUs = Number.NaN
let outcomes: Outcome[] = []
let tracker: OutcomeTracker

beforeEach(() => {
  bid = 1e6
  quotedUs = OPEN
  outcomes = []
  const market = {
    quotes: {
      has: () => true,
      receivedUs: () => quotedUs,
      bidMicros: () => bid,
      askMicros: () => bid + 20_000,
    },
    prices: { get: () => ({ priceMicros: bid * 100 }) },
    calendar: createExchangeCalendar(),
  } as unknown as OutcomeMarket
  tracker = new OutcomeTracker(market, (outcome) => outcomes.push(outcome))
})

/** Tells a quote, then the time. */
function at(us: number, bidMicros: number): void {
  bid = bidMicros
  quotedUs = us
  tracker.advance(us)
}

const decision = { id: 'd1', underlying: 'TSLA', instrument: CALL }

test('each horizon is taken on its own, when it is due and not before', () => {
  tracker.watch({ ...decision, atUs: OPEN })
  expect(tracker.pending).toBe(3)
  expect(tracker.nextUs).toBe(OPEN + 15 * US_PER_MINUTE)
  at(OPEN + 15 * US_PER_MINUTE - 1, 9e6)
  expect(outcomes).toEqual([])
  at(OPEN + 15 * US_PER_MINUTE, 2e6)
  at(OPEN + 59 * US_PER_MINUTE, 9e6)
  at(OPEN + 61 * US_PER_MINUTE, 3e6)
  at(CLOSE, 4e6)
  expect(outcomes.map(({ horizon, bidMicros }) => [horizon, bidMicros])).toEqual([
    ['15min', 2e6],
    ['1h', 3e6],
    ['close', 4e6],
  ])
  expect(outcomes[1]).toMatchObject({
    dueUs: OPEN + 60 * US_PER_MINUTE,
    atUs: OPEN + 61 * US_PER_MINUTE,
    underlyingMicros: 300e6,
    askMicros: 3_020_000,
  })
  expect(tracker.pending).toBe(0)
  expect(tracker.nextUs).toBe(Number.POSITIVE_INFINITY)
})

test('a later price changes no outcome that was taken', () => {
  tracker.watch({ ...decision, atUs: OPEN })
  at(OPEN + 15 * US_PER_MINUTE, 2e6)
  const before = structuredClone(outcomes)
  at(OPEN + 16 * US_PER_MINUTE, 50e6)
  expect(outcomes).toEqual(before)
})

test('horizons beyond the close are taken at the close, in their order', () => {
  tracker.watch({ ...decision, atUs: CLOSE - 5 * US_PER_MINUTE })
  at(CLOSE - 2, 2e6)
  expect(outcomes).toEqual([])
  at(CLOSE - 1, 3e6)
  expect(outcomes.map(({ horizon, dueUs }) => [horizon, dueUs])).toEqual([
    ['15min', CLOSE - 1],
    ['1h', CLOSE - 1],
    ['close', CLOSE - 1],
  ])
})

test('a contract not quoted since the decision, or silent for five minutes, is unknown', () => {
  tracker.watch({ ...decision, atUs: OPEN + 1 })
  tracker.advance(OPEN + 1 + 15 * US_PER_MINUTE)
  expect(outcomes[0]?.bidMicros).toBeNaN()
  expect(outcomes[0]?.underlyingMicros).toBe(100e6)
  quotedUs = OPEN + 55 * US_PER_MINUTE
  tracker.advance(OPEN + 60 * US_PER_MINUTE)
  tracker.advance(OPEN + 1 + 60 * US_PER_MINUTE)
  expect(outcomes[1]?.bidMicros).toBeNaN()
  quotedUs = CLOSE - 1 - 5 * US_PER_MINUTE
  tracker.advance(CLOSE - 1)
  expect(outcomes[2]?.bidMicros).toBe(1e6)
})

test('what is first looked at on another date is unknown', () => {
  tracker.watch({ ...decision, atUs: OPEN })
  at(OPEN + 24 * 60 * US_PER_MINUTE, 2e6)
  expect(outcomes).toHaveLength(3)
  for (const { bidMicros, underlyingMicros } of outcomes) {
    expect([bidMicros, underlyingMicros]).toEqual([Number.NaN, Number.NaN])
  }
})

test('a decision after the close is not watched', () => {
  tracker.watch({ ...decision, atUs: CLOSE })
  tracker.watch({ ...decision, atUs: Date.parse('2024-01-06T15:00:00Z') * 1_000 })
  expect(tracker.pending).toBe(0)
})
