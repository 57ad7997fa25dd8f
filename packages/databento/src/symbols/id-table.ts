/** What {@link IdTable.get} answers where there is nothing. */
const ABSENT = -3
const EMPTY = 0
/** Ids that lie in one line of the processor's cache, if they follow one another. */
const LINE_BITS = 3
const LINE_MASK = (1 << LINE_BITS) - 1
const INITIAL_BITS = 10
/** 2^32 over the golden ratio: its products scatter in their high bits. */
const GOLDEN = 0x9e37_79b1

/**
 * Whole numbers by instrument id, whatever ids there are.
 *
 * Open addressing over ids alone, at most four fifths full: what is looked for among is small, and what is kept beside it
 * is fetched at the same time. Ids that follow one another share a cache line; lines are scattered, so that far ids do
 * not meet.
 */
export class IdTable {
  #keys: Int32Array = new Int32Array(1 << INITIAL_BITS)
  #values: Int32Array = new Int32Array(1 << INITIAL_BITS)
  /** Shift of a line's hash, and mask of a place. */
  #shift = 32 - (INITIAL_BITS - LINE_BITS)
  #mask = (1 << INITIAL_BITS) - 1
  #count = 0
  /** Of id 0, whose key would look like a free place. */
  #zero = ABSENT

  /** Makes room at once for so many ids. */
  constructor(ids = 0) {
    let bits = INITIAL_BITS
    while (isTooFull(ids, 1 << bits)) bits++
    if (bits > INITIAL_BITS) this.#resize(bits)
  }

  /** How many places there are for {@link placeOf}. */
  get places(): number {
    return this.#keys.length + 1
  }

  /** Where an id stands; -1 when it is not there. Good until the next id is kept. */
  placeOf(id: number): number {
    const keys = this.#keys
    const mask = this.#mask
    const key = id | 0
    if (key === EMPTY) return this.#zero === ABSENT ? -1 : keys.length
    let at = this.#start(id)
    for (;;) {
      const stored = keys[at] as number
      if (stored === key) return at
      if (stored === EMPTY) return -1
      at = (at + 1) & mask
    }
  }

  /** The value at a place. */
  valueAt(place: number): number {
    return place < this.#values.length ? (this.#values[place] as number) : this.#zero
  }

  /** The value of an id; -3 when there is none. */
  get(id: number): number {
    const place = this.placeOf(id)
    return place < 0 ? ABSENT : this.valueAt(place)
  }

  /** The values of many ids at once: the processor fetches them side by side, which far memory makes worth it. */
  getMany(ids: Uint32Array, count: number, out: Int32Array): void {
    const keys = this.#keys
    const values = this.#values
    const mask = this.#mask
    const shift = this.#shift
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number
      const key = id | 0
      const line = Math.imul(id >>> LINE_BITS, GOLDEN) >>> shift
      let at = (line << LINE_BITS) | (id & LINE_MASK)
      let stored = keys[at] as number
      while (stored !== key && stored !== EMPTY) {
        at = (at + 1) & mask
        stored = keys[at] as number
      }
      if (key === EMPTY) out[i] = this.#zero
      else out[i] = stored === EMPTY ? ABSENT : (values[at] as number)
    }
  }

  /** All ids, in no order. */
  ids(): Uint32Array {
    const hasZero = this.#zero !== ABSENT
    const ids = new Uint32Array(this.#count + (hasZero ? 1 : 0))
    let count = hasZero ? 1 : 0
    for (const key of this.#keys) if (key !== EMPTY) ids[count++] = key
    return ids
  }

  /** Keeps a value of -2 or more. */
  set(id: number, value: number): void {
    const key = id | 0
    if (key === EMPTY) {
      this.#zero = value
      return
    }
    const place = this.placeOf(id)
    if (place >= 0) {
      this.#values[place] = value
      return
    }
    if (isTooFull(++this.#count, this.#keys.length)) this.#resize(32 - this.#shift + LINE_BITS + 1)
    this.#put(key, value)
  }

  /** Forgets all. */
  clear(): void {
    if (this.#count > 0) this.#keys.fill(EMPTY)
    this.#count = 0
    this.#zero = ABSENT
  }

  #start(id: number): number {
    const line = Math.imul(id >>> LINE_BITS, GOLDEN) >>> this.#shift
    return (line << LINE_BITS) | (id & LINE_MASK)
  }

  #put(key: number, value: number): void {
    let at = this.#start(key)
    while (this.#keys[at] !== EMPTY) at = (at + 1) & this.#mask
    this.#keys[at] = key
    this.#values[at] = value
  }

  #resize(bits: number): void {
    const [keys, values] = [this.#keys, this.#values]
    this.#keys = new Int32Array(1 << bits)
    this.#values = new Int32Array(1 << bits)
    this.#shift = 32 - (bits - LINE_BITS)
    this.#mask = (1 << bits) - 1
    for (let at = 0; at < keys.length; at++)
      if (keys[at] !== EMPTY) this.#put(keys[at] as number, values[at] as number)
  }
}

function isTooFull(ids: number, places: number): boolean {
  return ids * 5 > places * 4
}
