import { expect, test } from 'vitest'
import { StopWatch } from './stop-watch.js'

const MS = 1_000
const quote = (atMs: number, bid: number, ask: number, ageMs = 0) => ({
  receivedUs: atMs * MS,
  sourceUs: (atMs - ageMs) * MS,
  bidMicros: bid,
  askMicros: ask,
})
const CENT = 10_000

test('a sound bid at the stop fires it, one above does not', () => {
  const watch = new StopWatch('sell')
  expect(watch.see(quote(0, 101 * CENT, 103 * CENT), 100 * CENT)).toBe(false)
  expect(watch.see(quote(1, 100 * CENT, 102 * CENT), 100 * CENT)).toBe(true)
})

test('a stop to buy watches the ask', () => {
  const watch = new StopWatch('buy')
  expect(watch.see(quote(0, 98 * CENT, 99 * CENT), 100 * CENT)).toBe(false)
  expect(watch.see(quote(1, 98 * CENT, 100 * CENT), 100 * CENT)).toBe(true)
})

test.each([
  ['an empty bid', Number.NaN, 103 * CENT],
  ['a bid of zero', 0, 103 * CENT],
  ['an empty ask', 90 * CENT, Number.NaN],
  ['a crossed quote', 99 * CENT, 95 * CENT],
  ['a spread blown out', 60 * CENT, 160 * CENT],
])('%s beyond the stop waits for the hold-off, and a sound quote clears it', (_name, bid, ask) => {
  const watch = new StopWatch('sell', { holdOffMs: 3_000 })
  expect(watch.see(quote(0, bid, ask), 100 * CENT)).toBe(false)
  expect(watch.deadlineUs).toBe(3_000 * MS)
  expect(watch.see(quote(2_000, 101 * CENT, 103 * CENT), 100 * CENT)).toBe(false)
  expect(watch.deadlineUs).toBe(Number.POSITIVE_INFINITY)
  expect(watch.see(quote(5_000, bid, ask), 100 * CENT)).toBe(false)
  expect(watch.see(quote(8_000, bid, ask), 100 * CENT)).toBe(true)
})

test('a wide quote whose bid is above the stop says nothing either way', () => {
  const watch = new StopWatch('sell')
  expect(watch.see(quote(0, Number.NaN, 103 * CENT), 100 * CENT)).toBe(false)
  expect(watch.see(quote(1, 101 * CENT, 200 * CENT), 100 * CENT)).toBe(false)
  expect(watch.deadlineUs).toBe(3_000 * MS)
})

test('a stale quote is passed over', () => {
  const watch = new StopWatch('sell', { maxQuoteAgeMs: 500 })
  expect(watch.see(quote(1_000, 90 * CENT, 92 * CENT, 501), 100 * CENT)).toBe(false)
  expect(watch.deadlineUs).toBe(Number.POSITIVE_INFINITY)
  expect(watch.see(quote(1_000, 90 * CENT, 92 * CENT, 500), 100 * CENT)).toBe(true)
})

test('several confirmations in a row are asked for, but not for ever', () => {
  const watch = new StopWatch('sell', { confirmations: 3, holdOffMs: 1_000 })
  const stop = 100 * CENT
  expect(watch.see(quote(0, 99 * CENT, 101 * CENT), stop)).toBe(false)
  expect(watch.see(quote(1, 101 * CENT, 103 * CENT), stop)).toBe(false)
  expect(watch.see(quote(2, 99 * CENT, 101 * CENT), stop)).toBe(false)
  expect(watch.see(quote(3, 99 * CENT, 101 * CENT), stop)).toBe(false)
  expect(watch.see(quote(4, 99 * CENT, 101 * CENT), stop)).toBe(true)
  const slow = new StopWatch('sell', { confirmations: 3, holdOffMs: 1_000 })
  expect(slow.see(quote(0, 99 * CENT, 101 * CENT), stop)).toBe(false)
  expect(slow.see(quote(1_000, 99 * CENT, 101 * CENT), stop)).toBe(true)
})
