/** Counts durations in logarithmic buckets of 5 %: adding costs a few ns and allocates nothing. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS)
  #count = 0
  #max = 0
  #sum = 0

  get count(): number {
    return this.#count
  }

  get sumMs(): number {
    return this.#sum
  }

  add(ms: number): void {
    if (!(ms >= 0)) return
    const at = ms <= LEAST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / LEAST_MS) / STEP))
    this.#buckets[at] = (this.#buckets[at] as number) + 1
    this.#count++
    this.#sum += ms
    if (ms > this.#max) this.#max = ms
  }

  /** The upper edge of the bucket that holds a quantile, ms; null while empty. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null
    const wanted = share * this.#count
    let seen = 0
    for (let at = 0; at < BUCKETS; at++) {
      seen += this.#buckets[at] as number
      if (seen >= wanted) return Math.min(this.#max, LEAST_MS * Math.exp(at * STEP))
    }
    return this.#max
  }

  get maxMs(): number | null {
    return this.#count === 0 ? null : this.#max
  }

  reset(): void {
    this.#buckets.fill(0)
    this.#count = 0
    this.#max = 0
    this.#sum = 0
  }
}

/** 100 ns to about 30 minutes. */
const LEAST_MS = 1e-4
const STEP = Math.log(1.05)
const BUCKETS = 484
