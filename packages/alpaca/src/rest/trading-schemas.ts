import type { Micros, Us } from '@scalp/canonical'
import { z } from 'zod'
import { flag, money, quantity, timeUs, words } from './fields.js'

/** An account: what gates trading. Amounts that Alpaca left out are `NaN`. */
export interface Account {
  readonly id: string
  readonly status: string
  readonly cashMicros: Micros
  readonly equityMicros: Micros
  readonly lastEquityMicros: Micros
  readonly buyingPowerMicros: Micros
  readonly optionsBuyingPowerMicros: Micros
  /** 0 to 3; long options need 2. `NaN` when unknown. */
  readonly optionsTradingLevel: number
  /** Buying power as a multiple of the equity: 1 borrows nothing, 2 and 4 are margin accounts. `NaN` when unknown. */
  readonly multiplier: number
  /** What may be spent without borrowing. `NaN` when unknown. */
  readonly nonMarginableBuyingPowerMicros: Micros
  /** Day trades of the last five trading days; `NaN` from servers of after 2026-07-06, which no longer count them. */
  readonly dayTradeCount: number
  /** True when the account is ACTIVE and none of its blocks is set. */
  readonly isTradable: boolean
}

/** An order as Alpaca sees it. */
export interface Order {
  readonly id: string
  readonly clientOrderId: string
  readonly symbol: string
  /** Alpaca's word; new ones may appear, see {@link isFinal}. */
  readonly status: string
  readonly side: string
  readonly type: string
  readonly timeInForce: string
  readonly positionIntent: string
  readonly quantity: number
  /** Cumulative: the truth, where sums of fills may have a gap. */
  readonly filledQuantity: number
  readonly filledAverageMicros: Micros
  readonly limitMicros: Micros
  readonly stopMicros: Micros
  readonly submittedUs: Us
  readonly updatedUs: Us
  readonly filledUs: Us
  readonly replacedBy: string
  readonly replaces: string
}

/** A held position. */
export interface Position {
  readonly symbol: string
  readonly assetClass: string
  /** Signed. */
  readonly quantity: number
  /** What open orders do not hold. */
  readonly availableQuantity: number
  readonly averageMicros: Micros
  readonly currentMicros: Micros
  readonly marketValueMicros: Micros
  readonly unrealizedMicros: Micros
}

/** A line of the account's history: a fill, an exercise, an assignment, an expiry. */
export interface Activity {
  readonly id: string
  /** `FILL`, `OPEXC`, `OPASN`, `OPEXP`, `OPTRD` and others. */
  readonly activityType: string
  readonly symbol: string
  readonly side: string
  readonly quantity: number
  readonly priceMicros: Micros
  readonly orderId: string
  /** Of fills. */
  readonly transactionUs: Us
  /** Of the others, `YYYY-MM-DD`. */
  readonly date: string
  readonly netAmountMicros: Micros
}

/** The regular session as the venue's clock sees it. */
export interface MarketClock {
  readonly nowUs: Us
  readonly isOpen: boolean
  readonly nextOpenUs: Us
  readonly nextCloseUs: Us
}

/** A trading day; times are New York wall time, `HH:MM`. */
export interface CalendarDay {
  readonly date: string
  readonly open: string
  readonly close: string
}

/** A listed option contract. */
export interface OptionContract {
  readonly id: string
  readonly symbol: string
  readonly underlying: string
  readonly root: string
  readonly expiry: string
  readonly type: string
  readonly style: string
  readonly strikeMicros: Micros
  readonly multiplier: number
  readonly isTradable: boolean
  /** True in the penny program, which has finer price increments. */
  readonly isPenny: boolean
  /** Of the previous day; `NaN` when Alpaca has none. */
  readonly openInterest: number
  readonly closeMicros: Micros
}

export const accountSchema: z.ZodType<Account> = z
  .object({
    id: words,
    status: z.string(),
    cash: money,
    equity: money,
    last_equity: money,
    buying_power: money,
    options_buying_power: money,
    options_trading_level: quantity,
    multiplier: quantity,
    non_marginable_buying_power: money,
    daytrade_count: quantity,
    trading_blocked: flag,
    account_blocked: flag,
    trade_suspended_by_user: flag,
  })
  .transform((row) => ({
    id: row.id,
    status: row.status,
    cashMicros: row.cash,
    equityMicros: row.equity,
    lastEquityMicros: row.last_equity,
    buyingPowerMicros: row.buying_power,
    optionsBuyingPowerMicros: row.options_buying_power,
    optionsTradingLevel: row.options_trading_level,
    multiplier: row.multiplier,
    nonMarginableBuyingPowerMicros: row.non_marginable_buying_power,
    dayTradeCount: row.daytrade_count,
    isTradable:
      row.status === 'ACTIVE' && !row.trading_blocked && !row.account_blocked && !row.trade_suspended_by_user,
  }))

export const orderSchema: z.ZodType<Order> = z
  .object({
    id: z.string(),
    client_order_id: z.string(),
    symbol: words,
    status: z.string(),
    side: words,
    type: words,
    time_in_force: words,
    position_intent: words,
    qty: quantity,
    filled_qty: quantity,
    filled_avg_price: money,
    limit_price: money,
    stop_price: money,
    submitted_at: timeUs,
    updated_at: timeUs,
    filled_at: timeUs,
    replaced_by: words,
    replaces: words,
  })
  .transform((row) => ({
    id: row.id,
    clientOrderId: row.client_order_id,
    symbol: row.symbol,
    status: row.status,
    side: row.side,
    type: row.type,
    timeInForce: row.time_in_force,
    positionIntent: row.position_intent,
    quantity: row.qty,
    filledQuantity: Number.isNaN(row.filled_qty) ? 0 : row.filled_qty,
    filledAverageMicros: row.filled_avg_price,
    limitMicros: row.limit_price,
    stopMicros: row.stop_price,
    submittedUs: row.submitted_at,
    updatedUs: row.updated_at,
    filledUs: row.filled_at,
    replacedBy: row.replaced_by,
    replaces: row.replaces,
  }))

export const positionSchema: z.ZodType<Position> = z
  .object({
    symbol: z.string(),
    asset_class: words,
    qty: quantity,
    qty_available: quantity,
    avg_entry_price: money,
    current_price: money,
    market_value: money,
    unrealized_pl: money,
  })
  .transform((row) => ({
    symbol: row.symbol,
    assetClass: row.asset_class,
    quantity: row.qty,
    availableQuantity: row.qty_available,
    averageMicros: row.avg_entry_price,
    currentMicros: row.current_price,
    marketValueMicros: row.market_value,
    unrealizedMicros: row.unrealized_pl,
  }))

export const activitySchema: z.ZodType<Activity> = z
  .object({
    id: z.string(),
    activity_type: z.string(),
    symbol: words,
    side: words,
    qty: quantity,
    price: money,
    order_id: words,
    transaction_time: timeUs,
    date: words,
    net_amount: money,
  })
  .transform((row) => ({
    id: row.id,
    activityType: row.activity_type,
    symbol: row.symbol,
    side: row.side,
    quantity: row.qty,
    priceMicros: row.price,
    orderId: row.order_id,
    transactionUs: row.transaction_time,
    date: row.date,
    netAmountMicros: row.net_amount,
  }))

export const clockSchema: z.ZodType<MarketClock> = z
  .object({ timestamp: timeUs, is_open: z.boolean(), next_open: timeUs, next_close: timeUs })
  .transform((row) => ({
    nowUs: row.timestamp,
    isOpen: row.is_open,
    nextOpenUs: row.next_open,
    nextCloseUs: row.next_close,
  }))

export const calendarSchema: z.ZodType<readonly CalendarDay[]> = z.array(
  z.object({ date: z.string(), open: z.string(), close: z.string() }),
)

const contractSchema = z
  .object({
    id: z.string(),
    symbol: z.string(),
    underlying_symbol: z.string(),
    root_symbol: words,
    expiration_date: z.string(),
    type: z.string(),
    style: words,
    strike_price: money,
    multiplier: quantity,
    tradable: flag,
    ppind: flag,
    open_interest: quantity,
    close_price: money,
  })
  .transform((row) => ({
    id: row.id,
    symbol: row.symbol,
    underlying: row.underlying_symbol,
    root: row.root_symbol,
    expiry: row.expiration_date,
    type: row.type,
    style: row.style,
    strikeMicros: row.strike_price,
    multiplier: Number.isNaN(row.multiplier) ? 100 : row.multiplier,
    isTradable: row.tradable,
    isPenny: row.ppind,
    openInterest: row.open_interest,
    closeMicros: row.close_price,
  }))

export const optionContractSchema: z.ZodType<OptionContract> = contractSchema
export const contractPageSchema: z.ZodType<{ rows: readonly OptionContract[]; next: string }> = z
  .object({ option_contracts: z.array(contractSchema).nullish(), next_page_token: words })
  .transform((page) => ({ rows: page.option_contracts ?? [], next: page.next_page_token }))

const FINAL = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced'])

/** True for a status that no event changes any more. */
export function isFinal(status: string): boolean {
  return FINAL.has(status)
}
