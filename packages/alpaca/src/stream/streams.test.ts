import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeAlpaca, type FakeAlpaca } from '../testing/fake-alpaca.js'
import { MarketDecoder } from '../wire/market-decoder.js'
import { encodeMsgpack } from '../wire/msgpack-writer.js'
import { timestampOfUs } from '../wire/timestamp.js'
import { ConflatingBuffer } from './conflating-buffer.js'
import { MarketStream, type MarketStreamOptions, type StreamReport } from './market-stream.js'
import { streamErrorAction, upgradeErrorAction } from './stream-errors.js'
import { type OrderUpdate, TradingStream, type TradingStreamOptions } from './trading-stream.js'

const CALL = 'SPY261218C00600000'
const PUT = 'SPY261218P00600000'
let fake: FakeAlpaca
const stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  fake = await createFakeAlpaca({ keys: { K: 'secret-word' } })
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
  await fake.stop()
})

function open(options: Partial<MarketStreamOptions> = {}) {
  const seen: string[] = []
  const states: string[] = []
  const reports: StreamReport[] = []
  const ended: string[] = []
  const stream = new MarketStream({
    keyId: 'K',
    secretKey: 'secret-word',
    feed: 'opra',
    baseUrl: fake.streamUrl,
    baseSeconds: 0.01,
    settleMs: 0,
    limitedSeconds: 0.2,
    onState: (state) => states.push(state),
    onReport: (report) => reports.push(report),
    onEnded: (error) => ended.push(error.message),
    sink: {
      onQuote: ({ symbol, bidMicros, askMicros }): undefined =>
        void seen.push(`${symbol} ${bidMicros} ${askMicros}`),
      onTrade: ({ symbol, priceMicros, size }): undefined =>
        void seen.push(`${symbol} ${size}@${priceMicros}`),
      onMessage: () => undefined,
      onFault: () => undefined,
    },
    ...options,
  })
  stops.push(() => stream.stop())
  return { stream, seen, states, reports, ended }
}

async function until(condition: () => boolean, ms = 3_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

for (const [feed, codec, symbol] of [
  ['opra', 'msgpack', CALL],
  ['sip', 'msgpack', 'SPY'],
  ['sip', 'json', 'SPY'],
  ['test', 'json', 'FAKEPACA'],
] as const)
  test(`${feed} by ${codec}: connects, subscribes, receives`, async () => {
    const { stream, seen, states } = open({ feed, codec })
    stream.subscribe({ quotes: [symbol], trades: [symbol] })
    await stream.start()
    await stream.subscribed()
    fake.quote(symbol, { bid: 1, ask: 1.05 })
    fake.trade(symbol, { price: 1.02, size: 3 })
    fake.quote('OTHER', { bid: 1, ask: 2 })
    await until(() => seen.length === 2)
    expect(seen).toEqual([`${symbol} 1000000 1050000`, `${symbol} 3@1020000`])
    expect(states).toEqual(['connecting', 'authenticating', 'connected'])
    await stream.stop()
    expect(states.at(-1)).toBe('disconnected')
    await until(() => fake.market.count === 0)
  })

test('subscribes again after a drop, and only to what is still wanted', async () => {
  const { stream, seen, states } = open()
  stream.subscribe({ quotes: [CALL, PUT] })
  await stream.start()
  await stream.subscribed()
  stream.unsubscribe({ quotes: [PUT] })
  await stream.subscribed()
  fake.market.drop()
  await until(() => states.includes('reconnecting'))
  await until(() => stream.isSubscribed)
  expect(fake.market.subscriptions()).toEqual([{ trades: [], quotes: [CALL] }])
  fake.quote(CALL, { bid: 1, ask: 2 })
  await until(() => seen.length === 1)
})

test('waits for a dead session’s slot to be free, without hammering', async () => {
  const { stream, reports } = open({ settleMs: 0, threshold: 50 })
  await stream.start()
  fake.streamFaults.zombieMs = 700
  fake.market.drop()
  await until(() => stream.state === 'connected' && reports.length > 0, 5_000)
  expect(reports.every(({ code }) => code === 406)).toBe(true)
  expect(reports.length).toBeLessThanOrEqual(3)
})

test('HTTP 429 at the upgrade waits like a 406; 503 is tried again soon', async () => {
  fake.streamFaults.refuseUpgrades = { status: 429, times: 1 }
  const start = Date.now()
  await open().stream.start()
  expect(Date.now() - start).toBeGreaterThanOrEqual(200)
  await stops.splice(0)[0]?.()
  fake.streamFaults.refuseUpgrades = { status: 503, times: 2 }
  const again = Date.now()
  await open().stream.start()
  expect(Date.now() - again).toBeLessThan(200)
})

test('a wrong key ends the stream, and its error holds no secret', async () => {
  const { stream, ended, states } = open({ secretKey: 'another-word' })
  await expect(stream.start()).rejects.toMatchObject({ code: 'ALPACA_STREAM_FATAL', streamCode: 402 })
  expect(states.at(-1)).toBe('disconnected')
  expect(ended).toHaveLength(1)
  expect(JSON.stringify(ended)).not.toContain('another-word')
})

test('a feed that is not in the plan ends the stream', async () => {
  fake.market.plan.closedFeeds.add('sip')
  await expect(open({ feed: 'sip' }).stream.start()).rejects.toMatchObject({ streamCode: 409 })
})

test('too many failures throw the kill switch, and a start resets it', async () => {
  fake.streamFaults.refuseUpgrades = { status: 500, times: 5 }
  const { stream, ended } = open()
  await expect(stream.start()).rejects.toThrow('too many failures')
  expect(stream.isKilled).toBe(true)
  expect(ended).toHaveLength(1)
  await stream.start()
  expect(stream.isKilled).toBe(false)
})

test('a stream that is open, answers pings and says nothing is connected anew', async () => {
  const { stream, states } = open({ pingMs: 20, silenceMs: 40, isDataExpected: () => true, threshold: 1_000 })
  await stream.start()
  fake.streamFaults.isSilent = true
  await until(() => states.filter((state) => state === 'connected').length >= 2)
})

test('a peer that answers no pings is dropped', async () => {
  const { stream, states } = open({ pingMs: 20, threshold: 1_000 })
  await stream.start()
  fake.streamFaults.isDeaf = true
  await until(() => states.includes('reconnecting'))
  fake.streamFaults.isDeaf = false
  await until(() => stream.state === 'connected')
})

test('an error that is our own is reported and the session lives on', async () => {
  fake.market.plan.optionQuotes = 1
  const { stream, seen, reports } = open({ acknowledgeMs: 60_000 })
  stream.subscribe({ quotes: [CALL] })
  await stream.start()
  await stream.subscribed()
  stream.subscribe({ quotes: [PUT] })
  await until(() => reports.some(({ code }) => code === 405))
  fake.quote(CALL, { bid: 1, ask: 2 })
  await until(() => seen.length === 1)
  expect(stream.state).toBe('connected')
})

test('garbage and a callback that throws stop nothing', async () => {
  let count = 0
  const { stream, reports } = open({
    sink: {
      onQuote: (): undefined => {
        if (++count === 1) throw new Error('mine')
      },
      onTrade: () => undefined,
      onMessage: () => undefined,
      onFault: () => undefined,
    },
  })
  stream.subscribe({ quotes: [CALL, PUT] })
  await stream.start()
  await stream.subscribed()
  fake.market.sendRaw(new Uint8Array([0x93, 0x81, 0xc1]))
  fake.quotes([
    { symbol: CALL, bid: 1, ask: 2 },
    { symbol: PUT, bid: 1, ask: 2 },
  ])
  await until(() => count === 2)
  expect(reports.map(({ reason }) => reason)).toEqual([expect.stringMatching(/./), 'a callback threw: mine'])
})

test('a slow consumer gets the newest quotes and every trade', async () => {
  const trades: number[] = []
  let quotes = 0
  let last = 0
  const { stream } = open({
    turnMs: 1,
    sink: {
      onQuote: ({ bidMicros }): undefined => {
        quotes++
        last = bidMicros
        const end = performance.now() + 0.5
        while (performance.now() < end);
      },
      onTrade: ({ size }): undefined => void trades.push(size),
      onMessage: () => undefined,
      onFault: () => undefined,
    },
  })
  stream.subscribe({ quotes: [CALL], trades: [CALL] })
  await stream.start()
  await stream.subscribed()
  for (let step = 1; step <= 500; step++) {
    fake.quote(CALL, { bid: step / 100, ask: 10 })
    fake.trade(CALL, { price: 1, size: step })
  }
  await until(() => trades.length === 500)
  expect(trades).toEqual(Array.from({ length: 500 }, (_, index) => index + 1))
  expect(last).toBe(5_000_000)
  expect(quotes + stream.conflated).toBe(500)
  expect(stream.conflated).toBeGreaterThan(0)
})

test('what waits is drained in the order of arrival, a quote at its newest place', () => {
  const decoder = new MarketDecoder()
  const buffer = new ConflatingBuffer(decoder.symbols)
  const seen: string[] = []
  const sink = {
    onQuote: (quote: { symbol: string; bidPrice: number }): undefined =>
      void seen.push(`${quote.symbol}${quote.bidPrice}`),
    onTrade: (trade: { symbol: string; size: number }): undefined =>
      void seen.push(`${trade.symbol}x${trade.size}`),
    onMessage: () => undefined,
    onFault: ({ reason }: { reason: string }): undefined => void seen.push(reason),
  }
  const t = timestampOfUs(1e15)
  const quote = (S: string, bp: number) => ({ T: 'q', S, t, bp, ap: 9 })
  const frame = encodeMsgpack([
    quote('A', 1),
    quote('B', 1),
    { T: 't', S: 'A', t, p: 1, s: 7 },
    quote('A', 2),
  ])
  decoder.decode(frame, {
    ...sink,
    onQuote: (view): undefined => buffer.addQuote(view) as undefined,
    onTrade: (view): undefined => buffer.addTrade(view) as undefined,
  })
  buffer.drain(sink)
  expect(seen).toEqual(['B1', 'Ax7', 'A2'])
  expect(buffer.isEmpty).toBe(true)
  expect(buffer.conflated).toBe(1)
})

function listen(options: Partial<TradingStreamOptions> = {}) {
  const updates: OrderUpdate[] = []
  const faults: string[] = []
  const counts = { listening: 0 }
  const stream = new TradingStream({
    keyId: 'K',
    secretKey: 'secret-word',
    baseUrl: fake.streamUrl,
    baseSeconds: 0.01,
    settleMs: 0,
    onUpdate: (update) => updates.push(update),
    onListening: () => counts.listening++,
    onFault: (reason) => faults.push(reason),
    ...options,
  })
  stops.push(() => stream.stop())
  return { stream, updates, faults, counts }
}

function order(id: string) {
  fake.venue.list(CALL)
  const body = { symbol: CALL, side: 'buy', type: 'limit', time_in_force: 'day', qty: '2', limit_price: '2' }
  return fake.venue.submit({ ...body, client_order_id: id })
}

for (const areFramesBinary of [true, false])
  test(`order updates come once, in ${areFramesBinary ? 'binary' : 'text'} frames`, async () => {
    fake.trading.areFramesBinary = areFramesBinary
    const { stream, updates } = listen()
    await stream.start()
    fake.streamFaults.duplicateUpdates = 5
    fake.quote(CALL, { bid: 1, ask: 1.05 })
    order('one')
    await until(() => updates.length >= 3)
    expect(updates.map(({ event }) => event)).toEqual(['pending_new', 'new', 'fill'])
    expect(updates[2]).toMatchObject({
      priceMicros: 1_050_000,
      quantity: 2,
      positionQuantity: 2,
      order: { clientOrderId: 'one', status: 'filled', filledQuantity: 2 },
    })
  })

test('listens again after a drop, and tells that there was a gap', async () => {
  const { stream, counts } = listen()
  await stream.start()
  fake.trading.drop()
  await until(() => counts.listening === 2)
  fake.trading.fail()
  await until(() => counts.listening === 3)
})

test('an unauthorized key ends the trading stream', async () => {
  await expect(listen({ secretKey: 'no' }).stream.start()).rejects.toMatchObject({
    code: 'ALPACA_STREAM_FATAL',
  })
})

test('messages of another shape are reported and stop nothing', async () => {
  const { stream, updates, faults } = listen()
  await stream.start()
  fake.trading.sendRaw('{')
  fake.trading.sendRaw('[]')
  fake.trading.sendRaw('{"stream":"trade_updates","data":{"event":"fill"}}')
  order('after')
  await until(() => updates.length >= 1)
  expect(faults).toHaveLength(3)
})

test('live trading streams need both switches', () => {
  const options = { keyId: 'K', secretKey: 'S', onUpdate: () => undefined }
  expect(() => new TradingStream({ ...options, environment: 'live' })).toThrow('locked')
  expect(() => new TradingStream({ ...options, baseUrl: 'wss://api.alpaca.markets' })).toThrow('locked')
})

test('every code of the table has its action', () => {
  const actions = [402, 406, 407, 405, 999].map(streamErrorAction)
  expect(actions).toEqual(['stop', 'wait', 'retry', 'report', 'retry'])
  expect([401, 403, 429, 503].map(upgradeErrorAction)).toEqual(['stop', 'stop', 'wait', 'retry'])
})
