const NONE = -1

/** The last quote of every instrument of a day, in columns; ids are found by open addressing. */
export class InstrumentColumns {
  count = 0
  ids: Uint32Array = new Uint32Array(0)
  /** Place of the underlying; -1: not wanted. */
  underlying: Int32Array = new Int32Array(0)
  timeLow: Uint32Array = new Uint32Array(0)
  timeHigh: Uint32Array = new Uint32Array(0)
  /** Six words each: bid, ask and their sizes. */
  quote: Uint32Array = new Uint32Array(0)
  /** Time and size of the last trade, low words. */
  trade: Uint32Array = new Uint32Array(0)
  /** Records in a row with the same quote; 0 before the first. */
  run: Uint32Array = new Uint32Array(0)
  #slots: Int32Array = new Int32Array(0)
  #mask = 0

  constructor() {
    this.#resize(1 << 12)
  }

  /** Forgets all instruments, and keeps the room for them. */
  clear(): void {
    this.count = 0
    this.#slots.fill(NONE)
  }

  /** The place of an id; -1 when it is new. */
  find(id: number): number {
    const slots = this.#slots
    for (let at = hash(id) & this.#mask; ; at = (at + 1) & this.#mask) {
      const place = slots[at] as number
      if (place === NONE || this.ids[place] === id) return place
    }
  }

  /** Adds an id that is new and answers its place. */
  add(id: number, underlying: number): number {
    if (this.count === this.ids.length) this.#resize(this.count * 2)
    const place = this.count++
    this.ids[place] = id
    this.underlying[place] = underlying
    this.run[place] = 0
    this.#put(place)
    return place
  }

  #put(place: number): void {
    let at = hash(this.ids[place] as number) & this.#mask
    while (this.#slots[at] !== NONE) at = (at + 1) & this.#mask
    this.#slots[at] = place
  }

  #resize(size: number): void {
    const grown = (column: Uint32Array, words = 1): Uint32Array => {
      const larger = new Uint32Array(size * words)
      larger.set(column)
      return larger
    }
    this.ids = grown(this.ids)
    this.timeLow = grown(this.timeLow)
    this.timeHigh = grown(this.timeHigh)
    this.quote = grown(this.quote, 6)
    this.trade = grown(this.trade, 2)
    this.run = grown(this.run)
    const underlying = new Int32Array(size)
    underlying.set(this.underlying)
    this.underlying = underlying
    this.#slots = new Int32Array(size * 2).fill(NONE)
    this.#mask = size * 2 - 1
    for (let place = 0; place < this.count; place++) this.#put(place)
  }
}

function hash(id: number): number {
  return Math.imul(id, 0x9e37_79b1) >>> 7
}
