import { MICROS_PER_DOLLAR, type Micros, parseAlpaca } from '@scalp/canonical'
import { optionTickMicros } from '../orders/option-rules.js'
import { microsText } from '../rest/fields.js'
import { isFinal } from '../rest/trading-schemas.js'
import { timestampOfUs } from '../wire/timestamp.js'
import { checkOrder, type OrderDraft, readDraft } from './order-checks.js'
import {
  type FakeContract,
  type FakeOrder,
  type FakePosition,
  type FakeQuote,
  type TradeUpdate,
  VenueRefusal,
} from './venue-types.js'

/** The session of the simulated market; set it freely. */
export interface FakeSession {
  /** µs since 1970; the wall clock unless told. */
  nowUs: () => number
  isOpen: boolean
  /** Minutes after midnight in New York, for the cut-off on the day of expiry; 10:00 unless told. */
  newYorkMinutes: number
  /** The trading date; contracts that expire on it are cut off late in the day. */
  date: string
}

/** How the venue behaves where Alpaca's own behaviour varies. */
export interface VenueSettings {
  /** Fill marketable orders from quotes, as paper does, or only by {@link Venue.fill}. */
  fills: 'quotes' | 'script'
  /** The next orders fill by half first: how many. */
  partialFills: number
  /** The next orders are accepted, then rejected: how many. */
  rejectLater: number
  /** Cancels hang in `pending_cancel`. */
  stuckCancels: boolean
  /** `options_trading_level`. */
  optionsLevel: number
  /** Cancels that lose against a fill: how many. */
  fillOnCancel: number
}

const OPTION = /^[A-Z][A-Z0-9]{0,5}\d{6}[CP]\d{8}$/

/** True for an OCC symbol without padding. */
export function isOptionSymbol(symbol: string): boolean {
  return OPTION.test(symbol)
}

/** The simulated account and its orders: validation, life cycle, fills, positions, activities. */
export class Venue {
  readonly session: FakeSession
  readonly settings: VenueSettings = {
    fills: 'quotes',
    partialFills: 0,
    rejectLater: 0,
    stuckCancels: false,
    optionsLevel: 3,
    fillOnCancel: 0,
  }
  readonly contracts: Map<string, FakeContract> = new Map()
  readonly quotes: Map<string, FakeQuote> = new Map()
  readonly positions: Map<string, FakePosition> = new Map()
  readonly activities: Record<string, unknown>[] = []
  /** In the order of their submission. */
  readonly orders: Map<string, FakeOrder> = new Map()
  readonly #byClientId = new Map<string, string>()
  readonly #working = new Set<FakeOrder>()
  readonly #onUpdate: (update: TradeUpdate) => void
  readonly #startCashMicros: Micros
  cashMicros: Micros
  #ids = 0

  constructor(session: FakeSession, cashMicros: Micros, onUpdate: (update: TradeUpdate) => void) {
    this.session = session
    this.cashMicros = cashMicros
    this.#startCashMicros = cashMicros
    this.#onUpdate = onUpdate
  }

  /** Lists a contract by its symbol. */
  list(
    symbol: string,
    { isPenny = true, openInterest = 1_000 }: { isPenny?: boolean; openInterest?: number } = {},
  ): FakeContract {
    const known = this.contracts.get(symbol)
    if (known !== undefined) return known
    const option = parseAlpaca(symbol)
    const contract: FakeContract = {
      id: this.nextId(),
      symbol,
      underlying: option.underlying,
      expiry: option.expiry,
      type: option.right === 'C' ? 'call' : 'put',
      strikeMicros: option.strikeThousandths * 1_000,
      isPenny,
      openInterest,
      isTradable: true,
    }
    this.contracts.set(symbol, contract)
    return contract
  }

  /** A uuid that is a pure function of how many were given out. */
  nextId(): string {
    return `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`
  }

  /** The open orders. */
  get working(): ReadonlySet<FakeOrder> {
    return this.#working
  }

  /** Contracts or shares of a position that open orders do not hold. */
  available(symbol: string): number {
    return (this.positions.get(symbol)?.quantity ?? 0) - this.held(symbol)
  }

  /** What open sell orders hold of a position. */
  held(symbol: string): number {
    let held = 0
    for (const order of this.#working)
      if (order.symbol === symbol && order.side === 'sell') held += order.quantity - order.filledQuantity
    return held
  }

  /** Cash less what open buy orders would cost. */
  get buyingPowerMicros(): Micros {
    let reserved = 0
    for (const order of this.#working)
      if (order.side === 'buy') reserved += this.costMicros(order, order.quantity - order.filledQuantity)
    return this.cashMicros - reserved
  }

  /** What so much of an order may cost: by its limit, or by the ask. */
  costMicros(
    { symbol, limitMicros }: { readonly symbol: string; readonly limitMicros: Micros },
    quantity: number,
  ): Micros {
    const ask = this.quotes.get(symbol)?.askMicros ?? 0
    const price = Number.isNaN(limitMicros) ? ask : limitMicros
    return price * quantity * multiplierOf(symbol)
  }

  /** POST /v2/orders. The events come after the answer, or with it. */
  submit(body: Readonly<Record<string, unknown>>): FakeOrder {
    const draft = readDraft(body, () => `fake-${this.nextId()}`)
    if (this.#byClientId.has(draft.clientOrderId))
      throw new VenueRefusal(422, 40_010_001, 'client_order_id must be unique')
    checkOrder(this, draft)
    const order = this.#create(draft, null)
    this.#announce(order)
    return order
  }

  /** PATCH /v2/orders/{id}. */
  replace(id: string, body: Readonly<Record<string, unknown>>): FakeOrder {
    const old = this.get(id)
    if (
      isFinal(old.status) ||
      ['accepted', 'pending_new', 'pending_cancel', 'pending_replace'].includes(old.status)
    )
      throw new VenueRefusal(422, 42_210_000, `cannot replace order in ${old.status} status`)
    const draft = readDraft(
      {
        symbol: old.symbol,
        side: old.side,
        type: old.type,
        time_in_force: body['time_in_force'] ?? old.timeInForce,
        position_intent: old.positionIntent,
        qty: body['qty'] ?? old.quantity,
        limit_price: body['limit_price'] ?? textOf(old.limitMicros),
        stop_price: body['stop_price'] ?? textOf(old.stopMicros),
        client_order_id: body['client_order_id'],
      },
      () => `fake-${this.nextId()}`,
    )
    if (this.#byClientId.has(draft.clientOrderId))
      throw new VenueRefusal(422, 40_010_001, 'client_order_id must be unique')
    if (
      draft.quantity === old.quantity &&
      Object.is(draft.limitMicros, old.limitMicros) &&
      Object.is(draft.stopMicros, old.stopMicros)
    )
      throw new VenueRefusal(422, 42_210_000, 'order parameters are not changed')
    if (draft.quantity <= old.filledQuantity)
      throw new VenueRefusal(422, 42_210_000, 'qty must be > filled_qty')
    this.#working.delete(old)
    try {
      checkOrder(this, { ...draft, quantity: draft.quantity - old.filledQuantity })
    } catch (refusal) {
      this.#working.add(old)
      throw refusal
    }
    const order = this.#create({ ...draft, quantity: draft.quantity - old.filledQuantity }, old.id)
    old.status = 'replaced'
    old.replacedBy = order.id
    old.replacedUs = old.updatedUs = this.session.nowUs()
    this.#emit(old, 'replaced')
    this.#announce(order)
    return order
  }

  /** DELETE /v2/orders/{id}. */
  cancel(id: string): void {
    const order = this.get(id)
    if (isFinal(order.status))
      throw new VenueRefusal(422, 42_210_000, `order is already in "${order.status}" state`)
    if (this.settings.fillOnCancel > 0) {
      this.settings.fillOnCancel--
      this.fill(
        id,
        order.quantity - order.filledQuantity,
        Number.isNaN(order.limitMicros) ? MICROS_PER_DOLLAR : order.limitMicros,
      )
      throw new VenueRefusal(422, 42_210_000, 'order is already in "filled" state')
    }
    order.status = 'pending_cancel'
    order.updatedUs = this.session.nowUs()
    this.#emit(order, 'pending_cancel')
    if (!this.settings.stuckCancels) this.finish(order, 'canceled')
  }

  /** Ends an order by an event of its own name: `canceled`, `expired` or `rejected`. */
  finish(order: FakeOrder, status: 'canceled' | 'expired' | 'rejected'): void {
    order.status = status
    order.updatedUs = this.session.nowUs()
    if (status === 'canceled') order.canceledUs = order.updatedUs
    else order.failedUs = order.updatedUs
    this.#working.delete(order)
    this.#emit(order, status)
  }

  /** Executes so much of an order at a price, as a script or a quote wishes. */
  fill(id: string, quantity: number, priceMicros: Micros): void {
    const order = this.get(id)
    const left = order.quantity - order.filledQuantity
    const executed = Math.min(quantity, left)
    if (isFinal(order.status) || executed <= 0) return
    const nowUs = this.session.nowUs()
    order.filledQuantity += executed
    order.filledValue += executed * priceMicros
    order.updatedUs = nowUs
    const isWhole = order.filledQuantity === order.quantity
    order.status = isWhole ? 'filled' : 'partially_filled'
    if (isWhole) {
      order.filledUs = nowUs
      this.#working.delete(order)
    }
    const signed = order.side === 'buy' ? executed : -executed
    this.cashMicros -= signed * priceMicros * multiplierOf(order.symbol)
    this.#hold(order.symbol, signed, priceMicros)
    const executionId = this.nextId()
    this.activities.push({
      id: `${timestampOfUs(nowUs).toString().replace(/\D/g, '').slice(0, 17).padEnd(17, '0')}::${executionId}`,
      activity_type: 'FILL',
      transaction_time: timestampOfUs(nowUs).toString(),
      type: isWhole ? 'fill' : 'partial_fill',
      price: microsText(priceMicros),
      qty: String(executed),
      side: order.side,
      symbol: order.symbol,
      leaves_qty: String(left - executed),
      cum_qty: String(order.filledQuantity),
      order_id: order.id,
      order_status: order.status,
    })
    this.#emit(order, isWhole ? 'fill' : 'partial_fill', {
      execution_id: executionId,
      price: microsText(priceMicros),
      qty: String(executed),
      position_qty: String(this.positions.get(order.symbol)?.quantity ?? 0),
    })
  }

  /** Ends a position by the calendar: `OPEXP`, `OPEXC` or `OPASN`. */
  settle(symbol: string, type: 'OPEXP' | 'OPEXC' | 'OPASN'): void {
    const quantity = this.positions.get(symbol)?.quantity ?? 0
    this.positions.delete(symbol)
    this.activities.push({
      id: `${this.session.date.replaceAll('-', '')}000000000::${this.nextId()}`,
      activity_type: type,
      date: this.session.date,
      symbol,
      qty: String(-quantity),
      net_amount: '0',
      status: 'executed',
      description: type,
    })
  }

  /** Moves the book of a symbol, and fills what became marketable. */
  quote(symbol: string, quote: FakeQuote): void {
    this.quotes.set(symbol, quote)
    if (this.settings.fills !== 'quotes') return
    for (const order of Array.from(this.#working)) if (order.symbol === symbol) this.#match(order)
  }

  /** @throws `VenueRefusal` 404 when there is none. */
  get(id: string): FakeOrder {
    const order = this.orders.get(id)
    if (order === undefined) throw new VenueRefusal(404, 40_410_000, `order not found for ${id}`)
    return order
  }

  /** The order of a client order id. */
  byClientId(clientOrderId: string): FakeOrder {
    return this.get(this.#byClientId.get(clientOrderId) ?? clientOrderId)
  }

  /** Equity: cash and what is held, at the bid. */
  get equityMicros(): Micros {
    let equity = this.cashMicros
    for (const [symbol, { quantity }] of this.positions)
      equity += quantity * (this.quotes.get(symbol)?.bidMicros ?? 0) * multiplierOf(symbol)
    return equity
  }

  get startCashMicros(): Micros {
    return this.#startCashMicros
  }

  #create(draft: OrderDraft, replaces: string | null): FakeOrder {
    const nowUs = this.session.nowUs()
    const order: FakeOrder = {
      id: this.nextId(),
      clientOrderId: draft.clientOrderId,
      symbol: draft.symbol,
      isOption: isOptionSymbol(draft.symbol),
      side: draft.side,
      type: draft.type,
      timeInForce: draft.timeInForce,
      positionIntent: draft.positionIntent,
      quantity: draft.quantity,
      limitMicros: draft.limitMicros,
      stopMicros: draft.stopMicros,
      createdUs: nowUs,
      replaces,
      status: 'pending_new',
      filledQuantity: 0,
      filledValue: 0,
      updatedUs: nowUs,
      filledUs: Number.NaN,
      canceledUs: Number.NaN,
      failedUs: Number.NaN,
      replacedUs: Number.NaN,
      replacedBy: null,
    }
    this.orders.set(order.id, order)
    this.#byClientId.set(order.clientOrderId, order.id)
    this.#working.add(order)
    return order
  }

  /** `pending_new` at once; `new`, or a late rejection, and fills in a later turn, as the venue does. */
  #announce(order: FakeOrder): void {
    this.#emit(order, 'pending_new', { execution_id: null })
    setImmediate(() => {
      if (isFinal(order.status)) return
      if (this.settings.rejectLater > 0 || !isOnTick(this.contracts.get(order.symbol), order.limitMicros)) {
        this.settings.rejectLater = Math.max(0, this.settings.rejectLater - 1)
        this.finish(order, 'rejected')
        return
      }
      if (order.status === 'pending_new') order.status = this.session.isOpen ? 'new' : 'accepted'
      this.#emit(order, order.status === 'accepted' ? 'accepted' : 'new')
      if (this.settings.fills === 'quotes') this.#match(order)
    })
  }

  #match(order: FakeOrder): void {
    const quote = this.quotes.get(order.symbol)
    const isWorking = ['new', 'partially_filled', 'pending_cancel'].includes(order.status)
    if (quote === undefined || !isWorking || !this.session.isOpen) return
    if (order.type === 'stop' || order.type === 'stop_limit') return
    const touch = order.side === 'buy' ? quote.askMicros : quote.bidMicros
    if (!(touch > 0)) return
    if (
      order.type === 'limit' &&
      (order.side === 'buy' ? order.limitMicros < touch : order.limitMicros > touch)
    )
      return
    const left = order.quantity - order.filledQuantity
    if (this.settings.partialFills > 0 && left > 1) {
      this.settings.partialFills--
      this.fill(order.id, Math.ceil(left / 2), touch)
    } else this.fill(order.id, left, touch)
  }

  #hold(symbol: string, signed: number, priceMicros: Micros): void {
    const position = this.positions.get(symbol) ?? { quantity: 0, costMicros: 0 }
    const average = position.quantity === 0 ? 0 : position.costMicros / position.quantity
    const isAdding = position.quantity === 0 || Math.sign(position.quantity) === Math.sign(signed)
    position.quantity += signed
    position.costMicros = isAdding
      ? position.costMicros + signed * priceMicros
      : Math.round(average * position.quantity)
    if (position.quantity === 0) this.positions.delete(symbol)
    else this.positions.set(symbol, position)
  }

  #emit(order: FakeOrder, event: string, extra: Readonly<Record<string, unknown>> = {}): void {
    this.#onUpdate({
      event,
      execution_id: this.nextId(),
      timestamp: timestampOfUs(this.session.nowUs()).toString(),
      ...extra,
      order: orderJson(order),
    })
  }
}

/** 100 for options, 1 for stocks. */
export function multiplierOf(symbol: string): number {
  return isOptionSymbol(symbol) ? 100 : 1
}

/** An order as REST and the stream show it. */
export function orderJson(order: FakeOrder): Readonly<Record<string, unknown>> {
  const average =
    order.filledQuantity === 0 ? null : microsText(Math.round(order.filledValue / order.filledQuantity))
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    created_at: timestampOfUs(order.createdUs).toString(),
    updated_at: timestampOfUs(order.updatedUs).toString(),
    submitted_at: timestampOfUs(order.createdUs).toString(),
    filled_at: timeText(order.filledUs),
    expired_at: order.status === 'expired' ? timeText(order.failedUs) : null,
    canceled_at: timeText(order.canceledUs),
    failed_at: order.status === 'rejected' ? timeText(order.failedUs) : null,
    replaced_at: timeText(order.replacedUs),
    replaced_by: order.replacedBy,
    replaces: order.replaces,
    asset_id: '00000000-0000-4000-8000-0000000000aa',
    symbol: order.symbol,
    asset_class: order.isOption ? 'us_option' : 'us_equity',
    notional: null,
    qty: String(order.quantity),
    filled_qty: String(order.filledQuantity),
    filled_avg_price: average,
    order_class: 'simple',
    order_type: order.type,
    type: order.type,
    side: order.side,
    position_intent: order.positionIntent,
    time_in_force: order.timeInForce,
    limit_price: textOf(order.limitMicros) ?? null,
    stop_price: textOf(order.stopMicros) ?? null,
    status: order.status,
    extended_hours: false,
    legs: null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    subtag: null,
    source: null,
  }
}

function isOnTick(contract: FakeContract | undefined, limitMicros: Micros): boolean {
  if (contract === undefined || Number.isNaN(limitMicros)) return true
  return limitMicros % optionTickMicros(contract, limitMicros) === 0
}

function textOf(micros: Micros): string | undefined {
  return Number.isNaN(micros) ? undefined : microsText(micros)
}

function timeText(us: number): string | null {
  return Number.isNaN(us) ? null : timestampOfUs(us).toString()
}
