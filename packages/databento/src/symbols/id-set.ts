/** Ids of a page. */
const PAGE_BITS = 15
const PAGE_WORDS = 1 << (PAGE_BITS - 5)
/** All pages together: 4 MB, and 33 million ids; the first stays empty. */
const MAX_PAGES = 1 << 10
/** Of a set without ids: files that need none are opened by the thousand. */
const NO_PAGES = new Uint16Array(1 << (32 - PAGE_BITS))
const NO_BITS = new Uint32Array(PAGE_WORDS)

/**
 * Instrument ids, a bit each, so that a day's 200,000 stay near the processor.
 *
 * Bounded: ids that lie so far apart that they find no page are not taken, and their owner must know them otherwise.
 */
export class IdSet {
  #pages = NO_PAGES
  #bits = NO_BITS
  #used = 1

  has(id: number): boolean {
    const page = this.#pages[id >>> PAGE_BITS] as number
    const word = this.#bits[page * PAGE_WORDS + ((id >>> 5) & (PAGE_WORDS - 1))] as number
    return ((word >>> (id & 31)) & 1) === 1
  }

  /** Takes an id; false when there is no page for it. */
  add(id: number): boolean {
    let page = this.#pages[id >>> PAGE_BITS] as number
    if (page === 0) {
      if (this.#used === MAX_PAGES) return false
      page = this.#used++
      if (this.#used * PAGE_WORDS > this.#bits.length) this.#grow()
      this.#pages[id >>> PAGE_BITS] = page
    }
    const at = page * PAGE_WORDS + ((id >>> 5) & (PAGE_WORDS - 1))
    this.#bits[at] = (this.#bits[at] as number) | (1 << (id & 31))
    return true
  }

  delete(id: number): void {
    const page = this.#pages[id >>> PAGE_BITS] as number
    if (page === 0) return
    const at = page * PAGE_WORDS + ((id >>> 5) & (PAGE_WORDS - 1))
    this.#bits[at] = (this.#bits[at] as number) & ~(1 << (id & 31))
  }

  /**
   * Writes the places of the ids that are not in the set, of `words[from + i * step]`, and answers how many they are.
   */
  placesOfOthers(words: Uint32Array, from: number, step: number, count: number, out: Int32Array): number {
    const pages = this.#pages
    const bits = this.#bits
    let others = 0
    let word = from
    for (let i = 0; i < count; i++) {
      const id = words[word] as number
      word += step
      const page = pages[id >>> PAGE_BITS] as number
      const found = (bits[page * PAGE_WORDS + ((id >>> 5) & (PAGE_WORDS - 1))] as number) >>> (id & 31)
      out[others] = i
      others += 1 - (found & 1)
    }
    return others
  }

  /** Forgets all. */
  clear(): void {
    if (this.#used === 1) return
    this.#pages.fill(0)
    this.#bits.fill(0, 0, this.#used * PAGE_WORDS)
    this.#used = 1
  }

  #grow(): void {
    if (this.#pages === NO_PAGES) this.#pages = new Uint16Array(NO_PAGES.length)
    const bits = new Uint32Array(this.#bits.length * 2)
    bits.set(this.#bits)
    this.#bits = bits
  }
}
