import {
  type ApprovedOrder,
  type InstrumentIndex,
  InstrumentTable,
  type Micros,
  type OrderEvent,
  type OrderId,
  type PositionView,
  type Quote,
  QuoteBuffer,
  TradeBuffer,
  type Us,
} from '@scalp/canonical'
import { createExchangeCalendar, QuoteColumns } from '@scalp/market-data'
import { expect } from 'vitest'
import { createFlatCosts, SimulatedBroker, type SimulatedBrokerOptions } from '../src/index.js'

export const MINUTE = 60_000_000
export const CENT = 10_000
export const DOLLAR = 1_000_000
export const calendar = createExchangeCalendar()

/** The bells of a date. */
export function bells(date: string): { openUs: Us; closeUs: Us } {
  return calendar.sessionOn(date) ?? expect.fail(`no session on ${date}`)
}

/** A venue without fees, played by hand on the real calendar: quotes, trades, orders and what comes back. */
export function createVenue(options: Partial<SimulatedBrokerOptions> = {}, table = new InstrumentTable()) {
  const quotes = new QuoteColumns()
  table.onListed(({ index }) => quotes.reset(index))
  const prices = new Map<string, { micros: Micros; us: Us }>()
  const costs = new Map<InstrumentIndex, Micros>()
  let nowUs: Us = Number.NEGATIVE_INFINITY
  const broker = new SimulatedBroker({
    instruments: table,
    calendar,
    costs: createFlatCosts(0),
    orderLatencyUs: 0,
    responseLatencyUs: 0,
    ...options,
  })
  broker.attach({
    quotes,
    prices: {
      get(symbol) {
        const price = prices.get(symbol)
        if (price === undefined) return undefined
        const { micros: priceMicros, us: receivedUs } = price
        const instrument = table.underlying(symbol)
        return {
          instrument,
          symbol,
          receivedUs,
          sourceUs: receivedUs,
          priceMicros,
          volume: 0,
          isDerived: false,
        }
      },
    },
    positions: {
      contracts: () => 0,
      get: (instrument) => ({ averageMicros: costs.get(instrument) ?? 0 }) as PositionView,
      open: () => [],
    },
    get nowUs() {
      return nowUs
    },
  })
  const events: OrderEvent[] = []
  void broker.connect({ onOrderEvent: (event): undefined => void events.push(event) })
  let sequence = 0
  return {
    broker,
    table,
    quotes,
    events,
    option: (text: string): InstrumentIndex => table.requireOption(text),
    at(us: Us): void {
      nowUs = us
      broker.advanceTo(us)
    },
    price(symbol: string, micros: Micros): void {
      prices.set(symbol, { micros, us: nowUs })
    },
    /** Tells what a position has cost a share. */
    cost(instrument: InstrumentIndex, micros: Micros): void {
      costs.set(instrument, micros)
    },
    quote(us: Us, instrument: InstrumentIndex, fields: Partial<Quote>): void {
      const quote = Object.assign(
        new QuoteBuffer(),
        { receivedUs: us, sourceUs: us, bidSize: 100, askSize: 100 },
        fields,
      )
      quote.instrument = instrument
      nowUs = us
      broker.advanceTo(us)
      broker.onQuote(quote)
      quotes.apply(quote)
    },
    trade(us: Us, instrument: InstrumentIndex, priceMicros: Micros, size: number): void {
      nowUs = us
      broker.advanceTo(us)
      broker.onTrade(
        Object.assign(new TradeBuffer(), { instrument, receivedUs: us, sourceUs: us, priceMicros, size }),
      )
    },
    send(us: Us, fields: Partial<ApprovedOrder> & Pick<ApprovedOrder, 'instrument'>): OrderId {
      const id = `t-${++sequence}` as OrderId
      broker.submit({
        id,
        side: 'buy',
        contracts: 1,
        decidedUs: us,
        reduces: false,
        ...fields,
      } as ApprovedOrder)
      return id
    },
    fills: () => events.filter((event) => event.type === 'order-filled'),
    settlements: () => events.filter((event) => event.type === 'position-settled'),
  }
}
