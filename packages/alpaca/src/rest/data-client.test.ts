import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeAlpaca, type FakeAlpaca } from '../testing/fake-alpaca.js'
import { DataClient } from './data-client.js'
import { TokenBucket } from './token-bucket.js'

const CALL = 'SPY261218C00600000'
const PUT = 'SPY261218P00600000'
const AT = Date.parse('2026-12-01T14:31:05Z') * 1_000
let fake: FakeAlpaca
let data: DataClient

beforeEach(async () => {
  fake = await createFakeAlpaca()
  const bucket = new TokenBucket({ perMinute: 60_000 })
  data = new DataClient({ keyId: 'K', secretKey: 'S', baseUrl: fake.url, bucket })
})
afterEach(() => fake.stop())

async function all<Value>(rows: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = []
  for await (const row of rows) found.push(row)
  return found
}

test('snapshots hold what there is, and Greeks only where Alpaca has them', async () => {
  fake.quote(CALL, { bid: 1, ask: 1.05, atUs: AT })
  fake.trade(CALL, { price: 1.02, size: 3, atUs: AT })
  fake.quote(PUT, { bid: 0, ask: 0.05, atUs: AT })
  fake.book.greeks.set(CALL, {
    delta: 0.5,
    gamma: 0.01,
    theta: -0.2,
    vega: 0.3,
    rho: 0.1,
    impliedVolatility: 0.2,
  })
  const [call, put] = await all(data.optionSnapshots([CALL, PUT, 'SPY261218C00001000']))
  expect(call).toMatchObject({
    symbol: CALL,
    value: {
      quote: { bidMicros: 1_000_000, askMicros: 1_050_000 },
      trade: { priceMicros: 1_020_000, size: 3, conditions: 'a' },
      greeks: { delta: 0.5 },
      impliedVolatility: 0.2,
    },
  })
  expect(put?.value.quote?.bidMicros).toBeNaN()
  expect(put?.value.greeks).toBeUndefined()
  expect(put?.value.impliedVolatility).toBeNaN()
})

test('a chain comes in pages, filtered', async () => {
  for (let strike = 100; strike < 400; strike++)
    for (const right of ['C', 'P']) {
      const symbol = `SPY261218${right}00${strike}000`
      fake.venue.list(symbol)
      fake.quote(symbol, { bid: 1, ask: 2 })
    }
  expect(await all(data.optionChain('SPY', { type: 'call' }))).toHaveLength(300)
  expect(await all(data.optionChain('QQQ'))).toEqual([])
})

test('history comes by symbol and time over pages that end anywhere', async () => {
  for (let minute = 0; minute < 7; minute++)
    for (const symbol of ['SPY', 'QQQ']) {
      const t = new Date(AT / 1_000 + minute * 60_000).toISOString()
      fake.book.add('bars', symbol, { t, o: 1, h: 2, l: 0.5, c: 1.5, v: 100, n: 5, vw: 1.25 })
      fake.trade(symbol, { price: 600 + minute, atUs: AT + minute * 60_000_000 })
    }
  const bars = await all(data.stockBars({ symbols: ['SPY', 'QQQ'], timeframe: '1Min', pageSize: 4 }))
  expect(bars.map(({ symbol }) => symbol).join()).toBe(
    [...Array(7).fill('QQQ'), ...Array(7).fill('SPY')].join(),
  )
  expect(bars[0]?.value).toEqual({
    startUs: AT,
    openMicros: 1_000_000,
    highMicros: 2_000_000,
    lowMicros: 500_000,
    closeMicros: 1_500_000,
    volume: 100,
    trades: 5,
    vwapMicros: 1_250_000,
  })
  const trades = await all(data.stockTrades({ symbols: ['SPY'], start: '2026-12-01T14:33:00Z', pageSize: 2 }))
  expect(trades.map(({ value }) => value.priceMicros / 1e6)).toEqual([602, 603, 604, 605, 606])
  expect(await all(data.optionBars({ symbols: [CALL], timeframe: '1Min' }))).toEqual([])
})

test('any number of symbols is asked in calls of a hundred', async () => {
  const symbols = Array.from({ length: 250 }, (_, index) => `SPY261218C00${index + 100}000`)
  for (const symbol of symbols) fake.quote(symbol, { bid: 1, ask: 2 })
  expect((await data.latestOptionQuotes(symbols)).size).toBe(250)
  expect(fake.requests).toBe(3)
  fake.trade('SPY', { price: 601.25 })
  expect((await data.latestStockTrades(['SPY'])).get('SPY')?.priceMicros).toBe(601_250_000)
})

test('an option’s quotes and a stock’s are read by the same words', async () => {
  fake.quote('SPY', { bid: 600, ask: 600.01, bidSize: 200 })
  expect((await data.latestStockQuotes(['SPY'])).get('SPY')).toMatchObject({
    bidSize: 200,
    askMicros: 600_010_000,
  })
  fake.trade(CALL, { price: 1 })
  expect((await data.latestOptionTrades([CALL])).size).toBe(1)
})
