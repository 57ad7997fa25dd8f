import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFakeAlpaca, type FakeAlpaca } from '../testing/fake-alpaca.js'
import { TokenBucket } from './token-bucket.js'
import { type OrderRequest, TradingClient, type TradingClientOptions } from './trading-client.js'

const CALL = 'SPY261218C00600000'
const SECRET = 'a-very-secret-word'
let fake: FakeAlpaca

beforeEach(async () => {
  fake = await createFakeAlpaca({ keys: { K: SECRET }, requestsPerMinute: 5_000 })
  fake.venue.list(CALL)
  fake.quote(CALL, { bid: 1, ask: 1.05 })
})
afterEach(() => fake.stop())

function client(options: Partial<TradingClientOptions> = {}): TradingClient {
  return new TradingClient({
    keyId: 'K',
    secretKey: SECRET,
    baseUrl: fake.url,
    bucket: new TokenBucket({ perMinute: 60_000 }),
    timeoutMs: 300,
    wait: () => Promise.resolve(),
    ...options,
  })
}

function buy(clientOrderId: string, over: Partial<OrderRequest> = {}): OrderRequest {
  return {
    symbol: CALL,
    side: 'buy',
    quantity: 2,
    type: 'limit',
    timeInForce: 'day',
    limitMicros: 1_050_000,
    positionIntent: 'buy_to_open',
    clientOrderId,
    ...over,
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

test('reads the account, the clock and the calendar', async () => {
  const trading = client()
  expect(await trading.account()).toMatchObject({
    isTradable: true,
    optionsTradingLevel: 3,
    optionsBuyingPowerMicros: 100_000_000_000,
    nonMarginableBuyingPowerMicros: 100_000_000_000,
    multiplier: 4,
    /** Alpaca no longer counts them. */
    dayTradeCount: Number.NaN,
  })
  expect(await trading.clock()).toMatchObject({ isOpen: true })
  expect(await trading.calendar('2026-11-23', '2026-11-29')).toHaveLength(5)
})

test('an order fills into a position and an activity, and closing makes it flat', async () => {
  const trading = client()
  const order = await trading.submitOrder(buy('one'))
  expect(order).toMatchObject({ clientOrderId: 'one', symbol: CALL, quantity: 2, limitMicros: 1_050_000 })
  await settled()
  expect(await trading.order(order.id)).toMatchObject({
    status: 'filled',
    filledQuantity: 2,
    filledAverageMicros: 1_050_000,
  })
  expect(await trading.position(CALL)).toMatchObject({ quantity: 2, averageMicros: 1_050_000 })
  await trading.closePosition(CALL)
  await settled()
  expect(await trading.position(CALL)).toBeUndefined()
  const activities = []
  for await (const activity of trading.activities({ types: ['FILL'], pageSize: 1 })) activities.push(activity)
  expect(activities.map(({ side, quantity }) => `${side} ${quantity}`)).toEqual(['buy 2', 'sell 2'])
})

for (const fault of [
  { kind: 'reset' },
  { kind: 'lose-answer' },
  { kind: 'hide-answer', status: 504 },
  { kind: 'status', status: 500 },
  { kind: 'slow', ms: 600 },
  { kind: 'status', status: 429 },
] as const)
  test(`an order stands exactly once when the answer is ${JSON.stringify(fault)}`, async () => {
    const unknown: string[] = []
    const trading = client({ onUnknown: (id) => unknown.push(id) })
    fake.restFaults.next(fault, { method: 'POST' })
    const order = await trading.submitOrder(buy('once'))
    expect(order.clientOrderId).toBe('once')
    expect(fake.venue.orders.size).toBe(1)
    expect(unknown).toEqual(fault.kind === 'status' && fault.status === 429 ? [] : ['once'])
  })

test('an outcome that cannot be found out is told as unknown, not guessed', async () => {
  fake.restFaults.next({ kind: 'lose-answer' }, { method: 'POST' })
  fake.restFaults.next({ kind: 'reset' }, { path: '/v2/orders:by_client_order_id', times: 1_000 })
  await expect(client({ retries: 0 }).submitOrder(buy('lost'))).rejects.toMatchObject({
    code: 'ALPACA_ORDER_UNKNOWN',
    clientOrderId: 'lost',
  })
})

test('an id that is taken is our own order again, or somebody else’s', async () => {
  const trading = client()
  const first = await trading.submitOrder(buy('same'))
  expect((await trading.submitOrder(buy('same'))).id).toBe(first.id)
  await expect(trading.submitOrder(buy('same', { quantity: 3 }))).rejects.toMatchObject({
    code: 'ALPACA_CLIENT_ORDER_ID_TAKEN',
  })
  expect(fake.venue.orders.size).toBe(1)
})

test('a cancel is confirmed by the final state, a stuck one by an error', async () => {
  const trading = client()
  const resting = await trading.submitOrder(buy('rest', { limitMicros: 500_000 }))
  await settled()
  expect(await trading.cancelAndConfirm(resting.id)).toMatchObject({ status: 'canceled', filledQuantity: 0 })
  expect(await trading.cancelOrder(resting.id)).toBe(false)

  fake.venue.settings.stuckCancels = true
  const stuck = await trading.submitOrder(buy('stuck', { limitMicros: 500_000 }))
  await settled()
  await expect(trading.cancelAndConfirm(stuck.id, 30)).rejects.toMatchObject({
    code: 'ALPACA_CANCEL_UNCONFIRMED',
  })
})

test('a fill that wins against the cancel is what counts', async () => {
  const trading = client()
  fake.venue.settings.fillOnCancel = 1
  const order = await trading.submitOrder(buy('race', { limitMicros: 500_000 }))
  await settled()
  expect(await trading.cancelAndConfirm(order.id)).toMatchObject({ status: 'filled', filledQuantity: 2 })
})

test('a replacement has an id of its own, also when its answer is lost', async () => {
  const trading = client()
  const first = await trading.submitOrder(buy('first', { limitMicros: 500_000 }))
  await settled()
  const second = await trading.replaceOrder(first.id, { clientOrderId: 'second', limitMicros: 600_000 })
  expect(second).toMatchObject({ replaces: first.id, limitMicros: 600_000 })
  await settled()
  fake.restFaults.next({ kind: 'lose-answer' }, { method: 'PATCH' })
  const third = await trading.replaceOrder(second.id, { clientOrderId: 'third', limitMicros: 700_000 })
  expect(third).toMatchObject({ replaces: second.id, clientOrderId: 'third' })
  expect(await trading.order(first.id)).toMatchObject({ status: 'replaced', replacedBy: second.id })
  expect((await trading.orders()).map(({ clientOrderId }) => clientOrderId)).toEqual(['third'])
})

test('refusals keep status, code and the extra keys', async () => {
  const trading = client()
  await trading.submitOrder(buy('hold'))
  await settled()
  const sell = { side: 'sell', limitMicros: 2_000_000, positionIntent: 'sell_to_close' } as const
  await trading.submitOrder(buy('sell-1', sell))
  await expect(trading.submitOrder(buy('sell-2', sell))).rejects.toMatchObject({
    kind: 'forbidden',
    status: 403,
    apiCode: 40_310_000,
    body: { existing_qty: '2', held_for_orders: '2', available: '0' },
  })
})

const REFUSED: readonly (readonly [string, Partial<OrderRequest>, number, RegExp])[] = [
  ['too dear', { quantity: 1_000, limitMicros: 50_000_000 }, 403, /insufficient options buying power/],
  ['too many', { quantity: 1_001 }, 422, /qty must be <= 1000/],
  ['three decimals', { limitMicros: 1_055_000 }, 422, /2 decimal places/],
  ['uncovered', { side: 'sell', positionIntent: 'sell_to_open' }, 403, /uncovered/],
  ['wrong intent', { positionIntent: 'buy_to_close' }, 422, /position intent mismatch/],
  ['no contract', { symbol: 'SPY261218C00999000' }, 422, /not found/],
]
for (const [name, over, status, words] of REFUSED)
  test(`refuses an order that is ${name}`, async () => {
    const error = await client()
      .submitOrder(buy('refused', over))
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ status, apiMessage: expect.stringMatching(words) })
    expect(fake.venue.orders.size).toBe(0)
  })

test('refuses a wash trade, market orders when closed, and openings late on the day of expiry', async () => {
  const trading = client()
  await trading.submitOrder(buy('held'))
  await settled()
  await trading.submitOrder(
    buy('exit', { side: 'sell', limitMicros: 2_000_000, positionIntent: 'sell_to_close' }),
  )
  await expect(trading.submitOrder(buy('wash', { limitMicros: 2_000_000 }))).rejects.toThrow('wash trade')
  fake.venue.session.isOpen = false
  const { limitMicros: _limit, ...market } = buy('closed', { type: 'market' })
  await expect(trading.submitOrder(market)).rejects.toThrow('only allowed during market hours')
  fake.venue.session.isOpen = true
  fake.venue.session.date = '2026-12-18'
  fake.venue.session.newYorkMinutes = 15 * 60 + 30
  await expect(trading.submitOrder(buy('late'))).rejects.toThrow('expires soon')
})

test('an order off its tick is accepted, then rejected', async () => {
  fake.venue.list('XYZ261218C00010000', { isPenny: false })
  const order = await client().submitOrder(
    buy('tick', { symbol: 'XYZ261218C00010000', limitMicros: 1_010_000 }),
  )
  expect(order.status).toBe('pending_new')
  await settled()
  expect(await client().order(order.id)).toMatchObject({ status: 'rejected' })
})

test('contracts come page by page, and one is found by its symbol', async () => {
  for (let strike = 500; strike < 525; strike++) fake.venue.list(`SPY261218P00${strike}000`)
  const found: string[] = []
  const query = { underlyings: ['SPY'], expiry: '2026-12-18', type: 'put', pageSize: 10 } as const
  for await (const { symbol } of client().contracts(query)) found.push(symbol)
  expect(found).toHaveLength(25)
  expect(new Set(found).size).toBe(25)
  expect(await client().contract(CALL)).toMatchObject({ strikeMicros: 600_000_000, openInterest: 1_000 })
  expect(await client().contract('SPY261218C00001000')).toBeUndefined()
})

test('reads are repeated, whatever an error looks like', async () => {
  fake.restFaults.next({ kind: 'status', status: 503, html: true })
  fake.restFaults.next({ kind: 'reset' })
  fake.restFaults.next({ kind: 'status', status: 429 })
  expect((await client().account()).isTradable).toBe(true)
})

test('an answer of the wrong shape keeps its body', async () => {
  fake.restFaults.next({ kind: 'garbage' })
  await expect(client().account()).rejects.toMatchObject({
    code: 'ALPACA_SHAPE',
    details: { body: '{"id": tru' },
  })
})

test('a wrong key is told as such, and no error holds the secret', async () => {
  const wrong = client({ secretKey: 'another-secret-word' })
  const refused = await wrong.account().catch((error: unknown) => error)
  expect(refused).toMatchObject({ kind: 'unauthorized', apiCode: 40_110_000 })
  const echoing = client({
    fetch: () => Promise.resolve(new Response(JSON.stringify({ message: `bad ${SECRET}` }), { status: 403 })),
  })
  const failing = client({ retries: 0, fetch: () => Promise.reject(new Error(`cannot send ${SECRET}`)) })
  for (const trading of [echoing, failing]) {
    const error = (await trading.account().catch((reason: unknown) => reason)) as Error
    const seen = JSON.stringify([
      error,
      error.message,
      error.stack,
      String(error.cause),
      Object.entries(error),
    ])
    expect(seen).not.toContain(SECRET)
  }
  expect(JSON.stringify(client())).not.toContain(SECRET)
})

test('the live endpoint needs both switches', () => {
  const keys = { keyId: 'K', secretKey: SECRET }
  const locked = expect.objectContaining({ code: 'ALPACA_LIVE_LOCKED' })
  const attempt = (options: Partial<TradingClientOptions>) => () => new TradingClient({ ...keys, ...options })
  expect(attempt({ environment: 'live' })).toThrow(locked)
  expect(attempt({ baseUrl: 'https://api.alpaca.markets' })).toThrow(locked)
  expect(attempt({ isLiveConfirmed: true, baseUrl: 'https://api.alpaca.markets/' })).toThrow(locked)
  expect(attempt({ environment: 'live', isLiveConfirmed: true })).not.toThrow()
  expect(attempt({})).not.toThrow()
})
