import {
  type ApprovedOrder,
  type InstrumentIndex,
  InstrumentTable,
  type OrderEvent,
  type OrderId,
  QuoteBuffer,
  type QuoteReader,
  type Session,
  type UnderlyingReader,
} from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createFlatCosts } from './costs.js'
import { SimulatedBroker, type SimulatedBrokerOptions } from './simulated-broker.js'

const MINUTE = 60_000_000
// 2025-02-20, 09:30 to 16:00 in New York
const OPEN = Date.UTC(2025, 1, 20, 14, 30) * 1_000
const CLOSE = Date.UTC(2025, 1, 20, 21) * 1_000
const DAY = 86_400_000_000

/** A calendar on which every day is a session, in winter time. */
const calendar = {
  session(us: number): Session {
    const day = Math.floor((us - 5 * 3_600_000_000) / DAY)
    const shift = (day - Math.floor((OPEN - 5 * 3_600_000_000) / DAY)) * DAY
    return {
      date: calendar.tradingDate(us),
      openUs: OPEN + shift,
      closeUs: CLOSE + shift,
      isEarlyClose: false,
    }
  },
  tradingDate: (us: number) => new Date((us - 5 * 3_600_000_000) / 1_000).toISOString().slice(0, 10),
  isOpen(us: number) {
    const { openUs, closeUs } = calendar.session(us)
    return us >= openUs && us < closeUs
  },
}

function setUp(options: Partial<SimulatedBrokerOptions> = {}) {
  const instruments = new InstrumentTable()
  const instrument = instruments.requireOption('AAPL  250221C00250000')
  const book = new Map<InstrumentIndex, QuoteBuffer>()
  const quotes = {
    copy: (index: InstrumentIndex) => book.get(index)?.copy(),
    bidMicros: (index: InstrumentIndex) => book.get(index)?.bidMicros ?? Number.NaN,
    askMicros: (index: InstrumentIndex) => book.get(index)?.askMicros ?? Number.NaN,
  } as unknown as QuoteReader
  let underlying = Number.NaN
  const prices: UnderlyingReader = {
    get: (symbol) => ({
      instrument: 9 as InstrumentIndex,
      symbol,
      receivedUs: 0,
      sourceUs: 0,
      priceMicros: underlying,
      volume: 0,
      isDerived: false,
    }),
  }
  const broker = new SimulatedBroker({ instruments, calendar, costs: createFlatCosts(700_000), ...options })
  let sentUs = Number.NEGATIVE_INFINITY
  broker.attach({
    quotes,
    prices,
    get nowUs() {
      return sentUs
    },
  })
  const events: OrderEvent[] = []
  void broker.connect({
    onOrderEvent: (event): undefined => {
      events.push(event)
    },
  })
  let sequence = 0
  return {
    broker,
    instrument,
    events,
    setNow(us: number) {
      sentUs = us
    },
    setUnderlying(micros: number) {
      underlying = micros
    },
    order(fields: Partial<ApprovedOrder>): ApprovedOrder {
      return {
        id: `t-${++sequence}` as OrderId,
        instrument,
        side: 'buy',
        contracts: 1,
        decidedUs: OPEN + MINUTE,
        reduces: false,
        ...fields,
      } as ApprovedOrder
    },
    quote(atUs: number, bid: number, ask: number, size = 100, sampleUs = MINUTE) {
      const quote = new QuoteBuffer()
      Object.assign(quote, {
        instrument,
        receivedUs: atUs,
        sourceUs: atUs,
        bidMicros: bid,
        askMicros: ask,
        bidSize: size,
        askSize: size,
        sampleUs,
      })
      broker.advanceTo(atUs)
      broker.onQuote(quote)
      book.set(instrument, quote)
    },
    fills: () => events.filter((event) => event.type === 'order-filled'),
  }
}

test('fills on the first quote received after the order arrived, and tells so after the latency', () => {
  const { broker, order, quote, fills, events } = setUp()
  quote(OPEN + MINUTE, 320_000, 340_000)
  broker.submit(order({}))
  expect(events).toEqual([])
  quote(OPEN + MINUTE, 100_000, 110_000) // the same instant: it was there before the order
  broker.advanceTo(OPEN + 2 * MINUTE - 1)
  expect(fills()).toEqual([])
  quote(OPEN + 2 * MINUTE, 430_000, 450_000)
  expect(fills()).toEqual([])
  expect(broker.nextUs).toBe(OPEN + 2 * MINUTE + 50_000)
  broker.advanceTo(OPEN + 2 * MINUTE + 50_000)
  expect(fills()).toMatchObject([
    {
      fillId: 't-1.1',
      contracts: 1,
      priceMicros: 450_000,
      feesMicros: 700_000,
      remaining: 0,
      quoteAgeUs: 0,
      receivedUs: OPEN + 2 * MINUTE + 50_000,
    },
  ])
})

test('fills no more than the displayed size, shares it among orders, and the rest later', () => {
  const { broker, order, quote, fills } = setUp()
  broker.submit(order({ contracts: 7 }))
  broker.submit(order({ contracts: 5 }))
  quote(OPEN + 2 * MINUTE, 430_000, 450_000, 10)
  quote(OPEN + 3 * MINUTE, 430_000, 460_000, 10)
  broker.advanceTo(OPEN + 4 * MINUTE)
  expect(fills().map((fill) => [fill.orderId, fill.contracts, fill.remaining, fill.priceMicros])).toEqual([
    ['t-1', 7, 0, 450_000],
    ['t-2', 3, 2, 450_000],
    ['t-2', 2, 0, 460_000],
  ])
})

test('a sample at the closing bell still fills, one at the opening bell does not', () => {
  const { broker, order, quote, fills } = setUp()
  broker.submit(order({ decidedUs: OPEN }))
  quote(OPEN + 60_000, 1_000_000, 1_010_000, 100, 0)
  broker.advanceTo(OPEN + MINUTE)
  expect(fills()).toHaveLength(1)
  broker.submit(order({ decidedUs: CLOSE - MINUTE, side: 'sell' }))
  quote(CLOSE, 900_000, 910_000)
  broker.advanceTo(CLOSE + MINUTE)
  expect(fills()).toHaveLength(2)
})

test('rejects an order that arrives while the market is closed', () => {
  const { broker, order, events } = setUp()
  broker.submit(order({ decidedUs: CLOSE }))
  broker.advanceTo(CLOSE + MINUTE)
  expect(events).toMatchObject([{ type: 'order-rejected', reason: 'the market is closed' }])
})

test('ends what rests when the session closes', () => {
  const { broker, order, quote, events } = setUp()
  broker.submit(order({ limitMicros: 10_000 }))
  quote(OPEN + 2 * MINUTE, 430_000, 450_000)
  broker.advanceTo(CLOSE + MINUTE)
  expect(events.map(({ type }) => type)).toEqual(['order-accepted', 'order-cancelled'])
  expect(events.at(-1)).toMatchObject({ reason: 'the session closed' })
})

test('cancels on request after the latency, unless the order fills first', () => {
  const { broker, order, quote, events } = setUp()
  broker.submit(order({}))
  broker.advanceTo(OPEN + MINUTE + 60_000)
  broker.cancel('t-1' as OrderId)
  quote(OPEN + MINUTE + 80_000, 430_000, 450_000, 100, 0)
  broker.advanceTo(OPEN + 2 * MINUTE)
  expect(events.map(({ type }) => type)).toEqual(['order-accepted', 'order-filled'])
  broker.submit(order({ decidedUs: OPEN + 3 * MINUTE }))
  broker.advanceTo(OPEN + 3 * MINUTE)
  broker.cancel('t-2' as OrderId)
  broker.advanceTo(OPEN + 4 * MINUTE)
  expect(events.at(-1)).toMatchObject({ type: 'order-cancelled', reason: 'cancelled on request' })
})

test('a cancel travels from the moment it is sent, however long ago the last quote was', () => {
  const { broker, order, quote, events, setNow } = setUp()
  quote(OPEN + MINUTE, 320_000, 340_000)
  broker.submit(order({}))
  broker.advanceTo(OPEN + MINUTE + 100_000)
  setNow(OPEN + MINUTE + 30_000_000)
  broker.cancel('t-1' as OrderId)
  expect(broker.nextUs).toBe(OPEN + MINUTE + 30_050_000)
  broker.advanceTo(OPEN + 2 * MINUTE - 1)
  expect(events.at(-1)).toMatchObject({ type: 'order-cancelled', receivedUs: OPEN + MINUTE + 30_100_000 })
})

test('settles at intrinsic value on the last session before the expiry', () => {
  const { broker, order, quote, events, setUnderlying } = setUp()
  broker.submit(order({ contracts: 2 }))
  quote(OPEN + 2 * MINUTE, 430_000, 450_000)
  broker.advanceTo(CLOSE + MINUTE) // 2025-02-20: the contract lives until the 21st
  expect(events.some(({ type }) => type === 'position-settled')).toBe(false)
  setUnderlying(251_250_000)
  broker.advanceTo(CLOSE + DAY + MINUTE)
  // a call of strike 250 with the underlying at 251.25
  expect(events.at(-1)).toMatchObject({
    type: 'position-settled',
    contracts: 2,
    priceMicros: 1_250_000,
    reason: 'exercised',
    receivedUs: CLOSE + DAY + 1,
  })
})

test('expires worthless out of the money', () => {
  const { broker, order, quote, events, setUnderlying } = setUp()
  broker.submit(order({}))
  quote(OPEN + 2 * MINUTE, 430_000, 450_000)
  setUnderlying(249_990_000)
  broker.advanceTo(CLOSE + DAY + MINUTE)
  expect(events.at(-1)).toMatchObject({ type: 'position-settled', priceMicros: 0, reason: 'expired' })
})

test('ends a run by settling what is held at the last bid, flagged', () => {
  const { broker, order, quote, events } = setUp()
  broker.submit(order({}))
  quote(OPEN + 2 * MINUTE, 430_000, 450_000)
  broker.finish(OPEN + 3 * MINUTE)
  expect(events.at(-1)).toMatchObject({
    type: 'position-settled',
    reason: 'end-of-data',
    priceMicros: 430_000,
    feesMicros: 700_000,
  })
})

test('freshOnly fills at once on a young quote and gives up on an old one', () => {
  const { broker, order, quote, events } = setUp({
    fillModel: 'freshOnly',
    orderLatencyUs: 0,
    responseLatencyUs: 0,
  })
  quote(OPEN + MINUTE, 320_000, 340_000)
  broker.submit(order({ decidedUs: OPEN + MINUTE + 5_000_000 }))
  broker.submit(order({ decidedUs: OPEN + MINUTE + 5_000_001 }))
  broker.advanceTo(OPEN + 2 * MINUTE)
  expect(events.map((event) => [event.type, 'orderId' in event ? event.orderId : ''])).toEqual([
    ['order-accepted', 't-1'],
    ['order-filled', 't-1'],
    ['order-accepted', 't-2'],
    ['order-cancelled', 't-2'],
  ])
})

test('refuses the same order twice', () => {
  const { broker, order } = setUp()
  const once = order({})
  broker.submit(once)
  expect(() => broker.submit(once)).toThrowError(expect.objectContaining({ code: 'VENUE_DUPLICATE_ORDER' }))
})
