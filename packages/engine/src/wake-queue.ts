import type { Us } from '@scalp/canonical'

/** Instants to wake at, each once, earliest first. */
export class WakeQueue {
  /** The earliest instant; `Infinity` when there is none. A field, since it is read before every event. */
  nextUs: Us = Number.POSITIVE_INFINITY
  /** Descending, so that the earliest is popped from the end. */
  readonly #times: Us[] = []

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
    if (us < this.nextUs) this.nextUs = us
  }

  pop(): Us {
    const us = this.nextUs
    this.#times.pop()
    this.nextUs = this.#times.at(-1) ?? Number.POSITIVE_INFINITY
    return us
  }
}
