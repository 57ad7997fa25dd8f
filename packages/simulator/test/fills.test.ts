import { expect, test } from 'vitest'
import { bells, CENT, createVenue, MINUTE } from './venue.js'

const { openUs: OPEN, closeUs: CLOSE } = bells('2025-02-20')
const CALL = 'AAPL250228C00250000'
const quote = (bid: number, ask: number, size = 100, sampleUs = 0) => ({
  bidMicros: bid * CENT,
  askMicros: ask * CENT,
  bidSize: size,
  askSize: size,
  sampleUs,
})

test('two orders never eat the same size, also when a tick repeats the quote', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.send(OPEN + MINUTE, { instrument: option, contracts: 6 })
  venue.send(OPEN + MINUTE, { instrument: option, contracts: 6 })
  venue.quote(OPEN + MINUTE + 1, option, quote(43, 45, 10))
  venue.quote(OPEN + MINUTE + 2, option, quote(43, 45, 10))
  venue.at(OPEN + 2 * MINUTE)
  expect(venue.fills().map(({ orderId, contracts }) => [orderId, contracts])).toEqual([
    ['t-1', 6],
    ['t-2', 4],
  ])
  venue.quote(OPEN + 2 * MINUTE, option, quote(43, 45, 10))
  venue.at(OPEN + 2 * MINUTE)
  expect(venue.fills().at(-1)).toMatchObject({ orderId: 't-2', contracts: 2, remaining: 0 })
})

test('immediate takes no more than is displayed either', () => {
  const venue = createVenue({ fillModel: 'immediate' })
  const option = venue.option(CALL)
  venue.quote(OPEN + MINUTE, option, quote(43, 45, 10))
  venue.send(OPEN + MINUTE, { instrument: option, contracts: 6 })
  venue.send(OPEN + MINUTE, { instrument: option, contracts: 6 })
  venue.at(OPEN + MINUTE)
  expect(venue.fills().map(({ contracts }) => contracts)).toEqual([6, 4])
})

test('queue: a limit that rests waits for what stands before it, and takes what is left of a trade', () => {
  const venue = createVenue({ fillModel: 'queue' })
  const option = venue.option(CALL)
  venue.quote(OPEN + MINUTE, option, quote(43, 47, 20))
  venue.send(OPEN + MINUTE, { instrument: option, contracts: 5, limitMicros: 43 * CENT })
  venue.at(OPEN + MINUTE)
  /** 20 stand before it. 12 trade; then 8 are left; a trade of 11 takes those and 3 of ours. */
  venue.trade(OPEN + MINUTE + 10, option, 43 * CENT, 12)
  venue.trade(OPEN + MINUTE + 20, option, 43 * CENT, 11)
  venue.at(OPEN + MINUTE + 20)
  expect(venue.fills()).toMatchObject([{ contracts: 3, priceMicros: 43 * CENT, remaining: 2 }])
  /** A trade below our limit went through it. */
  venue.trade(OPEN + MINUTE + 30, option, 42 * CENT, 1)
  venue.at(OPEN + MINUTE + 30)
  expect(venue.fills().at(-1)).toMatchObject({ contracts: 1, priceMicros: 43 * CENT })
})

test('queue: less displayed than stood before it moves it up, and a trade that came before it counts nothing', () => {
  const venue = createVenue({ fillModel: 'queue' })
  const option = venue.option(CALL)
  venue.quote(OPEN + MINUTE, option, quote(43, 47, 20))
  venue.send(OPEN + MINUTE + 10, { instrument: option, limitMicros: 43 * CENT })
  venue.trade(OPEN + MINUTE + 10, option, 43 * CENT, 500)
  venue.quote(OPEN + MINUTE + 20, option, quote(43, 47, 4))
  venue.trade(OPEN + MINUTE + 30, option, 43 * CENT, 4)
  venue.at(OPEN + MINUTE + 30)
  expect(venue.fills()).toEqual([])
  venue.trade(OPEN + MINUTE + 40, option, 43 * CENT, 1)
  venue.at(OPEN + MINUTE + 40)
  expect(venue.fills()).toHaveLength(1)
})

test('queue: below the best price nothing is known, and a better price than all is first', () => {
  const venue = createVenue({ fillModel: 'queue' })
  const option = venue.option(CALL)
  venue.quote(OPEN + MINUTE, option, quote(43, 47, 20))
  venue.send(OPEN + MINUTE, { instrument: option, limitMicros: 40 * CENT })
  venue.send(OPEN + MINUTE, { instrument: option, limitMicros: 44 * CENT })
  venue.at(OPEN + MINUTE)
  venue.trade(OPEN + MINUTE + 10, option, 44 * CENT, 1)
  venue.at(OPEN + MINUTE + 10)
  expect(venue.fills()).toMatchObject([{ orderId: 't-2' }])
})

test('nothing fills while trading is halted, and the first quote after it does', () => {
  const venue = createVenue({
    halts: [{ symbol: 'AAPL', fromUs: OPEN + 2 * MINUTE, toUs: OPEN + 7 * MINUTE }],
  })
  const option = venue.option(CALL)
  venue.send(OPEN + MINUTE, { instrument: option })
  venue.quote(OPEN + 2 * MINUTE, option, quote(43, 45))
  venue.quote(OPEN + 7 * MINUTE - 1, option, quote(43, 45))
  venue.at(OPEN + 7 * MINUTE)
  expect(venue.fills()).toEqual([])
  /** The auction ended lower: bought at 38 cents, not at the 45 of before. */
  venue.quote(OPEN + 7 * MINUTE, option, quote(36, 38))
  venue.at(OPEN + 8 * MINUTE)
  expect(venue.fills()).toMatchObject([{ priceMicros: 38 * CENT }])
})

test('an exit is not forced while trading is halted', () => {
  const venue = createVenue({
    forcedExitMs: 60_000,
    halts: [{ symbol: CALL, fromUs: OPEN + MINUTE, toUs: OPEN + 10 * MINUTE }],
  })
  const option = venue.option(CALL)
  venue.quote(OPEN, option, quote(43, 45))
  venue.send(OPEN + MINUTE, { instrument: option, side: 'sell', reduces: true })
  venue.at(OPEN + 9 * MINUTE)
  expect(venue.fills()).toEqual([])
  venue.at(OPEN + 11 * MINUTE)
  expect(venue.fills()).toMatchObject([{ isForced: true }])
})

/**
 * Bought at 0.45; then no quote ever comes again. The exit is decided at 09:40. Fifteen minutes later it is filled at
 * the last bid, 0.43, flagged; with the underlying at 248 the call of strike 250 has no value but hope, so the worst
 * is 0. Had it been worth 1.20 in exercise, the worst would still be the bid.
 */
test('a position whose quotes vanish is closed at the last mark, flagged, with the intrinsic value as the worst', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.send(OPEN + MINUTE, { instrument: option })
  venue.quote(OPEN + 2 * MINUTE, option, quote(43, 45))
  venue.price('AAPL', 248_000_000)
  venue.send(OPEN + 10 * MINUTE, { instrument: option, side: 'sell', reduces: true, tag: 'stale_quote' })
  venue.at(OPEN + 25 * MINUTE - 1)
  expect(venue.fills()).toHaveLength(1)
  venue.at(OPEN + 25 * MINUTE)
  expect(venue.fills()[1]).toMatchObject({
    priceMicros: 43 * CENT,
    isForced: true,
    quoteAgeUs: 23 * MINUTE,
    bounds: { bestMicros: 43 * CENT, expectedMicros: 43 * CENT, worstMicros: 0 },
  })
  venue.broker.finish(CLOSE)
  expect(venue.settlements()).toEqual([])
})

test('an exit that no quote has filled by the bell is forced there; an entry ends', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.send(OPEN + MINUTE, { instrument: option })
  venue.quote(OPEN + 2 * MINUTE, option, quote(43, 45))
  venue.send(CLOSE - MINUTE, { instrument: option, side: 'sell', reduces: true })
  venue.send(CLOSE - MINUTE, { instrument: option })
  venue.at(CLOSE + MINUTE)
  expect(venue.fills()[1]).toMatchObject({ isForced: true, side: 'sell' })
  expect(venue.events.at(-1)).toMatchObject({
    type: 'order-cancelled',
    orderId: 't-3',
    reason: 'the session closed',
  })
})

/**
 * Samples of the minute. The ask stood at 0.40 at 09:32 and is 0.50 at 09:33; the order is at the venue a quarter of
 * the way, at 09:32:15. It is booked at 0.50, the honest end. It could have been 0.40; on the line between them it
 * would have been 0.40 + 0.10 / 4 = 0.425.
 */
test('on samples a fill carries the best, the worst and the expected price', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.quote(OPEN + 2 * MINUTE, option, quote(38, 40, 100, MINUTE))
  venue.send(OPEN + 2 * MINUTE + 15_000_000, { instrument: option })
  venue.quote(OPEN + 3 * MINUTE, option, quote(48, 50, 100, MINUTE))
  venue.at(OPEN + 3 * MINUTE)
  expect(venue.fills()[0]).toMatchObject({
    priceMicros: 50 * CENT,
    bounds: { bestMicros: 40 * CENT, expectedMicros: 425_000, worstMicros: 50 * CENT },
  })
})

test('a sale’s best is the higher price; a limit that the earlier sample did not meet bounds nothing', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.quote(OPEN + 2 * MINUTE, option, quote(38, 40, 100, MINUTE))
  venue.send(OPEN + 2 * MINUTE + 15_000_000, { instrument: option, side: 'sell' })
  venue.send(OPEN + 2 * MINUTE + 15_000_000, { instrument: option, side: 'sell', limitMicros: 45 * CENT })
  venue.quote(OPEN + 3 * MINUTE, option, quote(48, 50, 100, MINUTE))
  venue.at(OPEN + 3 * MINUTE)
  expect(venue.fills().map(({ bounds }) => bounds)).toEqual([
    { bestMicros: 48 * CENT, expectedMicros: 405_000, worstMicros: 38 * CENT },
    { bestMicros: 48 * CENT, expectedMicros: 48 * CENT, worstMicros: 48 * CENT },
  ])
})

test('ticks have no bounds: what happened is known', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.send(OPEN + MINUTE, { instrument: option })
  venue.quote(OPEN + MINUTE + 1, option, quote(43, 45))
  venue.at(OPEN + 2 * MINUTE)
  expect(venue.fills()[0]).not.toHaveProperty('bounds')
})

test('an order never fills on a quote of the very instant it arrived at', () => {
  const venue = createVenue()
  const option = venue.option(CALL)
  venue.send(OPEN + MINUTE, { instrument: option })
  venue.quote(OPEN + MINUTE, option, quote(43, 45))
  venue.at(OPEN + 2 * MINUTE)
  expect(venue.fills()).toEqual([])
})

test('news of one venue arrives in its order, whatever the latency draws', () => {
  const venue = createVenue({
    latency: {
      order: { kind: 'fixed', us: 0 },
      response: { kind: 'lognormal', medianUs: 50_000, sigma: 2 },
    },
  })
  const option = venue.option(CALL)
  for (let at = 0; at < 40; at++) venue.send(OPEN + MINUTE + at * 1_000, { instrument: option })
  venue.quote(OPEN + MINUTE + 41_000, option, quote(43, 45))
  venue.at(CLOSE)
  const times = venue.events.map(({ receivedUs }) => receivedUs)
  expect(venue.fills()).toHaveLength(40)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})
