import {
  type InstrumentTable,
  type JournalEntry,
  type Micros,
  type OrderIntent,
  type QuoteReader,
} from '@scalp/canonical'
import type { AccountStatus, AccountStatusReader } from '@scalp/gates'

/** What an order is measured with. */
export interface PricedMarket {
  readonly quotes: QuoteReader
  readonly instruments: InstrumentTable
}

/**
 * What gates see of the account: the broker's word, less what has been ordered since. It changes between turns and by
 * entries of the engine only, so that a recording can repeat it.
 */
export class LatchedAccount implements AccountStatusReader {
  #told: AccountStatus | undefined
  #status: AccountStatus | undefined
  #market: PricedMarket | undefined

  /** Where prices come from; once, when the engine is made. */
  connect(market: PricedMarket): void {
    this.#market = market
  }

  get(): AccountStatus | undefined {
    return this.#status
  }

  /** Takes the broker's word; true when it is a new one. */
  latch(told: AccountStatus | undefined): boolean {
    if (told === this.#told) return false
    this.#told = told
    this.#status = told
    return true
  }

  /** Hears every entry of the engine: what a purchase may cost is not there for the next one. */
  hear(entry: JournalEntry): void {
    if (entry.type !== 'order-submitted' || this.#status === undefined) return
    const order = entry['order'] as OrderIntent
    if (order.side !== 'buy') return
    const settledCashMicros = this.#status.settledCashMicros - this.#cost(order)
    this.#status = { ...this.#status, settledCashMicros }
  }

  #cost({ instrument, contracts, limitMicros }: OrderIntent): Micros {
    if (this.#market === undefined) return Number.NaN
    const { quotes, instruments } = this.#market
    const listed = instruments.get(instrument)
    const multiplier = listed.kind === 'option' ? listed.option.multiplier : 1
    return contracts * (limitMicros ?? quotes.askMicros(instrument)) * multiplier
  }
}
