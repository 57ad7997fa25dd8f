import type { Us } from '@scalp/canonical'

/** Instants to wake at, each once, earliest first. */
export class WakeQueue {
  /** Descending, so that the earliest is popped from the end. */
  readonly #times: Us[] = []

  /** The earliest instant; `Infinity` when there is none. */
  get nextUs(): Us {
    return this.#times.at(-1) ?? Number.POSITIVE_INFINITY
  }

  add(us: Us): void {
    if (!Number.isFinite(us)) return
    let low = 0
    let high = this.#times.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#times[middle] ?? 0) > us) low = middle + 1
      else high = middle
    }
    if (this.#times[low] !== us) this.#times.splice(low, 0, us)
  }

  pop(): Us {
    return this.#times.pop() ?? Number.POSITIVE_INFINITY
  }
}
