import { createOptionId } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { bells, CENT, createVenue, DOLLAR, MINUTE } from './venue.js'

type Venue = ReturnType<typeof createVenue>
const quote = (bid: number, ask: number) => ({ bidMicros: bid * CENT, askMicros: ask * CENT })

/** Buys or sells in the second minute of a date's session, at the quote given. */
function trade(venue: Venue, date: string, symbol: string, contracts: number, bid: number, ask: number) {
  const { openUs } = bells(date)
  const instrument = venue.option(symbol)
  const side = contracts > 0 ? 'buy' : 'sell'
  venue.send(openUs + MINUTE, { instrument, side, contracts: Math.abs(contracts) })
  venue.quote(openUs + 2 * MINUTE, instrument, quote(bid, ask))
  venue.at(openUs + 3 * MINUTE)
  return instrument
}

/** Two calls of strike 250 bought at 0.45 cost 90 dollars; at 251.25 they bring 1.25 × 200 = 250 dollars. */
test('in the money at expiry is exercised at its intrinsic value, the moment after the bell', () => {
  const venue = createVenue()
  const { closeUs } = bells('2025-02-21')
  trade(venue, '2025-02-21', 'AAPL250221C00250000', 2, 43, 45)
  venue.price('AAPL', 251.25 * DOLLAR)
  venue.at(closeUs + MINUTE)
  expect(venue.settlements()).toMatchObject([
    { contracts: 2, priceMicros: 1.25 * DOLLAR, reason: 'exercised', receivedUs: closeUs + 1 },
  ])
})

/** Strike 250 at 250.00: worth nothing. At 250.005 it is half a cent, under the cent that exercises by itself. */
test.each([250, 250.005, 249])('out of the money at expiry, at %d, is worth nothing', (price) => {
  const venue = createVenue()
  trade(venue, '2025-02-21', 'AAPL250221C00250000', 1, 43, 45)
  venue.price('AAPL', Math.round(price * DOLLAR))
  venue.at(bells('2025-02-21').closeUs + MINUTE)
  expect(venue.settlements()).toMatchObject([{ priceMicros: 0, reason: 'expired' }])
})

/** A put of strike 250 sold at 2.00 brings 200 dollars; at 246.50 it is assigned at 3.50: 350 dollars go out. */
test('a short in the money at expiry is assigned', () => {
  const venue = createVenue()
  trade(venue, '2025-02-21', 'AAPL250221P00250000', -1, 200, 204)
  venue.price('AAPL', 246.5 * DOLLAR)
  venue.at(bells('2025-02-21').closeUs + MINUTE)
  expect(venue.fills()).toMatchObject([{ side: 'sell', priceMicros: 2 * DOLLAR }])
  expect(venue.settlements()).toMatchObject([
    { contracts: -1, priceMicros: 3.5 * DOLLAR, reason: 'assigned' },
  ])
})

/** The day after Thanksgiving 2024 closes at 13:00 in New York, 18:00 UTC. */
test('an early close ends day orders and settles at its own bell', () => {
  const venue = createVenue()
  const { closeUs } = bells('2024-11-29')
  expect(new Date(closeUs / 1_000).toISOString()).toBe('2024-11-29T18:00:00.000Z')
  const instrument = trade(venue, '2024-11-29', 'AAPL241129C00230000', 1, 43, 45)
  venue.send(closeUs - MINUTE, { instrument, limitMicros: CENT })
  venue.price('AAPL', 237 * DOLLAR)
  venue.at(closeUs + 1)
  expect(venue.settlements()).toMatchObject([{ priceMicros: 7 * DOLLAR, receivedUs: closeUs + 1 }])
  expect(venue.events).toContainEqual(
    expect.objectContaining({ type: 'order-cancelled', reason: 'the session closed' }),
  )
  venue.send(closeUs + MINUTE, { instrument })
  venue.at(closeUs + 2 * MINUTE)
  expect(venue.events.at(-1)).toMatchObject({ type: 'order-rejected', reason: 'the market is closed' })
})

/**
 * On Sunday 2024-03-10 the clocks go forward, on 2024-11-03 back. Sessions open at 09:30 in New York on either side:
 * 14:30 UTC in winter, 13:30 in summer. An order sent at 13:45 UTC is an hour early before the change of March.
 */
test.each([
  ['2024-03-08', '14:30', '21:00'],
  ['2024-03-11', '13:30', '20:00'],
  ['2024-11-01', '13:30', '20:00'],
  ['2024-11-04', '14:30', '21:00'],
])('on %s the session runs from %s to %s UTC, and orders and expiry go by it', (date, open, close) => {
  const venue = createVenue()
  const { openUs, closeUs } = bells(date)
  expect(new Date(openUs / 1_000).toISOString()).toBe(`${date}T${open}:00.000Z`)
  expect(new Date(closeUs / 1_000).toISOString()).toBe(`${date}T${close}:00.000Z`)
  const instrument = venue.option(`AAPL${date.slice(2).replaceAll('-', '')}C00200000`)
  const earlyUs = Date.parse(`${date}T13:29:59Z`) * 1_000
  venue.send(earlyUs, { instrument })
  venue.at(openUs)
  expect(venue.events.at(-1)).toMatchObject({ type: 'order-rejected', reason: 'the market is closed' })
  venue.send(openUs, { instrument })
  venue.quote(openUs + 1, instrument, quote(43, 45))
  venue.price('AAPL', 203 * DOLLAR)
  venue.at(closeUs)
  expect(venue.settlements()).toEqual([])
  venue.at(closeUs + 1)
  expect(venue.settlements()).toMatchObject([{ priceMicros: 3 * DOLLAR, receivedUs: closeUs + 1 }])
})

const dividends = [{ symbol: 'KO', exDate: '2024-06-14', amountMicros: 485_000 }]

/**
 * KO pays 0.485 and goes ex on Friday 2024-06-14. A call of strike 60, expiring 2024-06-21, is sold at 2.60 for 260
 * dollars. On Thursday the share closes at 62.50: intrinsic 2.50. The call is 2.55 at 2.60, its time value 2.575 - 2.50
 * = 0.075, less than the dividend: the holder exercises. Bought back in exercise at 2.50 the trade makes 10 dollars;
 * left alone, the writer would have owed the dividend of 48.50.
 */
test('a short call is assigned the evening before a dividend that beats its time value', () => {
  const venue = createVenue({ dividends })
  const instrument = trade(venue, '2024-06-13', 'KO240621C00060000', -1, 260, 264)
  const { closeUs } = bells('2024-06-13')
  venue.quote(closeUs - MINUTE, instrument, quote(255, 260))
  venue.price('KO', 62.5 * DOLLAR)
  venue.at(closeUs + 1)
  expect(venue.settlements()).toMatchObject([
    { contracts: -1, priceMicros: 2.5 * DOLLAR, reason: 'assigned-early', receivedUs: closeUs + 1 },
  ])
})

/** The same call at 3.00 at 3.04 keeps 0.52 of time value, more than 0.485: nobody exercises. */
test.each([
  ['its time value is worth more', '2024-06-13', -1, 300, 304],
  ['it is a day too early', '2024-06-12', -1, 255, 260],
  ['it is long', '2024-06-13', 1, 255, 260],
])('a call stays when %s', (_why, date, contracts, bid, ask) => {
  const venue = createVenue({ dividends })
  const instrument = trade(venue, date, 'KO240621C00060000', contracts, 260, 264)
  const { closeUs } = bells(date)
  venue.quote(closeUs - MINUTE, instrument, quote(bid, ask))
  venue.price('KO', 62.5 * DOLLAR)
  venue.at(closeUs + 1)
  expect(venue.settlements()).toEqual([])
})

/**
 * SPX of Friday 2024-06-21 stops trading on Thursday and settles on Friday's opening. The index opens at 5,466 and
 * falls later: the call of strike 5,450 brings 16.00, not what the close would give.
 */
test('an AM contract settles on the opening of its expiry date, and no longer trades then', () => {
  const venue = createVenue()
  const { openUs, closeUs } = bells('2024-06-21')
  const instrument = trade(venue, '2024-06-20', 'SPX240621C05450000', 1, 2_000, 2_040)
  venue.price('SPX', 5_480 * DOLLAR)
  venue.at(bells('2024-06-20').closeUs + MINUTE)
  expect(venue.settlements()).toEqual([])
  venue.send(openUs + 1, { instrument })
  venue.at(openUs + 30_000_000)
  expect(venue.events.at(-1)).toMatchObject({
    type: 'order-rejected',
    reason: 'the contract no longer trades',
  })
  venue.price('SPX', 5_466 * DOLLAR)
  venue.at(openUs + 2 * MINUTE)
  expect(venue.settlements()).toMatchObject([{ priceMicros: 16 * DOLLAR, reason: 'exercised' }])
  venue.price('SPX', 5_440 * DOLLAR)
  venue.at(closeUs + MINUTE)
  expect(venue.settlements()).toHaveLength(1)
})

test('a PM contract on the same index settles at the bell, on the price of the index', () => {
  const venue = createVenue()
  trade(venue, '2024-06-21', 'SPXW240621C05450000', 1, 2_000, 2_040)
  venue.price('SPX', 5_464.62 * DOLLAR)
  venue.at(bells('2024-06-21').closeUs + 1)
  expect(venue.settlements()).toMatchObject([{ priceMicros: 14.62 * DOLLAR }])
})

/**
 * NVDA splits 10 for 1 on 2024-06-10. One call of strike 1,200 bought at 15.00 for 1,500 dollars becomes ten of strike
 * 120 at 1.50: 10 × 100 × 1.50 = 1,500 dollars. At 121.00 on the expiry they bring 1.00 × 1,000.
 */
test('a split turns a position into more contracts of a lower strike, at the same cost', () => {
  const original = createOptionId({ underlying: 'NVDA', expiry: '2024-06-14', right: 'C', strike: 1_200 })
  const adjusted = createOptionId({ underlying: 'NVDA', expiry: '2024-06-14', right: 'C', strike: 120 })
  const venue = createVenue({
    adjustments: [{ original, adjusted, type: 'split', effectiveDate: '2024-06-10', contractRatio: 10 }],
  })
  const instrument = trade(venue, '2024-06-07', 'NVDA240614C01200000', 1, 1_490, 1_500)
  venue.cost(instrument, 15 * DOLLAR)
  venue.price('NVDA', 1_208 * DOLLAR)
  venue.at(bells('2024-06-07').closeUs + 1)
  expect(venue.settlements()).toMatchObject([
    { instrument, contracts: 1, priceMicros: 15 * DOLLAR, reason: 'adjusted' },
  ])
  const target = venue.option('NVDA240614C00120000')
  expect(venue.fills()[1]).toMatchObject({
    instrument: target,
    side: 'buy',
    contracts: 10,
    priceMicros: 1.5 * DOLLAR,
    feesMicros: 0,
  })
  venue.price('NVDA', 121 * DOLLAR)
  venue.at(bells('2024-06-14').closeUs + 1)
  expect(venue.settlements()[1]).toMatchObject({ instrument: target, contracts: 10, priceMicros: DOLLAR })
})

/**
 * A 3 for 2 split makes one contract deliver 150 shares at two thirds of the strike, under the root XYZ1. A cost of
 * 4.00 × 100 = 400 dollars is 2.666666 × 150 = 399.9999 dollars, and the rest of 100 micro-dollars a fee.
 */
test('an uneven split changes what a contract delivers, and cash stays exact', () => {
  const original = createOptionId({ underlying: 'XYZ', expiry: '2024-06-21', right: 'C', strike: 90 })
  const adjusted = createOptionId({
    underlying: 'XYZ1',
    expiry: '2024-06-21',
    right: 'C',
    strike: 60,
    multiplier: 150,
  })
  const venue = createVenue({
    adjustments: [{ original, adjusted, type: 'split', effectiveDate: '2024-06-10', contractRatio: 1 }],
  })
  const instrument = trade(venue, '2024-06-07', 'XYZ240621C00090000', 1, 390, 400)
  venue.cost(instrument, 4 * DOLLAR)
  venue.at(bells('2024-06-07').closeUs + 1)
  const [, moved] = venue.fills()
  expect(moved).toMatchObject({ contracts: 1, priceMicros: 2_666_666, feesMicros: 100 })
  expect((moved?.priceMicros ?? 0) * 150 + (moved?.feesMicros ?? 0)).toBe(400 * DOLLAR)
  expect(venue.table.get(venue.option('XYZ1240621C00060000'))).toMatchObject({ option: { multiplier: 150 } })
  /** At 63 the contract brings (150 × 63 - 150 × 60) = 450 dollars, 3.00 a share. */
  venue.price('XYZ', 63 * DOLLAR)
  venue.at(bells('2024-06-21').closeUs + 1)
  expect(venue.settlements()[1]).toMatchObject({ priceMicros: 3 * DOLLAR })
})

/**
 * A 1 for 10 reverse split leaves strike and multiplier, and delivers 10 shares. With the new share at 1,150 the call of
 * strike 100 is worth (10 × 1,150 - 100 × 100) / 100 = 15.00.
 */
test('a reverse split settles on what is delivered', () => {
  const original = createOptionId({ underlying: 'ABC', expiry: '2024-06-21', right: 'C', strike: 100 })
  const adjusted = createOptionId({ underlying: 'ABC1', expiry: '2024-06-21', right: 'C', strike: 100 })
  const venue = createVenue({
    adjustments: [
      {
        original,
        adjusted,
        type: 'reverse_split',
        effectiveDate: '2024-06-10',
        contractRatio: 1,
        deliverable: { shares: 10, cashMicros: 0 },
      },
    ],
  })
  const instrument = trade(venue, '2024-06-07', 'ABC240621C00100000', -2, 500, 510)
  venue.cost(instrument, 5 * DOLLAR)
  venue.at(bells('2024-06-07').closeUs + 1)
  expect(venue.fills()[1]).toMatchObject({
    side: 'sell',
    contracts: 2,
    priceMicros: 5 * DOLLAR,
    feesMicros: 0,
  })
  venue.price('ABC', 1_150 * DOLLAR)
  venue.at(bells('2024-06-21').closeUs + 1)
  expect(venue.settlements()[1]).toMatchObject({
    contracts: -2,
    priceMicros: 15 * DOLLAR,
    reason: 'assigned',
  })
})

test('a fill at the bell is heard of before the settlement of what it bought', () => {
  const venue = createVenue({ responseLatencyUs: 50_000 })
  const { closeUs } = bells('2025-02-21')
  const instrument = venue.option('AAPL250221C00250000')
  venue.send(closeUs - MINUTE, { instrument })
  venue.quote(closeUs, instrument, { ...quote(43, 45), sampleUs: MINUTE })
  venue.price('AAPL', 251 * DOLLAR)
  venue.at(closeUs + MINUTE)
  expect(venue.events.map(({ type }) => type)).toEqual(['order-accepted', 'order-filled', 'position-settled'])
})
