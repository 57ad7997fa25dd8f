import { Alpaca } from '@alpacahq/alpaca-trade-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeAlpaca, type FakeAlpaca } from '../src/testing/fake-alpaca.js'

/** Alpaca's own client must not be able to tell the simulated server from the real one. */
const CALL = 'SPY261218C00600000'
let fake: FakeAlpaca
let alpaca: Alpaca
const stops: (() => void)[] = []

beforeEach(async () => {
  fake = await createFakeAlpaca({ keys: { K: 'S' } })
  fake.venue.list(CALL)
  fake.quote(CALL, { bid: 1, ask: 1.05 })
  alpaca = sdk()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop()
  await fake.stop()
})

function sdk(secret = 'S'): Alpaca {
  return new Alpaca({
    keyId: 'K',
    secret,
    fetchApi: (input, init) => {
      const { pathname, search } = new URL(input)
      return fetch(fake.url + pathname + search, init)
    },
  })
}

async function until(condition: () => boolean, ms = 8_000): Promise<void> {
  const end = Date.now() + ms
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never happened: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function limitBuy(clientOrderId: string, limitPrice = '1.05') {
  return {
    symbol: CALL,
    side: 'buy',
    qty: '2',
    type: 'limit',
    limitPrice,
    timeInForce: 'day',
    positionIntent: 'buy_to_open',
    clientOrderId,
  } as const
}

test('REST: account, orders, positions, activities, clock, calendar', async () => {
  expect(await alpaca.trading.account.getAccount()).toMatchObject({
    status: 'ACTIVE',
    optionsBuyingPower: '100000.00',
    optionsTradingLevel: 3,
  })
  const order = await alpaca.trading.orders.submit(limitBuy('sdk-1'))
  expect(order).toMatchObject({
    clientOrderId: 'sdk-1',
    qty: '2',
    limitPrice: '1.05',
    assetClass: 'us_option',
  })
  await until(() => fake.venue.positions.size === 1)
  expect(await alpaca.trading.orders.getOrderByClientOrderId({ clientOrderId: 'sdk-1' })).toMatchObject({
    id: order.id,
    status: 'filled',
    filledAvgPrice: '1.05',
  })
  expect(await alpaca.trading.positions.getAllOpenPositions()).toMatchObject([
    { symbol: CALL, qty: '2', avgEntryPrice: '1.05', assetClass: 'us_option' },
  ])
  expect(
    await alpaca.trading.accountActivities.getAccountActivities({ activityTypes: ['FILL'] }),
  ).toHaveLength(1)
  await alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: CALL })
  await until(() => fake.venue.positions.size === 0)
  expect(await alpaca.trading.orders.getAllOrders({ status: 'all' })).toHaveLength(2)
})

test('REST: replace, cancel, and the refusal of what is not allowed', async () => {
  const first = await alpaca.trading.orders.submit(limitBuy('sdk-1', '0.50'))
  await until(() => fake.venue.get(first.id ?? '').status === 'new')
  const second = await alpaca.trading.orders.patchOrderByOrderId({
    orderId: first.id ?? '',
    patchOrderRequest: { limitPrice: '0.60' },
  })
  expect(second).toMatchObject({ replaces: first.id, limitPrice: '0.60' })
  await until(() => fake.venue.get(second.id ?? '').status === 'new')
  await alpaca.trading.orders.deleteOrderByOrderID({ orderId: second.id ?? '' })
  expect(fake.venue.working.size).toBe(0)
  await expect(alpaca.trading.orders.submit(limitBuy('sdk-1'))).rejects.toMatchObject({
    status: 422,
    code: 40_010_001,
  })
  await expect(alpaca.trading.positions.getOpenPosition({ symbolOrAssetId: CALL })).rejects.toMatchObject({
    status: 404,
  })
})

test('REST: contracts, snapshots, chains, bars and trades', async () => {
  fake.trade(CALL, { price: 1.02, size: 3 })
  fake.book.add('bars', 'SPY', {
    t: '2026-12-01T14:31:00Z',
    o: 1,
    h: 2,
    l: 0.5,
    c: 1.5,
    v: 10,
    n: 2,
    vw: 1.2,
  })
  const contracts = await alpaca.trading.assets.getOptionsContracts({
    underlyingSymbols: 'SPY',
    expirationDateLte: new Date('2026-12-31') as never,
  })
  expect(contracts.optionContracts).toMatchObject([
    { symbol: CALL, strikePrice: '600', openInterest: '1000' },
  ])
  const { snapshots } = await alpaca.marketData.options.optionSnapshots({ symbols: CALL })
  expect(snapshots[CALL]).toMatchObject({ latestQuote: { bp: 1, ap: 1.05 }, latestTrade: { p: 1.02, s: 3 } })
  const chain = await alpaca.marketData.options.optionChain({ underlyingSymbol: 'SPY' })
  expect(Object.keys(chain.snapshots)).toEqual([CALL])
  const { bars } = await alpaca.marketData.stocks.stockBars({
    symbols: 'SPY',
    timeframe: '1Min',
    start: new Date('2026-12-01'),
  })
  expect(bars['SPY']).toMatchObject([{ o: 1, c: 1.5, vw: 1.2 }])
})

test('REST: a wrong key is refused as a wrong key', async () => {
  await expect(sdk('wrong').trading.account.getAccount()).rejects.toMatchObject({ status: 401 })
  expect(await sdk('wrong').trading.validateConnection()).toMatchObject({ ok: false })
})

test('option stream: quotes and trades by MessagePack', async () => {
  const stream = alpaca.marketData.optionStream({ feed: 'opra', url: `${fake.streamUrl}/v1beta1/opra` })
  stops.push(() => stream.disconnect())
  const seen: unknown[] = []
  stream.onQuote((quote) => seen.push(quote))
  stream.onTrade((trade) => seen.push(trade))
  stream.onConnect(() => {
    stream.subscribeForQuotes([CALL])
    stream.subscribeForTrades([CALL])
  })
  stream.connect()
  expect(await stream.whenAuthenticated()).toMatchObject({ authenticated: true })
  await until(() => fake.market.subscriptions()[0]?.['trades']?.length === 1)
  fake.quote(CALL, { bid: 2, ask: 2.05, bidSize: 12, askSize: 7 })
  fake.trade(CALL, { price: 2.02, size: 3 })
  await until(() => seen.length === 2)
  expect(seen[0]).toMatchObject({ symbol: CALL, bidPrice: 2, askPrice: 2.05, bidSize: 12, askSize: 7 })
  expect(seen[1]).toMatchObject({ symbol: CALL, price: 2.02, size: 3 })
})

test('stock stream: quotes and trades, and both come back after a drop', async () => {
  const stream = alpaca.marketData.stockStream({ feed: 'iex', url: `${fake.streamUrl}/v2/iex` })
  stops.push(() => stream.disconnect())
  const seen: unknown[] = []
  let reconnected = 0
  stream.onTrade((trade) => seen.push(trade))
  stream.onConnect(() => stream.subscribeForTrades(['SPY']))
  stream.onReconnected(() => reconnected++)
  stream.connect()
  await until(() => fake.market.subscriptions()[0]?.['trades']?.length === 1)
  fake.trade('SPY', { price: 600.25, size: 100 })
  await until(() => seen.length === 1)
  fake.market.drop()
  await until(() => reconnected === 1 && fake.market.subscriptions()[0]?.['trades']?.length === 1)
  fake.trade('SPY', { price: 601, size: 1 })
  await until(() => seen.length === 2)
  expect(seen).toMatchObject([{ symbol: 'SPY', price: 600.25 }, { price: 601 }])
})

test('data streams: a wrong key and a taken slot are refused', async () => {
  const wrong = sdk('wrong').marketData.optionStream({ url: `${fake.streamUrl}/v1beta1/opra` })
  stops.push(() => wrong.disconnect())
  wrong.onError(() => undefined)
  wrong.connect()
  expect(await wrong.whenAuthenticated()).toMatchObject({ authenticated: false, code: 402 })

  const holder = alpaca.marketData.optionStream({ url: `${fake.streamUrl}/v1beta1/opra` })
  stops.push(() => holder.disconnect())
  holder.connect()
  await holder.whenAuthenticated()
  const errors: string[] = []
  const second = sdk().marketData.optionStream({ url: `${fake.streamUrl}/v1beta1/opra` })
  stops.push(() => second.disconnect())
  second.onError((error) => errors.push(String(error)))
  second.connect()
  await until(() => errors.length > 0)
  expect(errors[0]).toContain('connection limit exceeded')
})

test('trading stream: updates of an order, over a reconnect', async () => {
  const stream = alpaca.trading.stream({ url: `${fake.streamUrl}/stream` })
  stops.push(() => stream.disconnect())
  const events: string[] = []
  stream.onTradeUpdate((update) => events.push(`${update.event} ${update.order.clientOrderId}`))
  stream.onConnect(() => stream.subscribeTradeUpdates())
  stream.connect()
  await until(() => fake.trading.listening === 1)
  await alpaca.trading.orders.submit(limitBuy('sdk-1'))
  await until(() => events.length === 3)
  expect(events).toEqual(['pending_new sdk-1', 'new sdk-1', 'fill sdk-1'])
  fake.trading.drop()
  await until(() => fake.trading.listening === 0)
  await until(() => fake.trading.listening === 1)
  await alpaca.trading.orders.submit(limitBuy('sdk-2', '0.50'))
  await until(() => events.includes('new sdk-2'))
})

test('trading stream: a wrong key is unauthorized', async () => {
  const stream = sdk('wrong').trading.stream({ url: `${fake.streamUrl}/stream` })
  stops.push(() => stream.disconnect())
  stream.onError(() => undefined)
  stream.connect()
  expect(await stream.whenAuthenticated()).toMatchObject({ authenticated: false })
})
