import type { Account, TradingClient } from '@scalp/alpaca'
import type { JournalEntry, Us } from '@scalp/canonical'
import type { AccountStatus } from '@scalp/gates'
import type { LiveConfig } from '../config/schema.js'

/** What a watch is made of. */
export interface AccountWatchOptions {
  readonly client: Pick<TradingClient, 'account'>
  readonly nowUs: () => Us
  readonly rules: LiveConfig['gates']['account']
  /** A clock that only goes forward, ms; that of the process unless told. */
  readonly nowMs?: () => number
}

/** Asks the broker what account it is, and forgets the answer when it is too old: then the account rules refuse. */
export class AccountWatch {
  readonly #options: AccountWatchOptions
  readonly #nowMs: () => number
  #status: AccountStatus | undefined
  #toldMs = Number.NEGATIVE_INFINITY
  #orders = 0

  constructor(options: AccountWatchOptions) {
    this.#options = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
  }

  /** What the broker last said; undefined when it never did, or too long ago. The same object until it says more. */
  status(): AccountStatus | undefined {
    const { rules } = this.#options
    if (rules === null || this.#nowMs() - this.#toldMs > rules.maxAgeSeconds * 1_000) return undefined
    return this.#status
  }

  /** Hears of orders: an answer that was asked for before one of them may not know of it. */
  hear({ type }: JournalEntry): void {
    if (type === 'order-submitted') this.#orders++
  }

  /** Asks once; an answer that an order has overtaken is dropped, and the next look will tell. */
  async look(): Promise<void> {
    const { client, rules, nowUs } = this.#options
    if (rules === null) return
    const orders = this.#orders
    const askedMs = this.#nowMs()
    const askedUs = Math.round(nowUs())
    const account = await client.account()
    if (orders !== this.#orders) return
    this.#status = toAccountStatus(account, rules.type, askedUs)
    this.#toldMs = askedMs
  }
}

/**
 * An account as the rules ask for it. Without a type from the configuration, an account that borrows nothing is held to
 * the rules of a cash account, and so is one of which the broker does not say.
 */
export function toAccountStatus(
  account: Account,
  type: 'auto' | AccountStatus['type'],
  sourceUs: Us,
): AccountStatus {
  const { multiplier, cashMicros, nonMarginableBuyingPowerMicros, optionsTradingLevel, dayTradeCount } =
    account
  return {
    type: type !== 'auto' ? type : multiplier > 1 ? 'margin' : 'cash',
    /** NaN when one of them is missing. */
    settledCashMicros: Math.min(cashMicros, nonMarginableBuyingPowerMicros),
    optionLevel: optionsTradingLevel,
    dayTrades: dayTradeCount,
    sourceUs,
  }
}
