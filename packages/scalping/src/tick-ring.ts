/** Two number columns in a growing ring, addressed by a sequence number that never repeats. */
export class TickRing {
  #times: Float64Array
  #values: Float64Array
  #mask: number
  /** Sequence number of the oldest tick kept. */
  first = 0
  /** One more than the sequence number of the newest tick. */
  next = 0

  constructor(capacity = 512) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, capacity)))
    this.#times = new Float64Array(size)
    this.#values = new Float64Array(size)
    this.#mask = size - 1
  }

  get length(): number {
    return this.next - this.first
  }

  push(time: number, value: number): undefined {
    if (this.length > this.#mask) this.#grow()
    this.#times[this.next & this.#mask] = time
    this.#values[this.next & this.#mask] = value
    this.next++
  }

  time(sequence: number): number {
    return this.#times[sequence & this.#mask] as number
  }

  value(sequence: number): number {
    return this.#values[sequence & this.#mask] as number
  }

  /** Forgets ticks before `time`. */
  dropBefore(time: number): undefined {
    while (this.first < this.next && this.time(this.first) < time) this.first++
  }

  /** The first sequence number kept whose time is at or after `time`; `next` when there is none. */
  firstAtOrAfter(time: number): number {
    let low = this.first
    let high = this.next
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2)
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** As {@link firstAtOrAfter}, searched onwards from `hint`: O(1) amortised for windows that only move on. */
  seek(time: number, hint: number): number {
    let low = Math.max(this.first, hint)
    if (low >= this.next || (low > this.first && this.time(low - 1) >= time)) return this.firstAtOrAfter(time)
    let step = 1
    while (low < this.next && this.time(low) < time) {
      const probe = low + step
      if (probe < this.next && this.time(probe) < time) {
        low = probe
        step *= 2
      } else {
        low++
        step = 1
      }
    }
    return low
  }

  clear(): undefined {
    this.first = this.next
  }

  #grow(): undefined {
    const size = (this.#mask + 1) * 2
    const times = new Float64Array(size)
    const values = new Float64Array(size)
    for (let sequence = this.first; sequence < this.next; sequence++) {
      times[sequence & (size - 1)] = this.time(sequence)
      values[sequence & (size - 1)] = this.value(sequence)
    }
    this.#times = times
    this.#values = values
    this.#mask = size - 1
  }
}
