/** The last prices of each place, two of them side by side: the next row is told by how far it moved from them. */
export class LastPrices {
  #values: Float64Array = new Float64Array(64)

  /** Forgets all prices, and keeps the room for them. */
  reset(): void {
    this.#values.fill(0)
  }

  /** The prices, with room for places up to this one; 0 where none was met. */
  reserve(place: number): Float64Array {
    const needed = place * 2 + 2
    if (needed > this.#values.length) {
      const larger = new Float64Array(Math.max(needed, this.#values.length * 2))
      larger.set(this.#values)
      this.#values = larger
    }
    return this.#values
  }
}
