import { AlpacaApiError } from '../src/errors.js'
import { DataClient } from '../src/rest/data-client.js'
import { type OrderRequest, TradingClient } from '../src/rest/trading-client.js'
import { isFinal } from '../src/rest/trading-schemas.js'
import { MarketStream } from '../src/stream/market-stream.js'
import { type OrderUpdate, TradingStream } from '../src/stream/trading-stream.js'

/** Where cards are played: the simulated server, or the paper endpoint. */
export interface Table {
  readonly keyId: string
  readonly secretKey: string
  readonly tradingUrl?: string
  readonly dataUrl?: string
  readonly tradingStreamUrl?: string
  readonly dataStreamUrl?: string
  /** Begins the client order ids of this run. */
  readonly runId: string
  /** A listed contract to trade, its ask in micro-dollars. */
  readonly contract: { readonly symbol: string; readonly askMicros: number }
}

/** One thing that must hold, told so that a person can also do it by hand. */
export interface Card {
  readonly name: string
  readonly steps: string
  readonly expected: string
  /** Only while the options market is open. */
  readonly needsOpenMarket?: boolean
  /** Throws when what is expected does not come. */
  readonly play: (table: Table) => Promise<void>
}

const TEN_CENTS = 100_000

export const cards: readonly Card[] = [
  {
    name: 'account',
    steps: 'GET /v2/account',
    expected: 'Status ACTIVE, no block, options level 2 or 3, buying power above 0',
    play: async (table) => {
      const account = await trading(table).account()
      check(account.isTradable, 'the account may not trade')
      check(account.optionsTradingLevel >= 2, 'long options are not allowed')
      check(account.optionsBuyingPowerMicros > 0, 'there is no buying power')
    },
  },
  {
    name: 'clock and calendar',
    steps: 'GET /v2/clock and a week of /v2/calendar',
    expected: 'The next close lies after now, and the week has 3 to 5 trading days',
    play: async (table) => {
      const clock = await trading(table).clock()
      check(clock.nextCloseUs > clock.nowUs, 'the next close is past')
      const days = await trading(table).calendar('2026-03-02', '2026-03-08')
      check(days.length >= 3 && days.length <= 5, `${days.length} trading days in a week`)
    },
  },
  {
    name: 'wrong key',
    steps: 'GET /v2/account with a wrong secret',
    expected: 'An error of kind unauthorized or forbidden that does not hold the secret',
    play: async (table) => {
      const error = await trading({ ...table, secretKey: 'not-the-secret' })
        .account()
        .catch((reason: unknown) => reason)
      check(error instanceof AlpacaApiError && [401, 403].includes(error.status), 'it was not refused')
      check(!JSON.stringify([error, String(error)]).includes('not-the-secret'), 'the error holds the secret')
    },
  },
  {
    name: 'contract',
    steps: 'GET /v2/options/contracts/{symbol}, once known and once unknown',
    expected: 'The contract with strike and expiry; nothing for the unknown one',
    play: async (table) => {
      const contract = await trading(table).contract(table.contract.symbol)
      check(contract !== undefined && contract.strikeMicros > 0, 'the contract is not listed')
      check((await trading(table).contract('SPY991231C00000001')) === undefined, 'a contract that is none')
    },
  },
  {
    name: 'snapshot',
    steps: 'GET /v1beta1/options/snapshots of a contract',
    expected: 'A quote with an ask',
    play: async (table) => {
      const data = new DataClient({
        ...table,
        ...(table.dataUrl === undefined ? {} : { baseUrl: table.dataUrl }),
      })
      const rows = []
      for await (const row of data.optionSnapshots([table.contract.symbol])) rows.push(row)
      check((rows[0]?.value.quote?.askMicros ?? 0) > 0, 'the snapshot has no ask')
    },
  },
  {
    name: 'rest and cancel',
    steps: 'Buy 1 contract limited at 0.01; cancel; wait for the final state',
    expected: 'The order rests, the cancel is confirmed, nothing filled',
    play: async (table) => {
      const order = await trading(table).submitOrder(buy(table, 'rest'))
      const final = await trading(table).cancelAndConfirm(order.id, 15_000)
      check(final.status === 'canceled' && final.filledQuantity === 0, `the order is ${final.status}`)
    },
  },
  {
    name: 'same id twice',
    steps: 'Send the same order twice under one client order id; cancel',
    expected: 'One order, with one id',
    play: async (table) => {
      const client = trading(table)
      const first = await client.submitOrder(buy(table, 'twice'))
      const second = await client.submitOrder(buy(table, 'twice'))
      await client.cancelAndConfirm(first.id, 15_000)
      check(first.id === second.id, 'there are two orders')
    },
  },
  {
    name: 'unknown order',
    steps: 'GET /v2/orders:by_client_order_id of an id that was never used',
    expected: 'Nothing is found, and nothing throws',
    play: async (table) => {
      const order = await trading(table).orderByClientId(`${table.runId}-never`)
      check(order === undefined, 'an order that is none')
    },
  },
  {
    name: 'too many decimals',
    steps: 'Buy 1 contract limited at 0.015',
    expected: 'Refused with 422 or rejected later; never a working order',
    play: async (table) => {
      try {
        const order = await trading(table).submitOrder(buy(table, 'decimals', { limitMicros: 15_000 }))
        const final = await trading(table).cancelAndConfirm(order.id, 15_000)
        check(final.status === 'rejected', `the order is ${final.status}`)
      } catch (error) {
        check(error instanceof AlpacaApiError && error.kind === 'invalid', String(error))
      }
    },
  },
  {
    name: 'wrong intent',
    steps: 'Buy to close a contract that is not held short',
    expected: 'Refused with 403 or 422',
    play: async (table) => {
      const error = await trading(table)
        .submitOrder(buy(table, 'intent', { positionIntent: 'buy_to_close' }))
        .catch((reason: unknown) => reason)
      check(error instanceof AlpacaApiError && [403, 422].includes(error.status), 'it was not refused')
    },
  },
  {
    name: 'option stream',
    steps: 'Connect, authenticate, subscribe quotes and trades of a contract; close',
    expected: 'States connecting, authenticating, connected; the subscription is acknowledged',
    play: async (table) => {
      const states: string[] = []
      const stream = optionStream(table, (state) => states.push(state))
      stream.subscribe({ quotes: [table.contract.symbol], trades: [table.contract.symbol] })
      await stream.start()
      await stream.subscribed()
      await stream.stop()
      check(states.join() === 'connecting,authenticating,connected,disconnected', states.join())
    },
  },
  {
    name: 'trading stream',
    steps: 'Listen; buy 1 contract limited at 0.01; cancel',
    expected: 'Updates of this order arrive, the last of them canceled',
    play: async (table) => {
      const updates: OrderUpdate[] = []
      const { tradingStreamUrl } = table
      const stream = new TradingStream({
        ...table,
        ...(tradingStreamUrl === undefined ? {} : { baseUrl: tradingStreamUrl }),
        onUpdate: (update) => updates.push(update),
      })
      await stream.start()
      const order = await trading(table).submitOrder(buy(table, 'stream'))
      await trading(table).cancelAndConfirm(order.id, 15_000)
      const own = (): OrderUpdate[] => updates.filter(({ order: { id } }) => id === order.id)
      await until(() => own().at(-1)?.event === 'canceled')
      await stream.stop()
    },
  },
  {
    name: 'replace',
    needsOpenMarket: true,
    steps: 'Buy 1 contract limited at 0.01; wait until new; replace the limit by 0.02; cancel',
    expected: 'A new order with an id of its own that names the old one',
    play: async (table) => {
      const client = trading(table)
      const first = await client.submitOrder(buy(table, 'replace-1'))
      await until(async () => (await client.order(first.id)).status === 'new')
      const second = await client.replaceOrder(first.id, {
        clientOrderId: `${table.runId}-replace-2`,
        limitMicros: 20_000,
      })
      check(second.replaces === first.id && second.id !== first.id, 'the new order does not name the old')
      await client.cancelAndConfirm(second.id, 15_000)
    },
  },
  {
    name: 'round trip',
    needsOpenMarket: true,
    steps: 'Buy 1 contract limited 10 cents above the ask; wait for the fill; close the position',
    expected: 'Filled, held, and flat again',
    play: async (table) => {
      const client = trading(table)
      const limitMicros = table.contract.askMicros + TEN_CENTS
      const order = await client.submitOrder(buy(table, 'trip', { limitMicros }))
      await until(async () => isFinal((await client.order(order.id)).status))
      check((await client.order(order.id)).status === 'filled', 'it was not filled')
      await until(async () => (await client.position(table.contract.symbol))?.quantity === 1)
      await client.closePosition(table.contract.symbol)
      await until(async () => (await client.position(table.contract.symbol)) === undefined)
    },
  },
]

function trading(table: Table): TradingClient {
  return new TradingClient({
    ...table,
    ...(table.tradingUrl === undefined ? {} : { baseUrl: table.tradingUrl }),
  })
}

function buy(table: Table, name: string, over: Partial<OrderRequest> = {}): OrderRequest {
  return {
    symbol: table.contract.symbol,
    side: 'buy',
    quantity: 1,
    type: 'limit',
    timeInForce: 'day',
    limitMicros: 10_000,
    positionIntent: 'buy_to_open',
    clientOrderId: `${table.runId}-${name}`,
    ...over,
  }
}

function optionStream(table: Table, onState: (state: string) => void): MarketStream {
  const { dataStreamUrl } = table
  return new MarketStream({
    ...table,
    feed: 'indicative',
    ...(dataStreamUrl === undefined ? {} : { baseUrl: dataStreamUrl }),
    onState,
    sink: {
      onQuote: () => undefined,
      onTrade: () => undefined,
      onMessage: () => undefined,
      onFault: () => undefined,
    },
  })
}

function check(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    if (await condition()) return
    await new Promise((resolve) => setTimeout(resolve, 20 * Math.min(attempt + 1, 20)))
  }
  throw new Error('it did not come to that in time')
}
