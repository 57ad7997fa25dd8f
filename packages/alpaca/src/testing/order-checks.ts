import type { Micros } from '@scalp/canonical'
import { decimalMicros, microsText } from '../rest/fields.js'
import { isOptionSymbol, type Venue } from './venue.js'
import { VenueRefusal } from './venue-types.js'

/** An order request, read. */
export interface OrderDraft {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly type: string
  readonly timeInForce: string
  readonly quantity: number
  readonly limitMicros: Micros
  readonly stopMicros: Micros
  readonly positionIntent: string
}

const OPENING_CUT_OFF_MINUTES = 15 * 60 + 30
const MAX_QUANTITY = 1_000

/**
 * Reads the body of an order request.
 *
 * @throws `VenueRefusal` On what is malformed, missing, or not for options.
 */
export function readDraft(body: Readonly<Record<string, unknown>>, makeId: () => string): OrderDraft {
  const symbol = textOf(body['symbol'])
  const isOption = isOptionSymbol(symbol)
  if (body['order_class'] === 'mleg') throw forbidden('submit mleg order is disabled')
  if (symbol === '') throw malformed('symbol is required')
  const side = textOf(body['side'])
  if (side !== 'buy' && side !== 'sell') throw malformed('side must be buy or sell')
  const type = textOf(body['type'])
  if (type === '') throw malformed('type is required')
  const timeInForce = textOf(body['time_in_force'])
  if (timeInForce === '') throw malformed('time_in_force is required')
  if (isOption) {
    const orderClass = textOf(body['order_class'])
    if (orderClass !== '' && orderClass !== 'simple')
      throw invalid('complex orders not supported for options trading')
    if (body['notional'] !== undefined && body['notional'] !== null)
      throw invalid('notional orders are not supported for options trading')
    if (body['extended_hours'] === true) throw invalid('extended hours is not supported for options trading')
    if (!['market', 'limit', 'stop', 'stop_limit'].includes(type))
      throw invalid('invalid order type for options trading')
    if (!['day', 'gtc'].includes(timeInForce))
      throw invalid('order_time_in_force provided not supported for options trading')
  }
  const quantity = Number(body['qty'])
  if (!(quantity > 0)) throw malformed('qty must be > 0')
  if (isOption && !Number.isInteger(quantity)) throw invalid('qty must be integer for options trading')
  if (isOption && quantity > MAX_QUANTITY) throw invalid(`options order qty must be <= ${MAX_QUANTITY}`)
  const limitMicros = priceOf(body['limit_price'])
  const stopMicros = priceOf(body['stop_price'])
  if (type.endsWith('limit') && !(limitMicros > 0)) throw malformed('limit orders require a limit price')
  if (type.startsWith('stop') && !(stopMicros > 0)) throw malformed('stop orders require a stop price')
  const clientOrderId = textOf(body['client_order_id'])
  if (clientOrderId.length > 128) throw malformed('client_order_id must be at most 128 characters')
  return {
    clientOrderId: clientOrderId === '' ? makeId() : clientOrderId,
    symbol,
    side,
    type,
    timeInForce,
    quantity,
    limitMicros,
    stopMicros,
    positionIntent: textOf(body['position_intent']),
  }
}

/**
 * Checks an order against the account and the market, in the order that Alpaca is seen to.
 *
 * @throws `VenueRefusal` With Alpaca's status, code, words and extra keys.
 */
export function checkOrder(venue: Venue, draft: OrderDraft): void {
  const { symbol, side, quantity } = draft
  const isOption = isOptionSymbol(symbol)
  const held = venue.positions.get(symbol)?.quantity ?? 0
  const closes = side === 'buy' ? held < 0 : held > 0
  if (isOption) checkContract(venue, draft, closes)
  const inferred = `${side}_to_${closes ? 'close' : 'open'}`
  if (isOption && draft.positionIntent !== '' && draft.positionIntent !== inferred)
    throw invalid(`position intent mismatch, inferred: ${inferred}, specified: ${draft.positionIntent}`)
  checkWashTrade(venue, draft)
  if (side === 'sell' && !closes)
    throw forbidden(
      isOption
        ? 'account not eligible to trade uncovered option contracts'
        : `insufficient qty available for order (requested: ${quantity}, available: 0)`,
    )
  if (side === 'sell' && quantity > venue.available(symbol)) throw shortOfQuantity(venue, draft, held)
  if (side === 'buy') {
    const cost = venue.costMicros(draft, quantity)
    const available = venue.buyingPowerMicros
    if (cost > available) throw shortOfMoney(isOption, cost, available)
  }
}

function checkContract(venue: Venue, { symbol, type }: OrderDraft, closes: boolean): void {
  const contract = venue.contracts.get(symbol)
  if (venue.settings.optionsLevel === 0) throw forbidden('account not authorized to trade options')
  if (venue.settings.optionsLevel < 2 && !closes)
    throw forbidden('account not eligible to trade long option contracts')
  if (contract === undefined) throw invalid(`contract "${symbol}" not found`)
  if (contract.expiry < venue.session.date) throw invalid(`contract "${symbol}" is expired`)
  if (!contract.isTradable) throw invalid(`contract "${symbol}" is not tradable`)
  if (
    !closes &&
    contract.expiry === venue.session.date &&
    venue.session.newYorkMinutes >= OPENING_CUT_OFF_MINUTES
  )
    throw invalid(`contract "${symbol}" expires soon, unable to open new positions`)
  if (type === 'market' && !venue.session.isOpen)
    throw invalid('options market orders are only allowed during market hours')
}

/** Opposite orders of one's own must not be able to trade with each other. */
function checkWashTrade(venue: Venue, draft: OrderDraft): void {
  for (const order of venue.working) {
    if (order.symbol !== draft.symbol || order.side === draft.side) continue
    const buy = draft.side === 'buy' ? draft.limitMicros : order.limitMicros
    const sell = draft.side === 'buy' ? order.limitMicros : draft.limitMicros
    /** A side without a limit is `NaN` and always conflicts. */
    if (buy < sell) continue
    throw new VenueRefusal(403, 40_310_000, 'potential wash trade detected. use complex orders', {
      existing_order_id: order.id,
      reject_reason: 'opposite side market/stop order exists',
    })
  }
}

function shortOfQuantity(venue: Venue, { symbol, quantity }: OrderDraft, held: number): VenueRefusal {
  const available = venue.available(symbol)
  return new VenueRefusal(
    403,
    40_310_000,
    `insufficient qty available for order (requested: ${quantity}, available: ${available})`,
    {
      symbol,
      existing_qty: String(held),
      held_for_orders: String(venue.held(symbol)),
      available: String(available),
    },
  )
}

function shortOfMoney(isOption: boolean, cost: Micros, available: Micros): VenueRefusal {
  const [need, have] = [microsText(cost), microsText(available)]
  return isOption
    ? new VenueRefusal(
        403,
        40_310_000,
        `insufficient options buying power (required: ${need}, available: ${have})`,
        { options_buying_power: have, cost_basis: need, required_options_buying_power: need },
      )
    : new VenueRefusal(403, 40_310_000, 'insufficient buying power', { buying_power: have, cost_basis: need })
}

function priceOf(value: unknown): Micros {
  if (value === undefined || value === null) return Number.NaN
  const text = typeof value === 'number' ? String(value) : textOf(value)
  const micros = decimalMicros(text)
  if (Number.isNaN(micros)) throw malformed('a price is no number')
  if (micros % 10_000 !== 0) throw invalid('limit price must be limited to 2 decimal places')
  return micros
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function malformed(message: string): VenueRefusal {
  return new VenueRefusal(422, 40_010_001, message)
}

function invalid(message: string): VenueRefusal {
  return new VenueRefusal(422, 42_210_000, message)
}

function forbidden(message: string): VenueRefusal {
  return new VenueRefusal(403, 40_310_000, message)
}
