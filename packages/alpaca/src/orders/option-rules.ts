import type { IsoDate, Micros, Side } from '@scalp/canonical'
import { OrderRuleError } from '../errors.js'
import type { OrderRequest } from '../rest/trading-client.js'

/** What Alpaca takes as an order of a single option contract, from a date on. */
export interface OptionOrderRules {
  /** The first New York date they hold on. */
  readonly from: IsoDate
  readonly types: readonly OrderRequest['type'][]
  readonly timesInForce: readonly OrderRequest['timeInForce'][]
  readonly maxContracts: number
  /** Minutes after midnight in New York from which contracts that expire today take no opening orders. */
  readonly openingCutOffMinutes: number
}

/**
 * The rules by the date they came into force.
 *
 * Source: Alpaca's changelog of 2026-08-27 and -28 (stop orders, gtc); the cut-off is the earlier of the two
 * times that its pages name, 15:15; 1,000 contracts are the limit that was seen.
 */
export const OPTION_ORDER_RULES: readonly OptionOrderRules[] = [
  {
    from: '2024-02-01',
    types: ['market', 'limit'],
    timesInForce: ['day'],
    maxContracts: 1_000,
    openingCutOffMinutes: 15 * 60 + 15,
  },
  {
    from: '2026-08-28',
    types: ['market', 'limit', 'stop', 'stop_limit'],
    timesInForce: ['day', 'gtc'],
    maxContracts: 1_000,
    openingCutOffMinutes: 15 * 60 + 15,
  },
]

/** The rules in force on a date; those of the first entry before it. */
export function optionOrderRulesOn(date: IsoDate): OptionOrderRules {
  const rules = OPTION_ORDER_RULES.findLast(({ from }) => from <= date) ?? OPTION_ORDER_RULES[0]
  if (rules === undefined) throw new Error('there are no rules')
  return rules
}

/** What decides the price increment of a contract. */
export interface TickFacts {
  readonly underlying: string
  /** True in the penny program, `ppind` of the contract. */
  readonly isPenny: boolean
}

/** Underlyings whose options trade in cents at any price. */
const CENTS = new Set(['SPY', 'QQQ', 'IWM'])
const THREE_DOLLARS = 3_000_000

/** The price increment of a contract at a price, in micro-dollars. */
export function optionTickMicros({ underlying, isPenny }: TickFacts, priceMicros: Micros): Micros {
  if (CENTS.has(underlying)) return 10_000
  const isLow = priceMicros < THREE_DOLLARS
  if (isPenny) return isLow ? 10_000 : 50_000
  return isLow ? 50_000 : 100_000
}

/** Brings a limit onto the increment without making it worse: buys down, sells up. */
export function roundToTick(side: Side, priceMicros: Micros, facts: TickFacts): Micros {
  const tick = optionTickMicros(facts, priceMicros)
  return (side === 'buy' ? Math.floor(priceMicros / tick) : Math.ceil(priceMicros / tick)) * tick
}

/** The moment an order is checked at. */
export interface RuleMoment {
  /** The trading date in New York. */
  readonly date: IsoDate
  /** Minutes after midnight in New York. */
  readonly minutes: number
  readonly isOpen: boolean
  readonly expiry: IsoDate
}

/**
 * Checks an option order by what is known without asking Alpaca.
 *
 * @throws {@link OrderRuleError} With the rule in `details.rule`.
 */
export function checkOptionOrder(order: OrderRequest, moment: RuleMoment): void {
  const rules = optionOrderRulesOn(moment.date)
  const refuse = (rule: string, reason: string): never => {
    throw new OrderRuleError({ rule, reason })
  }
  if (!rules.types.includes(order.type))
    refuse('type', `${order.type} is no order type of options on ${moment.date}`)
  if (!rules.timesInForce.includes(order.timeInForce))
    refuse('time-in-force', `${order.timeInForce} is not taken for options on ${moment.date}`)
  if (!(Number.isInteger(order.quantity) && order.quantity > 0 && order.quantity <= rules.maxContracts))
    refuse('quantity', `contracts must be a whole number from 1 to ${rules.maxContracts}`)
  if (order.type.endsWith('limit') && !(order.limitMicros !== undefined && order.limitMicros > 0))
    refuse('limit', 'a limit order needs a limit above 0')
  if (order.limitMicros !== undefined && order.limitMicros % 10_000 !== 0)
    refuse('decimals', 'a limit has at most two decimals')
  if (order.type.startsWith('stop') && !(order.stopMicros !== undefined && order.stopMicros > 0))
    refuse('stop', 'a stop order needs a stop price above 0')
  if (order.type === 'market' && !moment.isOpen)
    refuse('market-closed', 'market orders are for market hours only')
  if (moment.expiry < moment.date) refuse('expired', 'the contract is expired')
  const isOpening = order.positionIntent === 'buy_to_open' || order.positionIntent === 'sell_to_open'
  if (isOpening && moment.expiry === moment.date && moment.minutes >= rules.openingCutOffMinutes)
    refuse('expires-soon', 'contracts that expire today take no opening orders this late')
}
