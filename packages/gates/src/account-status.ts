import type { Micros, Us } from '@scalp/canonical'

/** What the broker says of an account that the account rules ask for. Unknown is `NaN` or absent, and refuses. */
export interface AccountStatus {
  readonly type: 'cash' | 'margin'
  /** Cash of settled trades only; what was sold today settles on the next trading day. */
  readonly settledCashMicros: Micros
  /** Level of option approval: 1 covered, 2 long options, 3 spreads. */
  readonly optionLevel: number
  /** Round trips within a day over the last five trading days. */
  readonly dayTrades: number
  /** When the broker said so. */
  readonly sourceUs: Us
}

/** Reads the account's status as of now; undefined before the first answer of the broker. */
export interface AccountStatusReader {
  get(): AccountStatus | undefined
}

/** Money of sales that has not arrived yet. */
interface Unsettled {
  readonly amountMicros: Micros
  readonly settlesUs: Us
}

/**
 * The settled part of the cash of a cash account, told apart by when each sale settles: options and, since
 * 2024-05-28, shares on the trading day after the trade (T+1). Paying with money that is not there yet and selling
 * before it arrives is free-riding, for which a broker freezes a cash account for 90 days.
 */
export class SettledCash {
  #settledMicros: Micros
  #unsettled: Unsettled[] = []

  constructor({ settledMicros }: { readonly settledMicros: Micros }) {
    this.#settledMicros = settledMicros
  }

  /** Takes what a purchase cost; it may leave less than nothing, and then nothing more can be bought. */
  buy(costMicros: Micros): void {
    this.#settledMicros -= costMicros
  }

  /** Adds what a sale brings, to be spent from `settlesUs` on: the open of the next trading day. */
  sell(amountMicros: Micros, settlesUs: Us): void {
    this.#unsettled.push({ amountMicros, settlesUs })
  }

  /** What may be spent at an instant, micro-dollars. */
  settledMicros(nowUs: Us): Micros {
    const due = this.#unsettled.filter(({ settlesUs }) => settlesUs <= nowUs)
    if (due.length > 0) {
      this.#unsettled = this.#unsettled.filter(({ settlesUs }) => settlesUs > nowUs)
      for (const { amountMicros } of due) this.#settledMicros += amountMicros
    }
    return this.#settledMicros
  }

  /** What still waits to settle at an instant, micro-dollars. */
  unsettledMicros(nowUs: Us): Micros {
    this.settledMicros(nowUs)
    return this.#unsettled.reduce((sum, { amountMicros }) => sum + amountMicros, 0)
  }
}
