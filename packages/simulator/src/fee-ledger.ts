import type { IsoDate, Micros, OrderId } from '@scalp/canonical'
import { type CostInput, type CostSchedule, capOn, costParts, rateOn } from './cost-schedule.js'

/** Charges the executions of a run one after the other; what they sum up to obeys minimums, caps and roundings. */
export interface FeeLedger {
  /** What this execution adds to the bill, integer micro-dollars; 0 when a minimum has paid for it already. */
  charge(orderId: OrderId, input: CostInput): Micros
}

interface OrderBill {
  commission: number
  clearing: number
}

const CENT = 10_000
const PARTS = ['orf', 'taf', 'sec'] as const

/**
 * The ledger of a price list. Each execution is charged the rise of a bill that is exact over an order (minimum of
 * the commission, cap of the clearing), over a day (regulatory fees rounded up to the cent) and over a month (tiers).
 */
export class ScheduleLedger implements FeeLedger {
  readonly #schedule: CostSchedule
  readonly #orders = new Map<OrderId, OrderBill>()
  readonly #day = { orf: 0, taf: 0, sec: 0 }
  #date: IsoDate = ''
  #month = ''
  #monthContracts = 0

  constructor(schedule: CostSchedule) {
    this.#schedule = schedule
  }

  charge(orderId: OrderId, input: CostInput): Micros {
    this.#turnTo(input.date)
    const parts = costParts(this.#schedule, input, this.#monthContracts)
    this.#monthContracts += input.contracts
    let total = this.#chargeOrder(orderId, parts.commission, parts.clearing, input.date)
    for (const part of PARTS) {
      const before = this.#rounded(this.#day[part])
      this.#day[part] += parts[part]
      total += this.#rounded(this.#day[part]) - before
    }
    return Math.round(total)
  }

  #chargeOrder(orderId: OrderId, commission: number, clearing: number, date: IsoDate): number {
    const bill = this.#orders.get(orderId)
    const minimum = rateOn(this.#schedule.minimum ?? [], date)
    const cap = capOn(this.#schedule, date)
    const before = bill === undefined ? 0 : Math.max(bill.commission, minimum) + Math.min(bill.clearing, cap)
    const after: OrderBill = {
      commission: (bill?.commission ?? 0) + commission,
      clearing: (bill?.clearing ?? 0) + clearing,
    }
    this.#orders.set(orderId, after)
    return Math.max(after.commission, minimum) + Math.min(after.clearing, cap) - before
  }

  /** Orders are good for the day, so their bills are forgotten with it. */
  #turnTo(date: IsoDate): void {
    if (date === this.#date) return
    this.#date = date
    this.#orders.clear()
    for (const part of PARTS) this.#day[part] = 0
    if (date.slice(0, 7) === this.#month) return
    this.#month = date.slice(0, 7)
    this.#monthContracts = 0
  }

  /** A sum of floats may lie a hair above a whole cent. */
  #rounded(micros: number): number {
    return this.#schedule.roundsUpDaily === true ? Math.ceil(micros / CENT - 1e-7) * CENT : micros
  }
}
