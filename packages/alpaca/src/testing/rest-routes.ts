import { microsText } from '../rest/fields.js'
import { timestampOfUs } from '../wire/timestamp.js'
import type { MarketBook } from './market-book.js'
import { isOptionSymbol, multiplierOf, orderJson, type Venue } from './venue.js'
import { type FakeContract, VenueRefusal } from './venue-types.js'

/** A request, read. */
export interface RouteRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
}

/** An answer; undefined is an empty body. */
export interface RouteAnswer {
  readonly status: number
  readonly body: unknown
}

type Handler = (request: RouteRequest, argument: string) => RouteAnswer

/** Answers requests as Alpaca's trading and data APIs do, from the venue and the book. */
export function createRoutes(venue: Venue, book: MarketBook): (request: RouteRequest) => RouteAnswer {
  const routes: readonly (readonly [string, RegExp, Handler])[] = [
    ['GET', /^\/v2\/account$/, () => ok(accountJson(venue))],
    ['GET', /^\/v2\/account\/configurations$/, () => ok(CONFIGURATIONS)],
    [
      'GET',
      /^\/v2\/account\/activities(?:\/([A-Z]+))?$/,
      ({ query }, type) => ok(activities(venue, query, type)),
    ],
    ['GET', /^\/v2\/clock$/, () => ok(clockJson(venue))],
    ['GET', /^\/v2\/calendar$/, ({ query }) => ok(calendarJson(query))],
    ['POST', /^\/v2\/orders$/, ({ body }) => ok(orderJson(venue.submit(body)))],
    ['GET', /^\/v2\/orders$/, ({ query }) => ok(listOrders(venue, query))],
    ['DELETE', /^\/v2\/orders$/, () => ({ status: 207, body: cancelAll(venue) })],
    [
      'GET',
      /^\/v2\/orders:by_client_order_id$/,
      ({ query }) => ok(orderJson(venue.byClientId(query.get('client_order_id') ?? ''))),
    ],
    ['GET', /^\/v2\/orders\/([^/]+)$/, (_, id) => ok(orderJson(venue.get(id)))],
    ['PATCH', /^\/v2\/orders\/([^/]+)$/, ({ body }, id) => ok(orderJson(venue.replace(id, body)))],
    [
      'DELETE',
      /^\/v2\/orders\/([^/]+)$/,
      (_, id) => {
        venue.cancel(id)
        return { status: 204, body: undefined }
      },
    ],
    [
      'GET',
      /^\/v2\/positions$/,
      () => ok(Array.from(venue.positions.keys(), (symbol) => positionJson(venue, symbol))),
    ],
    ['DELETE', /^\/v2\/positions$/, ({ query }) => ({ status: 207, body: closeAll(venue, query) })],
    ['GET', /^\/v2\/positions\/([^/]+)$/, (_, symbol) => ok(positionJson(venue, symbol))],
    [
      'DELETE',
      /^\/v2\/positions\/([^/]+)$/,
      ({ query }, symbol) => ok(close(venue, symbol, query.get('qty'))),
    ],
    ['GET', /^\/v2\/assets\/([^/]+)$/, (_, symbol) => ok(assetJson(symbol))],
    ['GET', /^\/v2\/options\/contracts$/, ({ query }) => ok(listContracts(venue, query))],
    [
      'GET',
      /^\/v2\/options\/contracts\/([^/]+)$/,
      (_, symbol) => ok(contractJson(contractOf(venue, symbol))),
    ],
    ['GET', /^\/v1beta1\/options\/snapshots$/, ({ query }) => ok(book.snapshots(symbolsOf(query, 100)))],
    [
      'GET',
      /^\/v1beta1\/options\/snapshots\/([^/]+)$/,
      ({ query }, underlying) => ok(book.chain(underlying, venue.contracts.values(), query)),
    ],
    [
      'GET',
      /^\/v1beta1\/options\/(quotes|trades)\/latest$/,
      ({ query }, kind) => ok(book.latest(kind, symbolsOf(query, 100))),
    ],
    [
      'GET',
      /^\/v1beta1\/options\/(bars|trades)$/,
      ({ query }, kind) => ok(book.history(kind, symbolsOf(query, 100), query)),
    ],
    [
      'GET',
      /^\/v2\/stocks\/(quotes|trades|bars)\/latest$/,
      ({ query }, kind) => ok(book.latest(kind, symbolsOf(query))),
    ],
    [
      'GET',
      /^\/v2\/stocks\/(quotes|trades|bars)$/,
      ({ query }, kind) => ok(book.history(kind, symbolsOf(query), query)),
    ],
    ['GET', /^\/v2\/stocks\/snapshots$/, ({ query }) => ok(book.stockSnapshots(symbolsOf(query)))],
  ]
  return (request) => {
    for (const [method, pattern, handler] of routes) {
      const match = method === request.method ? pattern.exec(request.path) : null
      if (match !== null) return handler(request, decodeURIComponent(match[1] ?? ''))
    }
    throw new VenueRefusal(404, 40_410_000, 'endpoint not found')
  }
}

const CONFIGURATIONS = {
  disable_overnight_trading: false,
  fractional_trading: true,
  max_margin_multiplier: '4',
  max_options_trading_level: null,
  no_shorting: false,
  ptp_no_exception_entry: false,
  suspend_trade: false,
  trade_confirm_email: 'all',
}

function ok(body: unknown): RouteAnswer {
  return { status: 200, body }
}

function symbolsOf(query: URLSearchParams, max = Number.POSITIVE_INFINITY): readonly string[] {
  const symbols = (query.get('symbols') ?? '').split(',').filter((symbol) => symbol !== '')
  if (symbols.length === 0) throw new VenueRefusal(400, 40_010_000, 'symbols is required')
  if (symbols.length > max) throw new VenueRefusal(400, 40_010_000, `symbol limit is ${max}`)
  return symbols
}

function accountJson(venue: Venue): Readonly<Record<string, unknown>> {
  const cash = microsText(venue.cashMicros)
  const equity = microsText(venue.equityMicros)
  const power = microsText(venue.buyingPowerMicros)
  return {
    id: '00000000-0000-4000-8000-00000000acc0',
    account_number: 'PA0000000000',
    status: 'ACTIVE',
    crypto_status: 'ACTIVE',
    currency: 'USD',
    cash,
    equity,
    last_equity: microsText(venue.startCashMicros),
    portfolio_value: equity,
    buying_power: power,
    regt_buying_power: power,
    non_marginable_buying_power: power,
    options_buying_power: power,
    options_approved_level: 3,
    options_trading_level: venue.settings.optionsLevel,
    trading_blocked: false,
    account_blocked: false,
    transfers_blocked: false,
    trade_suspended_by_user: false,
    shorting_enabled: true,
    multiplier: '4',
    initial_margin: '0',
    maintenance_margin: '0',
    last_maintenance_margin: '0',
    sma: '0',
    long_market_value: microsText(venue.equityMicros - venue.cashMicros),
    short_market_value: '0',
    accrued_fees: '0',
    balance_asof: venue.session.date,
    created_at: '2026-01-02T14:30:00Z',
  }
}

function activities(venue: Venue, query: URLSearchParams, type: string): unknown[] {
  const wanted = (type === '' ? query.get('activity_types') : type)?.split(',')
  const after = query.get('after')
  const rows = venue.activities.filter(
    (row) =>
      (wanted === undefined || wanted.includes(String(row['activity_type']))) &&
      (after === null || String(row['transaction_time'] ?? row['date']) > after),
  )
  if (query.get('direction') !== 'asc') rows.reverse()
  const token = query.get('page_token')
  const from = token === null ? 0 : rows.findIndex(({ id }) => id === token) + 1
  return rows.slice(from, from + Math.min(Number(query.get('page_size') ?? 100), 100))
}

function clockJson(venue: Venue): Readonly<Record<string, unknown>> {
  const nowUs = venue.session.nowUs()
  const inHours = (hours: number): string => timestampOfUs(nowUs + hours * 3_600_000_000).toString()
  return {
    timestamp: timestampOfUs(nowUs).toString(),
    is_open: venue.session.isOpen,
    next_open: inHours(venue.session.isOpen ? 20 : 1),
    next_close: inHours(venue.session.isOpen ? 2 : 7),
  }
}

/** Every weekday is a trading day here. */
function calendarJson(query: URLSearchParams): unknown[] {
  const start = Date.parse(`${query.get('start') ?? '2026-01-01'}T00:00:00Z`)
  const end = Date.parse(`${query.get('end') ?? '2026-12-31'}T00:00:00Z`)
  const days: unknown[] = []
  for (let day = start; day <= end; day += 86_400_000) {
    const weekday = new Date(day).getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    const date = new Date(day).toISOString().slice(0, 10)
    days.push({
      date,
      open: '09:30',
      close: '16:00',
      session_open: '0400',
      session_close: '2000',
      settlement_date: date,
    })
  }
  return days
}

function listOrders(venue: Venue, query: URLSearchParams): unknown[] {
  const status = query.get('status') ?? 'open'
  const symbols = query.get('symbols')?.split(',')
  const assetClass = query.get('asset_class')
  const rows = Array.from(venue.orders.values()).filter(
    (order) =>
      (status === 'all' || (status === 'open') === venue.working.has(order)) &&
      (symbols === undefined || symbols.includes(order.symbol)) &&
      (assetClass === null || (assetClass === 'us_option') === order.isOption),
  )
  if (query.get('direction') !== 'asc') rows.reverse()
  const before = query.get('before_order_id')
  const after = query.get('after_order_id')
  const edge = before ?? after
  const from = edge === null ? 0 : rows.findIndex(({ id }) => id === edge) + 1
  return rows.slice(from, from + Math.min(Number(query.get('limit') ?? 50), 500)).map(orderJson)
}

function cancelAll(venue: Venue): unknown[] {
  return Array.from(venue.working).map(({ id }) => {
    venue.cancel(id)
    return { id, status: 200 }
  })
}

function positionJson(venue: Venue, symbol: string): Readonly<Record<string, unknown>> {
  const position = venue.positions.get(symbol)
  if (position === undefined) throw new VenueRefusal(404, 40_410_000, 'position does not exist')
  const multiplier = multiplierOf(symbol)
  const currentMicros = venue.quotes.get(symbol)?.bidMicros ?? 0
  const marketValue = currentMicros * position.quantity * multiplier
  const cost = position.costMicros * multiplier
  return {
    asset_id: '00000000-0000-4000-8000-0000000000aa',
    symbol,
    exchange: isOptionSymbol(symbol) ? '' : 'NASDAQ',
    asset_class: isOptionSymbol(symbol) ? 'us_option' : 'us_equity',
    asset_marginable: false,
    qty: String(position.quantity),
    qty_available: String(venue.available(symbol)),
    avg_entry_price: microsText(Math.round(position.costMicros / position.quantity)),
    side: position.quantity > 0 ? 'long' : 'short',
    market_value: microsText(marketValue),
    cost_basis: microsText(cost),
    unrealized_pl: microsText(marketValue - cost),
    unrealized_plpc: String(cost === 0 ? 0 : (marketValue - cost) / cost),
    unrealized_intraday_pl: microsText(marketValue - cost),
    unrealized_intraday_plpc: String(cost === 0 ? 0 : (marketValue - cost) / cost),
    current_price: microsText(currentMicros),
    lastday_price: microsText(currentMicros),
    change_today: '0',
  }
}

function close(venue: Venue, symbol: string, quantity: string | null): Readonly<Record<string, unknown>> {
  const position = venue.positions.get(symbol)
  if (position === undefined) throw new VenueRefusal(404, 40_410_000, 'position does not exist')
  return orderJson(
    venue.submit({
      symbol,
      qty: quantity ?? String(Math.abs(position.quantity)),
      side: position.quantity > 0 ? 'sell' : 'buy',
      type: 'market',
      time_in_force: 'day',
    }),
  )
}

function closeAll(venue: Venue, query: URLSearchParams): unknown[] {
  if (query.get('cancel_orders') === 'true') cancelAll(venue)
  return Array.from(venue.positions.keys()).map((symbol) => {
    try {
      return { symbol, status: 200, body: close(venue, symbol, null) }
    } catch (error) {
      if (error instanceof VenueRefusal) return { symbol, status: error.status, body: error.body }
      throw error
    }
  })
}

function assetJson(symbol: string): Readonly<Record<string, unknown>> {
  return {
    id: '00000000-0000-4000-8000-0000000000aa',
    class: 'us_equity',
    exchange: 'NASDAQ',
    symbol,
    name: symbol,
    status: 'active',
    tradable: true,
    marginable: true,
    shortable: true,
    easy_to_borrow: true,
    fractionable: true,
    attributes: ['options_enabled'],
  }
}

function contractOf(venue: Venue, key: string): FakeContract {
  for (const contract of venue.contracts.values())
    if (contract.symbol === key || contract.id === key) return contract
  throw new VenueRefusal(404, 40_410_000, `option contract ${key} not found`)
}

function listContracts(venue: Venue, query: URLSearchParams): Readonly<Record<string, unknown>> {
  const underlyings = query.get('underlying_symbols')?.split(',')
  const type = query.get('type')
  const expiry = query.get('expiration_date')
  const from = query.get('expiration_date_gte') ?? venue.session.date
  const to = query.get('expiration_date_lte') ?? (expiry === null ? comingSunday(venue.session.date) : '9999')
  const strikeFrom = Number(query.get('strike_price_gte') ?? 0)
  const strikeTo = Number(query.get('strike_price_lte') ?? Number.POSITIVE_INFINITY)
  const rows = Array.from(venue.contracts.values())
    .filter(
      (contract) =>
        (underlyings === undefined || underlyings.includes(contract.underlying)) &&
        (type === null || contract.type === type) &&
        (expiry === null ? contract.expiry >= from && contract.expiry <= to : contract.expiry === expiry) &&
        contract.strikeMicros / 1e6 >= strikeFrom &&
        contract.strikeMicros / 1e6 <= strikeTo,
    )
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  const at = Number(query.get('page_token') ?? 0)
  const limit = Math.min(Number(query.get('limit') ?? 100), 10_000)
  return {
    option_contracts: rows.slice(at, at + limit).map(contractJson),
    next_page_token: at + limit < rows.length ? String(at + limit) : null,
  }
}

/** Alpaca lists the contracts up to the coming weekend unless dates are given. */
function comingSunday(date: string): string {
  const day = Date.parse(`${date}T00:00:00Z`)
  return new Date(day + ((7 - new Date(day).getUTCDay()) % 7) * 86_400_000).toISOString().slice(0, 10)
}

function contractJson(contract: FakeContract): Readonly<Record<string, unknown>> {
  return {
    id: contract.id,
    symbol: contract.symbol,
    name: contract.symbol,
    status: 'active',
    tradable: contract.isTradable,
    expiration_date: contract.expiry,
    root_symbol: contract.underlying,
    underlying_symbol: contract.underlying,
    underlying_asset_id: '00000000-0000-4000-8000-0000000000aa',
    type: contract.type,
    style: 'american',
    strike_price: String(contract.strikeMicros / 1e6),
    multiplier: '100',
    size: '100',
    ppind: contract.isPenny,
    open_interest: String(contract.openInterest),
    open_interest_date: '2026-01-02',
    close_price: '1',
    close_price_date: '2026-01-02',
  }
}
