import type { Micros } from '@scalp/canonical'
import { z } from 'zod'
import {
  AlpacaApiError,
  AlpacaNetworkError,
  CancelUnconfirmedError,
  ClientOrderIdTakenError,
  LiveTradingLockedError,
  OrderUnknownError,
} from '../errors.js'
import { microsText } from './fields.js'
import { AlpacaHttp, type HttpOptions } from './http.js'
import { monotonicMs, sleep } from './token-bucket.js'
import {
  type Account,
  type Activity,
  accountSchema,
  activitySchema,
  type CalendarDay,
  calendarSchema,
  clockSchema,
  contractPageSchema,
  isFinal,
  type MarketClock,
  type OptionContract,
  type Order,
  optionContractSchema,
  orderSchema,
  type Position,
  positionSchema,
} from './trading-schemas.js'

/** What a trading client takes. Paper is the default; live needs both switches. */
export interface TradingClientOptions extends HttpOptions {
  /** From the configuration. */
  readonly environment?: 'paper' | 'live'
  /** From a flag of the run, never from the same place as `environment`. */
  readonly isLiveConfirmed?: boolean
  /** Told when an order's outcome became unknown, before it is looked up. */
  readonly onUnknown?: (clientOrderId: string) => void
}

/** An order to send. */
export interface OrderRequest {
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  /** Whole contracts or shares. */
  readonly quantity: number
  readonly type: 'market' | 'limit' | 'stop' | 'stop_limit'
  readonly timeInForce: 'day' | 'gtc'
  /** Unique for ever, at most 128 characters: the key that makes sending safe. */
  readonly clientOrderId: string
  readonly limitMicros?: Micros
  readonly stopMicros?: Micros
  /** Alpaca refuses a mismatch instead of opening the wrong way: always send it for options. */
  readonly positionIntent?: 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close'
  /** True for what only reduces a position: it may use the reserve of requests. */
  readonly isUrgent?: boolean
}

/** What a replacement changes; the rest stays. */
export interface ReplaceRequest {
  /** Of the new order; the old one keeps its own. */
  readonly clientOrderId: string
  readonly quantity?: number
  readonly limitMicros?: Micros
  readonly stopMicros?: Micros
}

/** Which orders to list. */
export interface OrderQuery {
  readonly status?: 'open' | 'closed' | 'all'
  readonly limit?: number
  readonly symbols?: readonly string[]
  readonly direction?: 'asc' | 'desc'
  /** Submission time, exclusive, RFC 3339. */
  readonly after?: string
  readonly until?: string
  readonly assetClass?: string
}

/** Which contracts to list. Without dates Alpaca answers the nearest expiries only. */
export interface ContractQuery {
  readonly underlyings: readonly string[]
  readonly expiry?: string
  readonly expiryFrom?: string
  readonly expiryTo?: string
  readonly type?: 'call' | 'put'
  readonly strikeFromMicros?: Micros
  readonly strikeToMicros?: Micros
  readonly pageSize?: number
}

const PAPER = 'https://paper-api.alpaca.markets'
const LIVE = 'https://api.alpaca.markets'
const LOOKUP_WAITS_MS = [250, 500, 1_000, 2_000]
const MAX_POSTS = 3
const nothing = z.unknown()

/** The trading API of one account. */
export class TradingClient {
  readonly #http: AlpacaHttp
  readonly #wait: (ms: number) => Promise<void>
  readonly #onUnknown: (clientOrderId: string) => void

  constructor(options: TradingClientOptions) {
    const baseUrl = options.baseUrl ?? (options.environment === 'live' ? LIVE : PAPER)
    const isLive = options.environment === 'live'
    if (isLive && options.isLiveConfirmed !== true)
      throw new LiveTradingLockedError({ missing: 'isLiveConfirmed is not set' })
    if (new URL(baseUrl).host === new URL(LIVE).host && !isLive)
      throw new LiveTradingLockedError({ missing: "environment is not 'live'" })
    this.#http = new AlpacaHttp({ ...options, baseUrl })
    this.#wait = options.wait ?? sleep
    this.#onUnknown = options.onUnknown ?? (() => undefined)
  }

  account(): Promise<Account> {
    return this.#http.send({ method: 'GET', path: '/v2/account' }, accountSchema)
  }

  clock(): Promise<MarketClock> {
    return this.#http.send({ method: 'GET', path: '/v2/clock' }, clockSchema)
  }

  calendar(start: string, end: string): Promise<readonly CalendarDay[]> {
    return this.#http.send({ method: 'GET', path: '/v2/calendar', query: { start, end } }, calendarSchema)
  }

  positions(): Promise<readonly Position[]> {
    return this.#http.send({ method: 'GET', path: '/v2/positions' }, z.array(positionSchema))
  }

  /** The position in a symbol; undefined when flat. */
  position(symbol: string): Promise<Position | undefined> {
    const path = `/v2/positions/${encodeURIComponent(symbol)}`
    return orUndefined(this.#http.send({ method: 'GET', path }, positionSchema))
  }

  /** Closes a position, or `quantity` of it, by a market order. Never repeated: look before closing again. */
  closePosition(symbol: string, quantity?: number): Promise<Order> {
    const path = `/v2/positions/${encodeURIComponent(symbol)}`
    return this.#http.send(
      { method: 'DELETE', path, query: { qty: quantity }, isUrgent: true, isRepeatable: false },
      orderSchema,
    )
  }

  orders(query: OrderQuery = {}): Promise<readonly Order[]> {
    const { assetClass, ...rest } = query
    return this.#http.send(
      { method: 'GET', path: '/v2/orders', query: { ...rest, asset_class: assetClass } },
      z.array(orderSchema),
    )
  }

  order(id: string): Promise<Order> {
    return this.#http.send({ method: 'GET', path: orderPath(id), isUrgent: true }, orderSchema)
  }

  /** The order of a client order id; undefined when Alpaca has none. */
  orderByClientId(clientOrderId: string): Promise<Order | undefined> {
    return orUndefined(
      this.#http.send(
        {
          method: 'GET',
          path: '/v2/orders:by_client_order_id',
          query: { client_order_id: clientOrderId },
          isUrgent: true,
        },
        orderSchema,
      ),
    )
  }

  /**
   * Sends an order so that it stands at most once, whatever the network does.
   *
   * After a time-out, a reset or a 5xx the outcome is unknown: the order is looked up by its client id, and
   * sent again with the same id only when Alpaca does not know it.
   *
   * @throws {@link AlpacaApiError} When Alpaca refuses it.
   * @throws {@link OrderUnknownError} When it could not be found out whether it stands.
   * @throws {@link ClientOrderIdTakenError} When the id belongs to another order.
   */
  async submitOrder(request: OrderRequest): Promise<Order> {
    const { clientOrderId } = request
    for (let post = 1; ; post++) {
      try {
        return await this.#http.send(
          {
            method: 'POST',
            path: '/v2/orders',
            body: orderBody(request),
            isUrgent: request.isUrgent ?? false,
          },
          orderSchema,
        )
      } catch (error) {
        if (isTaken(error)) return await this.#own(request, error)
        if (!isOutcomeUnknown(error) && !isRateLimited(error)) throw error
        if (isOutcomeUnknown(error)) {
          this.#onUnknown(clientOrderId)
          const found = await this.#lookUp(clientOrderId)
          if (found !== undefined) return found
        }
        if (post === MAX_POSTS)
          throw isRateLimited(error) ? error : new OrderUnknownError({ clientOrderId, cause: error })
      }
    }
  }

  /**
   * Replaces a working order; the answer is the new order, with an id of its own.
   *
   * @throws {@link OrderUnknownError} When the outcome is unknown and Alpaca does not know the new client id.
   */
  async replaceOrder(id: string, request: ReplaceRequest): Promise<Order> {
    const { clientOrderId, quantity, limitMicros, stopMicros } = request
    const body = {
      client_order_id: clientOrderId,
      ...(limitMicros === undefined ? {} : { limit_price: microsText(limitMicros) }),
      ...(quantity === undefined ? {} : { qty: String(quantity) }),
      ...(stopMicros === undefined ? {} : { stop_price: microsText(stopMicros) }),
    }
    try {
      return await this.#http.send(
        { method: 'PATCH', path: orderPath(id), body, isUrgent: true },
        orderSchema,
      )
    } catch (error) {
      if (!isOutcomeUnknown(error)) throw error
      this.#onUnknown(clientOrderId)
      const found = await this.#lookUp(clientOrderId)
      if (found !== undefined) return found
      throw new OrderUnknownError({ clientOrderId, cause: error })
    }
  }

  /** Asks for a cancel. False when there was nothing left to cancel; the order may still fill when true. */
  async cancelOrder(id: string): Promise<boolean> {
    try {
      await this.#http.send({ method: 'DELETE', path: orderPath(id), isUrgent: true }, nothing)
      return true
    } catch (error) {
      if (error instanceof AlpacaApiError && (error.status === 422 || error.status === 404)) return false
      throw error
    }
  }

  /** Asks to cancel every open order; answers how many took the request. */
  async cancelAllOrders(): Promise<number> {
    const rows = await this.#http.send(
      { method: 'DELETE', path: '/v2/orders', isUrgent: true },
      z.array(z.object({ id: z.string(), status: z.number() })),
    )
    return rows.filter(({ status }) => status < 300).length
  }

  /**
   * Cancels an order and waits until it is final; what was filled by then stands in the answer.
   *
   * @throws {@link CancelUnconfirmedError} When it is not final in time: its quantity stays held.
   */
  async cancelAndConfirm(id: string, timeoutMs = 5_000): Promise<Order> {
    const startMs = monotonicMs()
    await this.cancelOrder(id)
    for (let attempt = 0; ; attempt++) {
      const order = await this.order(id)
      if (isFinal(order.status)) return order
      const waitedMs = Math.round(monotonicMs() - startMs)
      if (waitedMs >= timeoutMs)
        throw new CancelUnconfirmedError({ orderId: id, status: order.status, waitedMs })
      await this.#wait(Math.min(50 * 2 ** attempt, 1_000))
    }
  }

  /** Activities after an id or time, oldest first, page by page. */
  async *activities({
    types,
    after,
    pageSize = 100,
  }: {
    types?: readonly string[]
    after?: string
    pageSize?: number
  } = {}): AsyncGenerator<Activity> {
    let token: string | undefined
    for (;;) {
      const rows = await this.#http.send(
        {
          method: 'GET',
          path: '/v2/account/activities',
          query: { activity_types: types, after, direction: 'asc', page_size: pageSize, page_token: token },
        },
        z.array(activitySchema),
      )
      yield* rows
      if (rows.length < pageSize) return
      token = rows.at(-1)?.id
    }
  }

  /** Listed option contracts, page by page. */
  async *contracts(query: ContractQuery): AsyncGenerator<OptionContract> {
    let token: string | undefined
    do {
      const page = await this.#http.send(
        {
          method: 'GET',
          path: '/v2/options/contracts',
          query: {
            underlying_symbols: query.underlyings,
            expiration_date: query.expiry,
            expiration_date_gte: query.expiryFrom,
            expiration_date_lte: query.expiryTo,
            type: query.type,
            strike_price_gte: dollarsOf(query.strikeFromMicros),
            strike_price_lte: dollarsOf(query.strikeToMicros),
            limit: query.pageSize ?? 10_000,
            page_token: token,
          },
        },
        contractPageSchema,
      )
      yield* page.rows
      token = page.next === '' ? undefined : page.next
    } while (token !== undefined)
  }

  /** One contract; undefined when Alpaca does not list it. */
  contract(symbol: string): Promise<OptionContract | undefined> {
    const path = `/v2/options/contracts/${encodeURIComponent(symbol)}`
    return orUndefined(this.#http.send({ method: 'GET', path }, optionContractSchema))
  }

  /** An id that is taken is ours when the order is the one we wished. */
  async #own(request: OrderRequest, cause: unknown): Promise<Order> {
    const { clientOrderId, symbol, side, quantity } = request
    const order = await this.#lookUp(clientOrderId)
    if (order === undefined) throw new OrderUnknownError({ clientOrderId, cause })
    if (order.symbol === symbol && order.side === side && order.quantity === quantity) return order
    throw new ClientOrderIdTakenError({ clientOrderId })
  }

  /** Asks several times, because an order can surface late; undefined when Alpaca never knew it. */
  async #lookUp(clientOrderId: string): Promise<Order | undefined> {
    let failure: unknown
    for (const waitMs of LOOKUP_WAITS_MS) {
      try {
        const order = await this.orderByClientId(clientOrderId)
        if (order !== undefined) return order
        failure = undefined
      } catch (error) {
        failure = error
      }
      await this.#wait(waitMs)
    }
    if (failure !== undefined) throw new OrderUnknownError({ clientOrderId, cause: failure })
    return undefined
  }
}

function orderPath(id: string): string {
  return `/v2/orders/${encodeURIComponent(id)}`
}

/** The body with its keys in alphabetical order and its amounts as text, as Alpaca's own client writes it. */
function orderBody(request: OrderRequest): Readonly<Record<string, unknown>> {
  const {
    clientOrderId,
    limitMicros,
    positionIntent,
    quantity,
    side,
    stopMicros,
    symbol,
    timeInForce,
    type,
  } = request
  return {
    client_order_id: clientOrderId,
    ...(limitMicros === undefined ? {} : { limit_price: microsText(limitMicros) }),
    ...(positionIntent === undefined ? {} : { position_intent: positionIntent }),
    qty: String(quantity),
    side,
    ...(stopMicros === undefined ? {} : { stop_price: microsText(stopMicros) }),
    symbol,
    time_in_force: timeInForce,
    type,
  }
}

function dollarsOf(micros: Micros | undefined): string | undefined {
  return micros === undefined ? undefined : microsText(micros)
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof AlpacaApiError &&
    error.status === 422 &&
    error.apiCode === 40_010_001 &&
    /unique/i.test(error.apiMessage)
  )
}

function isRateLimited(error: unknown): boolean {
  return error instanceof AlpacaApiError && error.status === 429
}

function isOutcomeUnknown(error: unknown): boolean {
  return (
    error instanceof AlpacaNetworkError ||
    (error instanceof AlpacaApiError && (error.status >= 500 || error.status === 408))
  )
}

async function orUndefined<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof AlpacaApiError && error.status === 404) return undefined
    throw error
  }
}
