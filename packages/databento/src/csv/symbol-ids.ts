const ABSENT = -3
/** Words of an entry: id, hash of its symbol, value. */
const ENTRY = 3
const INITIAL = 1 << 10
/** 2^32 over the golden ratio: its products scatter in their high bits. */
const GOLDEN = 0x9e37_79b1

/**
 * Numbers of instruments by the id of a line, believed only where the hash of the line's symbol is the one met before.
 *
 * One place in memory a line, where a table of texts takes four.
 */
export class SymbolIds {
  #entries: Int32Array = new Int32Array(INITIAL * ENTRY)
  #size = INITIAL
  #shift = 22
  #count = 0

  /** The value kept for an id and a hash; -3 when there is none. */
  find(id: number, hash: number): number {
    const entries = this.#entries
    for (let slot = Math.imul(id, GOLDEN) >>> this.#shift; ; slot = (slot + 1) & (this.#size - 1)) {
      const at = slot * ENTRY
      const stored = entries[at + 2] as number
      if (stored === 0 || (entries[at] === (id | 0) && entries[at + 1] === hash)) return stored + ABSENT
    }
  }

  /** As {@link find}, for many at once: the processor fetches them side by side. */
  findMany(ids: Uint32Array, hashes: Int32Array, count: number, out: Int32Array): void {
    const entries = this.#entries
    const shift = this.#shift
    const last = this.#size - 1
    for (let i = 0; i < count; i++) {
      const id = (ids[i] as number) | 0
      const hash = hashes[i]
      let at = (Math.imul(id, GOLDEN) >>> shift) * ENTRY
      let stored = entries[at + 2] as number
      while (stored !== 0 && (entries[at] !== id || entries[at + 1] !== hash)) {
        at = at === last * ENTRY ? 0 : at + ENTRY
        stored = entries[at + 2] as number
      }
      out[i] = stored + ABSENT
    }
  }

  /** Keeps a value of -2 or more for what {@link find} did not find. */
  add(id: number, hash: number, value: number): void {
    // Up to four fifths full: half as much memory to fetch from is worth some steps.
    if (++this.#count * 5 > this.#size * 4) this.#grow()
    this.#put(id | 0, hash, value - ABSENT)
  }

  /** Forgets all: another day has begun. */
  clear(): void {
    if (this.#count > 0) this.#entries.fill(0)
    this.#count = 0
  }

  #put(id: number, hash: number, stored: number): void {
    const entries = this.#entries
    let slot = Math.imul(id, GOLDEN) >>> this.#shift
    while (entries[slot * ENTRY + 2] !== 0) slot = (slot + 1) & (this.#size - 1)
    entries[slot * ENTRY] = id
    entries[slot * ENTRY + 1] = hash
    entries[slot * ENTRY + 2] = stored
  }

  #grow(): void {
    const before = this.#entries
    this.#size *= 2
    this.#shift--
    this.#entries = new Int32Array(this.#size * ENTRY)
    for (let at = 0; at < before.length; at += ENTRY) {
      const stored = before[at + 2] as number
      if (stored !== 0) this.#put(before[at] as number, before[at + 1] as number, stored)
    }
  }
}
