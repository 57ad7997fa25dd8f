const ABSENT = -3
/** Pairs of an id and its value that lie in one line of the processor's cache. */
const LINE_BITS = 3
const LINE_MASK = (1 << LINE_BITS) - 1
const INITIAL_BITS = 10
/** 2^32 over the golden ratio: its products scatter in their high bits. */
const GOLDEN = 0x9e37_79b1

/**
 * Whole numbers by instrument id: 8 bytes an id and some free ones, whatever ids there are.
 *
 * Open addressing. Ids that follow one another share a cache line; lines are scattered, so that far ids do not meet.
 */
export class IdTable {
  #pairs: Int32Array = new Int32Array(2 << INITIAL_BITS)
  /** Shift of a line's hash, and mask of a place in pairs. */
  #shift = 32 - (INITIAL_BITS - LINE_BITS)
  #mask = this.#pairs.length - 1
  #count = 0

  /** Makes room at once for so many ids. */
  constructor(ids = 0) {
    let bits = INITIAL_BITS
    while (1 << bits < ids * 2) bits++
    if (bits > INITIAL_BITS) this.#resize(bits)
  }

  /** The value of an id; -3 when there is none. */
  get(id: number): number {
    const pairs = this.#pairs
    const mask = this.#mask
    let at = this.#start(id)
    for (;;) {
      const stored = pairs[at + 1] as number
      if (stored === 0 || pairs[at] === (id | 0)) return stored + ABSENT
      at = (at + 2) & mask
    }
  }

  /** All ids, in no order. */
  ids(): Uint32Array {
    const ids = new Uint32Array(this.#count)
    let count = 0
    for (let at = 0; at < this.#pairs.length; at += 2)
      if (this.#pairs[at + 1] !== 0) ids[count++] = this.#pairs[at] as number
    return ids
  }

  /** The values of many ids at once: the processor fetches them side by side, which far memory makes worth it. */
  getMany(ids: Uint32Array, count: number, out: Int32Array): void {
    const pairs = this.#pairs
    const mask = this.#mask
    const shift = this.#shift
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number
      const line = Math.imul(id >>> LINE_BITS, GOLDEN) >>> shift
      let at = (line << (LINE_BITS + 1)) | ((id & LINE_MASK) << 1)
      let stored = pairs[at + 1] as number
      while (stored !== 0 && pairs[at] !== (id | 0)) {
        at = (at + 2) & mask
        stored = pairs[at + 1] as number
      }
      out[i] = stored + ABSENT
    }
  }

  /** Keeps a value of -2 or more. */
  set(id: number, value: number): void {
    const pairs = this.#pairs
    let at = this.#start(id)
    while (pairs[at + 1] !== 0 && pairs[at] !== (id | 0)) at = (at + 2) & this.#mask
    if (pairs[at + 1] === 0 && ++this.#count * 4 > pairs.length) {
      this.#resize(32 - this.#shift + LINE_BITS + 1)
      this.#put(id | 0, value - ABSENT)
      return
    }
    pairs[at] = id
    pairs[at + 1] = value - ABSENT
  }

  /** Forgets all. */
  clear(): void {
    if (this.#count > 0) this.#pairs.fill(0)
    this.#count = 0
  }

  #start(id: number): number {
    const line = Math.imul(id >>> LINE_BITS, GOLDEN) >>> this.#shift
    return (line << (LINE_BITS + 1)) | ((id & LINE_MASK) << 1)
  }

  #put(key: number, stored: number): void {
    let at = this.#start(key >>> 0)
    while (this.#pairs[at + 1] !== 0) at = (at + 2) & this.#mask
    this.#pairs[at] = key
    this.#pairs[at + 1] = stored
  }

  #resize(bits: number): void {
    const before = this.#pairs
    this.#pairs = new Int32Array(2 << bits)
    this.#shift = 32 - (bits - LINE_BITS)
    this.#mask = this.#pairs.length - 1
    for (let at = 0; at < before.length; at += 2)
      if (before[at + 1] !== 0) this.#put(before[at] as number, before[at + 1] as number)
  }
}
