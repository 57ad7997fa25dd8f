import {
  type ApprovedOrder,
  type Broker,
  type BrokerSink,
  InstrumentTable,
  type JournalEntry,
  type MarketSink,
  type OrderId,
  QuoteBuffer,
  TradeBuffer,
  type Us,
} from '@scalp/canonical'
import { createEngine } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { createExchangeCalendar } from '@scalp/market-data'
import { defineStrategy, type StrategyContext, type StrategyHandlers } from '@scalp/strategy'
import { expect, test } from 'vitest'
import { LiveDriver } from './live-driver.js'

const calendar = createExchangeCalendar()
const { openUs: OPEN } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
const SECOND = 1_000_000

function setUp(make: (context: StrategyContext, log: string[]) => StrategyHandlers) {
  const log: string[] = []
  const clock = { us: OPEN + SECOND, nowUs: () => clock.us, msUntil: (us: Us) => (us - clock.us) / 1_000 }
  const instruments = new InstrumentTable()
  const option = instruments.requireOption('TSLA260304C00250000')
  const underlying = instruments.underlying('TSLA')
  let venue: BrokerSink | undefined
  const broker: Broker = {
    connect: (sink) => {
      venue = sink
      return Promise.resolve()
    },
    submit: (order: ApprovedOrder) => void log.push(`sent ${order.id}`),
    cancel: (id) => void log.push(`cancel ${id}`),
  }
  const faults: unknown[] = []
  const recorded: string[] = []
  const back: number[] = []
  const driver = new LiveDriver({
    clock,
    broker,
    onFault: (error) => faults.push(error),
    onClockBack: (byUs) => back.push(byUs),
    recorder: {
      quote: ({ receivedUs }) => void recorded.push(`quote ${receivedUs - OPEN}`),
      trade: ({ receivedUs }) => void recorded.push(`trade ${receivedUs - OPEN}`),
      bar: () => undefined,
      statistic: () => undefined,
      order: ({ type, receivedUs }) => void recorded.push(`${type} ${receivedUs - OPEN}`),
      flatten: (us, tag) => void recorded.push(`flatten ${us - OPEN} ${tag}`),
    },
  })
  const engine = createEngine({
    strategy: defineStrategy({
      contract: 1,
      name: 'test',
      config: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const,
      create: (_config: unknown, context) => make(context, log),
    }),
    config: {},
    underlyings: ['TSLA'],
    instruments,
    calendar,
    gates: createGateKeeper({ gates: [] }),
    broker: driver.outbox,
    journal: { append: ({ type }: JournalEntry): undefined => void log.push(`journal ${type}`) },
    startingCashMicros: 1e11,
  })
  const quote = (us: Us): void => {
    driver.onQuote(
      Object.assign(new QuoteBuffer(), {
        instrument: option,
        receivedUs: us,
        sourceUs: us,
        bidMicros: 1e6,
        askMicros: 1.1e6,
        bidSize: 1,
        askSize: 1,
      }),
    )
  }
  const feed = { start: (_sink: MarketSink) => Promise.resolve(), stop: () => Promise.resolve() }
  return {
    log,
    clock,
    driver,
    engine,
    feed,
    quote,
    option,
    underlying,
    faults,
    recorded,
    back,
    tell: () => venue as BrokerSink,
  }
}

test('an order leaves after its turn, when everything decided in it is journaled', async () => {
  const { driver, engine, feed, quote, log, option } = setUp((context, steps) => ({
    onQuote: (): undefined => {
      steps.push('turn begins')
      context.submit({ instrument: option, side: 'buy', contracts: 1, limitMicros: 1_100_000 })
      context.log({ kind: 'signal', code: 'X' })
      steps.push('turn ends')
    },
  }))
  await driver.start(engine, feed)
  quote(OPEN + 2 * SECOND)
  expect(log.filter((step) => !step.includes('session'))).toEqual([
    'turn begins',
    'journal order-submitted',
    'journal decision',
    'turn ends',
    'sent order-1',
  ])
  await driver.stop()
})

test('what was due happens before an event, at its own time, and timers do it when no event comes', async () => {
  const wakes: number[] = []
  const { driver, engine, feed, quote, clock } = setUp((context) => ({
    onQuote: ({ receivedUs }): undefined => context.wakeAt(receivedUs + 50_000),
    onWake: (us): undefined => void wakes.push(us - OPEN),
  }))
  await driver.start(engine, feed)
  quote(OPEN + 2 * SECOND)
  clock.us = OPEN + 3 * SECOND
  quote(OPEN + 3 * SECOND)
  expect(wakes).toEqual([2 * SECOND + 50_000])
  clock.us = OPEN + 3 * SECOND + 60_000
  await expect.poll(() => wakes.length).toBe(2)
  expect(wakes[1]).toBe(3 * SECOND + 50_000)
  /** The engine's time is that of the wake, not of the timer: a replay without timers gives the same. */
  expect(engine.nowUs).toBe(OPEN + 3 * SECOND + 50_000)
  await driver.stop()
})

test('a clock that goes back is counted, and the event handled at the time of the engine', async () => {
  const seen: number[] = []
  const { driver, engine, feed, quote, recorded, back, faults } = setUp(() => ({
    onQuote: ({ receivedUs }): undefined => void seen.push(receivedUs - OPEN),
  }))
  await driver.start(engine, feed)
  quote(OPEN + 5 * SECOND)
  quote(OPEN + 4 * SECOND)
  /** Its source is older than what is known, so it is no news; but nothing fails. */
  expect(seen).toEqual([5 * SECOND])
  expect(recorded).toEqual([`quote ${5 * SECOND}`, `quote ${5 * SECOND}`])
  expect([driver.clocksBack, back, faults]).toEqual([1, [SECOND], []])
  await driver.stop()
})

test('a turn that fails ends everything: no event is handled after it, and whoever started hears', async () => {
  let handled = 0
  const { driver, engine, feed, quote, faults, log } = setUp(() => ({
    onQuote: (): undefined => {
      handled++
      throw new Error('a fault of the strategy')
    },
  }))
  await driver.start(engine, feed)
  quote(OPEN + 2 * SECOND)
  quote(OPEN + 3 * SECOND)
  expect(handled).toBe(1)
  expect(faults).toHaveLength(1)
  expect(driver.isRunning).toBe(false)
  expect(log.some((step) => step.startsWith('sent'))).toBe(false)
})

test('fills come in as turns of their own, and an operator may flatten', async () => {
  const { driver, engine, feed, quote, option, tell, log, recorded, clock, underlying } = setUp(
    (context) => ({
      onQuote: (): undefined => {
        if (!context.isBusy(option))
          context.submit({ instrument: option, side: 'buy', contracts: 2, limitMicros: 1_100_000 })
      },
    }),
  )
  await driver.start(engine, feed)
  quote(OPEN + 2 * SECOND)
  const orderId = 'order-1' as OrderId
  tell().onOrderEvent({ type: 'order-accepted', orderId, receivedUs: OPEN + 3 * SECOND })
  tell().onOrderEvent({
    type: 'order-filled',
    fillId: '1',
    orderId,
    instrument: option,
    side: 'buy',
    contracts: 2,
    priceMicros: 1_100_000,
    feesMicros: 0,
    remaining: 0,
    receivedUs: OPEN + 3 * SECOND,
    quoteAgeUs: Number.NaN,
    bidMicros: Number.NaN,
    askMicros: Number.NaN,
  })
  expect(engine.positions.contracts(option)).toBe(2)
  expect(driver.roundTrips.count).toBe(1)
  clock.us = OPEN + 4 * SECOND
  driver.flatten('manual')
  expect(log.at(-1)).toBe('sent order-2')
  driver.onTrade(
    Object.assign(new TradeBuffer(), {
      instrument: underlying,
      receivedUs: OPEN + 5 * SECOND,
      sourceUs: OPEN + 5 * SECOND,
      priceMicros: 250e6,
      size: 1,
    }),
  )
  expect(engine.prices.get('TSLA')?.priceMicros).toBe(250e6)
  expect(recorded.slice(1)).toEqual([
    `order-accepted ${3 * SECOND}`,
    `order-filled ${3 * SECOND}`,
    `flatten ${4 * SECOND} manual`,
    `trade ${5 * SECOND}`,
  ])
  await driver.stop()
})
