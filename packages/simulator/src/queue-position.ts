import type { Micros, Quote, Side, Trade } from '@scalp/canonical'

/**
 * Where a resting limit stands in the queue of its price, as far as top-of-book quotes and trades tell.
 *
 * Pessimistic: it joins behind all that is displayed, cancels come from behind it until less is displayed than stood
 * before it, and below the top of the book nothing is known, so that it waits for its price to become the best one.
 */
export class QueuePosition {
  readonly #side: Side
  readonly #limitMicros: Micros
  #ahead = Number.POSITIVE_INFINITY

  constructor(side: Side, limitMicros: Micros) {
    this.#side = side
    this.#limitMicros = limitMicros
  }

  /** Contracts before ours; `Infinity` while its price is not the best one. */
  get ahead(): number {
    return this.#ahead
  }

  /** Sees the near side of a quote: the bid of an order to buy. */
  see({ bidMicros, askMicros, bidSize, askSize }: Quote): void {
    const near = this.#side === 'buy' ? bidMicros : askMicros
    const size = this.#side === 'buy' ? bidSize : askSize
    if (near === this.#limitMicros) this.#ahead = Math.min(this.#ahead, size)
    else if (this.#isWorse(near)) this.#ahead = 0
  }

  /** Contracts of a trade that reach our order. */
  reach({ priceMicros, size }: Trade): number {
    if (this.#isWorse(priceMicros)) return size
    if (priceMicros !== this.#limitMicros) return 0
    const reached = Math.max(0, size - this.#ahead)
    this.#ahead = Math.max(0, this.#ahead - size)
    return reached
  }

  /** True when a price is worse for the other side than ours: our limit would have gone first. An empty side is. */
  #isWorse(priceMicros: Micros): boolean {
    return this.#side === 'buy' ? !(priceMicros >= this.#limitMicros) : !(priceMicros <= this.#limitMicros)
  }
}
