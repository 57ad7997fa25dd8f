import type { Session, Underlying } from '@scalp/canonical'
import type { Indicator } from '@scalp/strategy'

/** The highest and lowest price of a session's first minutes: O(1), no history. Prices in micro-dollars. */
export class OpeningRange {
  readonly #lengthUs: number
  #endUs = Number.NaN
  #high = Number.NaN
  #low = Number.NaN

  /** @param minutes Length of the range. */
  constructor(minutes: number) {
    this.#lengthUs = minutes * 60_000_000
  }

  /** Starts a session that opened at `openUs`. */
  start(openUs: number): void {
    this.#endUs = openUs + this.#lengthUs
    this.#high = this.#low = Number.NaN
  }

  /** Takes a price. */
  add(us: number, priceMicros: number): void {
    if (!(us < this.#endUs && priceMicros > 0)) return
    this.#high = priceMicros > this.#high || Number.isNaN(this.#high) ? priceMicros : this.#high
    this.#low = priceMicros < this.#low || Number.isNaN(this.#low) ? priceMicros : this.#low
  }

  /** 1 above the range, -1 below it, 0 inside it, before its end, or when it is unknown. */
  breakAt(us: number, priceMicros: number): -1 | 0 | 1 {
    if (!(us >= this.#endUs)) return 0
    if (priceMicros > this.#high) return 1
    return priceMicros < this.#low ? -1 : 0
  }
}

/** The range of one symbol, kept by the market: runs of a sweep that ask for the same length share it. */
export class SessionRange extends OpeningRange implements Indicator {
  readonly #symbol: string

  constructor({ symbol, minutes }: { readonly symbol: string; readonly minutes: number }) {
    super(minutes)
    this.#symbol = symbol
  }

  onSessionOpen({ openUs }: Session): void {
    this.start(openUs)
  }

  onUnderlying({ symbol, receivedUs, priceMicros }: Underlying): void {
    if (symbol === this.#symbol) this.add(receivedUs, priceMicros)
  }
}
