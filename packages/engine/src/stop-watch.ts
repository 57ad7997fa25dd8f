import type { Micros, Quote, Side, StopGuard, Us } from '@scalp/canonical'

type Sides = Pick<Quote, 'receivedUs' | 'sourceUs' | 'bidMicros' | 'askMicros'>

/** Decides when a stop has been reached, on quotes that may be empty on a side, old, crossed or far too wide. */
export class StopWatch {
  readonly #side: Side
  readonly #maxAgeUs: number
  readonly #maxSpreadPercent: number
  readonly #confirmations: number
  readonly #holdOffUs: number
  #confirmed = 0
  #deadlineUs: Us = Number.POSITIVE_INFINITY

  constructor(side: Side, guard: StopGuard = {}) {
    this.#side = side
    this.#maxAgeUs = (guard.maxQuoteAgeMs ?? 5_000) * 1_000
    this.#maxSpreadPercent = guard.maxSpreadPercent ?? 25
    this.#confirmations = guard.confirmations ?? 1
    this.#holdOffUs = (guard.holdOffMs ?? 3_000) * 1_000
  }

  /** From then on the stop fires though no sound quote says so; `Infinity` while nothing is beyond it. */
  get deadlineUs(): Us {
    return this.#deadlineUs
  }

  /** True when a quote fires the stop. */
  see(quote: Sides, stopMicros: Micros): boolean {
    const { receivedUs, sourceUs, bidMicros, askMicros } = quote
    if (receivedUs - sourceUs > this.#maxAgeUs) return false
    /** Written so that an empty side is beyond the stop: the worst is not ruled out. */
    const isBeyond = this.#side === 'sell' ? !(bidMicros > stopMicros) : !(askMicros < stopMicros)
    if (this.isSound(quote)) {
      if (!isBeyond) return this.#clear()
      this.#confirmed++
      if (this.#confirmed >= this.#confirmations) return true
    } else if (!isBeyond) return false
    this.#deadlineUs = Math.min(this.#deadlineUs, receivedUs + this.#holdOffUs)
    return receivedUs >= this.#deadlineUs
  }

  /** Two sides, neither crossed nor blown out: only such a quote is taken at its word. */
  isSound({ receivedUs, sourceUs, bidMicros, askMicros }: Sides): boolean {
    const mid = (bidMicros + askMicros) / 2
    return (
      receivedUs - sourceUs <= this.#maxAgeUs &&
      bidMicros > 0 &&
      askMicros >= bidMicros &&
      (askMicros - bidMicros) / mid <= this.#maxSpreadPercent / 100
    )
  }

  #clear(): false {
    this.#confirmed = 0
    this.#deadlineUs = Number.POSITIVE_INFINITY
    return false
  }
}
