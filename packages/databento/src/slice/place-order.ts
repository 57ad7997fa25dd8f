const NONE = -1
/** Ranks are given anew when more than one place in so many is new. */
const SETTLE_SHARE = 32

/**
 * The order in which places follow each other within an instant, learned from their first rows.
 *
 * Feeds print the instruments of an instant in much the same order again and again. Told as a step along this
 * order, the next row's place is mostly a small positive number. Writer and reader keep the same order: a new place
 * stands behind the one it first came after; it takes its rank there between blocks, and until then ranks last.
 */
export class PlaceOrder {
  /** Ranks by place. */
  rank: Int32Array = new Int32Array(32)
  /** Places by rank. */
  place: Int32Array = new Int32Array(32)
  /** Places known. */
  count = 0
  #after: Int32Array = new Int32Array(32)
  #first = NONE
  #settled = 0

  /** Forgets all places, and keeps the room for them. */
  reset(): void {
    this.rank.fill(0)
    this.place.fill(0)
    this.#after.fill(0)
    this.count = 0
    this.#first = NONE
    this.#settled = 0
  }

  /** Makes room, so that arrays taken before a block stay good in it. */
  reserve(count: number): void {
    if (count <= this.rank.length) return
    const size = Math.max(count, this.rank.length * 2)
    this.rank = grown(this.rank, size)
    this.place = grown(this.place, size)
    this.#after = grown(this.#after, size)
  }

  /** Adds the next place behind another, or in front of all for −1. */
  add(behind: number): number {
    const added = this.count++
    this.reserve(this.count)
    this.rank[added] = added
    this.place[added] = added
    if (behind === NONE) {
      this.#after[added] = this.#first
      this.#first = added
    } else {
      this.#after[added] = this.#after[behind] as number
      this.#after[behind] = added
    }
    return added
  }

  /** Ends a block: if enough places have come since the last time, they take their ranks. */
  settle(): void {
    if ((this.count - this.#settled) * SETTLE_SHARE <= this.#settled) return
    this.#settled = this.count
    let rank = 0
    for (let at = this.#first; at !== NONE; at = this.#after[at] as number) {
      this.rank[at] = rank
      this.place[rank++] = at
    }
  }
}

function grown(array: Int32Array, size: number): Int32Array {
  const larger = new Int32Array(size)
  larger.set(array)
  return larger
}
