import {
  type ApprovedOrder,
  InstrumentTable,
  type OrderEvent,
  type OrderId,
  toOrderId,
} from '@scalp/canonical'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TokenBucket } from '../rest/token-bucket.js'
import { createFakeAlpaca, type FakeAlpaca } from '../testing/fake-alpaca.js'
import { timestampOfUs } from '../wire/timestamp.js'
import { type AlpacaBroker, type AlpacaBrokerOptions, createAlpacaBroker } from './alpaca-broker.js'
import { createAlpacaFeed } from './alpaca-feed.js'

const CALL = 'SPY261218C00600000'
const PUT = 'SPY261218P00600000'
let fake: FakeAlpaca
let instruments: InstrumentTable
const stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  fake = await createFakeAlpaca({ requestsPerMinute: 50_000 })
  fake.venue.list(CALL)
  instruments = new InstrumentTable()
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
  await fake.stop()
})

async function connect(options: Partial<AlpacaBrokerOptions> = {}) {
  const events: OrderEvent[] = []
  const problems: unknown[] = []
  const broker = createAlpacaBroker({
    keyId: 'K',
    secretKey: 'secret-word',
    baseUrl: fake.url,
    streamUrl: fake.streamUrl,
    instruments,
    runId: 'run',
    bucket: new TokenBucket({ perMinute: 600_000 }),
    baseSeconds: 0.01,
    settleMs: 0,
    timeoutMs: 300,
    reconcileMs: 50,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 50)),
    onProblem: (problem) => problems.push(problem),
    ...options,
  })
  await broker.connect({ onOrderEvent: (event): undefined => void events.push(event) })
  stops.push(() => broker.close())
  return { broker, events, problems }
}

function order(sequence: number, over: Partial<ApprovedOrder> = {}): ApprovedOrder {
  return {
    id: toOrderId('o', sequence),
    instrument: instruments.requireOption(CALL),
    side: 'buy',
    contracts: 2,
    limitMicros: 1_050_000,
    decidedUs: 0,
    reduces: false,
    ...over,
  } as ApprovedOrder
}

async function until(condition: () => boolean, ms = 4_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const types = (events: readonly OrderEvent[]): string[] => events.map(({ type }) => type)
const filled = (events: readonly OrderEvent[]): number =>
  events.reduce((sum, event) => sum + (event.type === 'order-filled' ? event.contracts : 0), 0)

test('an order is accepted and filled, and nothing is told before submit returns', async () => {
  const { broker, events } = await connect()
  fake.quote(CALL, { bid: 1, ask: 1.05 })
  broker.submit(order(1))
  expect(events).toEqual([])
  await until(() => broker.openOrders === 0)
  expect(types(events)).toEqual(['order-accepted', 'order-filled'])
  expect(events[1]).toMatchObject({
    fillId: 'run-o-1.2',
    contracts: 2,
    remaining: 0,
    priceMicros: 1_050_000,
    side: 'buy',
  })
  expect(fake.venue.byClientId('run-o-1').positionIntent).toBe('buy_to_open')
})

test('partial fills at several prices add up to the average', async () => {
  const { broker, events } = await connect()
  fake.venue.settings.fills = 'script'
  broker.submit(order(1, { contracts: 5 }))
  await until(() => events.length === 1)
  const { id } = fake.venue.byClientId('run-o-1')
  fake.venue.fill(id, 2, 1_000_000)
  fake.venue.fill(id, 3, 1_050_000)
  await until(() => broker.openOrders === 0)
  const fills = events.flatMap((event) => (event.type === 'order-filled' ? [event] : []))
  expect(fills.map(({ contracts, priceMicros, remaining }) => [contracts, priceMicros, remaining])).toEqual([
    [2, 1_000_000, 3],
    [3, 1_050_000, 0],
  ])
})

for (const [name, arrange] of [
  ['twice', () => (fake.streamFaults.duplicateUpdates = 10)],
  ['out of order', () => (fake.streamFaults.reorderUpdates = 2)],
  ['never', () => (fake.streamFaults.loseUpdates = 10)],
  ['after a lost answer', () => fake.restFaults.next({ kind: 'lose-answer' }, { method: 'POST' })],
  ['after a 504', () => fake.restFaults.next({ kind: 'hide-answer', status: 504 }, { method: 'POST' })],
  ['over a dropped stream', () => fake.trading.drop()],
] as const)
  test(`the position is right when updates come ${name}`, async () => {
    const { broker, events } = await connect()
    fake.quote(CALL, { bid: 1, ask: 1.05 })
    fake.venue.settings.partialFills = 1
    arrange()
    broker.submit(order(1))
    await new Promise((resolve) => setTimeout(resolve, 30))
    fake.quote(CALL, { bid: 1, ask: 1.04 })
    await until(() => broker.openOrders === 0)
    expect(filled(events)).toBe(2)
    expect(fake.venue.orders.size).toBe(1)
    expect(
      new Set(events.flatMap((event) => (event.type === 'order-filled' ? [event.fillId] : []))).size,
    ).toBe(types(events).filter((type) => type === 'order-filled').length)
  })

test('a cancel asked before the order’s id is known goes out when it is', async () => {
  const { broker, events } = await connect()
  broker.submit(order(1))
  broker.cancel('o-1' as OrderId)
  await until(() => broker.openOrders === 0)
  expect(types(events)).toEqual(['order-accepted', 'order-cancelled'])
})

test('a fill that wins against the cancel is told as a fill', async () => {
  const { broker, events } = await connect()
  fake.venue.settings.fillOnCancel = 1
  broker.submit(order(1))
  await until(() => events.length === 1)
  broker.cancel('o-1' as OrderId)
  await until(() => broker.openOrders === 0)
  expect(types(events)).toEqual(['order-accepted', 'order-filled'])
})

test('refusals at once and rejections later are told as rejections', async () => {
  const { broker, events } = await connect()
  broker.submit(order(1, { contracts: 1_001 }))
  await until(() => broker.openOrders === 0)
  expect(events).toMatchObject([
    { type: 'order-rejected', reason: expect.stringContaining('qty must be <= 1000') },
  ])
  fake.venue.settings.rejectLater = 1
  broker.submit(order(2))
  await until(() => broker.openOrders === 0)
  expect(types(events)).toEqual(['order-rejected', 'order-rejected'])
})

test('an order that never reached the venue is given up only after a while', async () => {
  const { broker, events, problems } = await connect({ unknownMs: 100 })
  fake.restFaults.next({ kind: 'reset' }, { method: 'POST', times: 3 })
  broker.submit(order(1))
  await until(() => broker.openOrders === 0)
  expect(events).toMatchObject([{ type: 'order-rejected', reason: 'it never reached the venue' }])
  expect(problems.length).toBeGreaterThan(0)
  expect(fake.venue.orders.size).toBe(0)
})

test('expiries, exercises and assignments are told once', async () => {
  const { broker, events } = await connect()
  fake.venue.positions.set(CALL, { quantity: 3, costMicros: 3_000_000 })
  fake.venue.settle(CALL, 'OPEXP')
  await broker.pollActivities()
  await broker.pollActivities()
  expect(events).toMatchObject([
    { type: 'position-settled', contracts: 3, priceMicros: 0, reason: 'expired' },
  ])
})

test('a sink that throws loses no event', async () => {
  let count = 0
  const { broker, problems } = await connect()
  await broker.close()
  await broker.connect({
    onOrderEvent: (): undefined => {
      count++
      throw new Error('mine')
    },
  })
  fake.quote(CALL, { bid: 1, ask: 1.05 })
  broker.submit(order(1))
  await until(() => count === 2)
  expect(problems).toHaveLength(2)
})

test('a feed gives canonical events of options and stocks, and changes what it watches', async () => {
  const feed = createAlpacaFeed({
    keyId: 'K',
    secretKey: 'secret-word',
    baseUrl: fake.streamUrl,
    instruments,
    contracts: [CALL],
    underlyings: ['SPY'],
  })
  stops.push(() => feed.stop())
  const seen: unknown[] = []
  const bars: unknown[] = []
  await feed.start({
    onQuote: (quote): undefined => void seen.push(quote.copy()),
    onTrade: (trade): undefined => void seen.push(trade.copy()),
    onBar: (bar): undefined => void bars.push(bar.copy()),
    onStatistic: () => undefined,
  })
  expect(feed.isReady).toBe(true)
  fake.quote(CALL, { bid: 0, ask: 0.05, askSize: 7, atUs: 1_796_135_465_678_099 })
  fake.trade(CALL, { price: 0.05, conditions: ['A'] })
  fake.trade('SPY', { price: 600.25, size: 100, conditions: ['@'] })
  fake.trade('SPY', { price: 1, conditions: ['Z'] })
  await until(() => seen.length === 2)
  /** Two sockets: either may be first. */
  const isQuote = (event: unknown): boolean =>
    typeof event === 'object' && event !== null && 'askMicros' in event
  expect(seen.find(isQuote)).toMatchObject({
    instrument: instruments.requireOption(CALL),
    sourceUs: 1_796_135_465_678_099,
    bidMicros: Number.NaN,
    bidSize: 0,
    askMicros: 50_000,
    askSize: 7,
    sampleUs: 0,
  })
  expect(seen.find((event) => !isQuote(event))).toMatchObject({
    instrument: instruments.underlying('SPY'),
    priceMicros: 600_250_000,
    size: 100,
  })
  const t = timestampOfUs(1_796_135_460_000_000)
  fake.market.publish([{ T: 'b', S: 'SPY', o: 600, h: 602, l: 599, c: 601, v: 5_000, n: 20, vw: 600.5, t }])
  await until(() => bars.length === 1)
  expect(bars[0]).toMatchObject({
    instrument: instruments.underlying('SPY'),
    startUs: 1_796_135_460_000_000,
    lengthUs: 60_000_000,
    highMicros: 602_000_000,
    volume: 5_000,
  })
  feed.watch([PUT])
  await until(() => feed.isReady)
  fake.quote(CALL, { bid: 1, ask: 2 })
  fake.quote(PUT, { bid: 1, ask: 2 })
  await until(() => seen.length === 3)
  expect(seen[2]).toMatchObject({ instrument: instruments.requireOption(PUT) })
})

test('brokers and their errors print no secret', async () => {
  const { broker } = await connect()
  expect(JSON.stringify(broker)).not.toContain('secret-word')
  const problems: unknown[] = []
  const locked = (): AlpacaBroker =>
    createAlpacaBroker({ keyId: 'K', secretKey: 'secret-word', instruments, runId: 'r', environment: 'live' })
  try {
    locked()
  } catch (error) {
    problems.push(error)
  }
  expect(problems).toMatchObject([{ code: 'ALPACA_LIVE_LOCKED' }])
  expect(JSON.stringify(problems)).not.toContain('secret-word')
})
