import type { InstrumentIndex, Us } from '@scalp/canonical'

/** Which deltas a slice holds, and how readily contracts come and go. */
export interface DeltaSliceOptions {
  /** Of the absolute delta, both included. */
  readonly minDelta: number
  readonly maxDelta: number
  /** A member leaves only when its delta is outside by more than this; 0.03 unless told. */
  readonly hysteresis?: number
  /** The least time between two changes of one contract, ms; 5,000 unless told. */
  readonly cooldownMs?: number
}

/**
 * The contracts whose absolute delta lies within a range, kept as deltas change. A contract enters inside the range, leaves
 * only beyond its margin, and does neither again for the cooldown. An update compares a few numbers and allocates nothing.
 */
export class DeltaSlice {
  /** Updates dropped because delta or time was none. */
  malformed = 0
  /** Updates dropped because they were older than the contract's one before. */
  outOfOrder = 0
  readonly #minDelta: number
  readonly #maxDelta: number
  readonly #hysteresis: number
  readonly #cooldownUs: number
  #isMember: Uint8Array = new Uint8Array(0)
  /** By contract: the time of its last update, and of its last change. */
  #times: Float64Array = new Float64Array(0)
  #size = 0

  constructor({ minDelta, maxDelta, hysteresis = 0.03, cooldownMs = 5_000 }: DeltaSliceOptions) {
    this.#minDelta = minDelta
    this.#maxDelta = maxDelta
    this.#hysteresis = hysteresis
    this.#cooldownUs = cooldownMs * 1_000
  }

  /** How many contracts are in. */
  get size(): number {
    return this.#size
  }

  has(instrument: InstrumentIndex): boolean {
    return this.#isMember[instrument] === 1
  }

  /** The contracts that are in, by index; a new array each time. */
  members(): InstrumentIndex[] {
    const members: InstrumentIndex[] = []
    for (let i = 0; i < this.#isMember.length; i++) {
      if (this.#isMember[i] === 1) members.push(i as InstrumentIndex)
    }
    return members
  }

  /** Follows the delta of a contract; true when it entered or left. */
  update(instrument: InstrumentIndex, delta: number, nowUs: Us): boolean {
    const size = Math.abs(delta)
    if (!(size <= 1 && nowUs > Number.NEGATIVE_INFINITY && nowUs < Number.POSITIVE_INFINITY)) {
      this.malformed++
      return false
    }
    if (instrument >= this.#isMember.length) this.#grow(instrument)
    const at = 2 * instrument
    if (nowUs < (this.#times[at] as number)) {
      this.outOfOrder++
      return false
    }
    this.#times[at] = nowUs
    const isIn = this.#isMember[instrument] === 1
    const margin = isIn ? this.#hysteresis : 0
    const isWithin = size >= this.#minDelta - margin && size <= this.#maxDelta + margin
    if (isWithin === isIn) return false
    if (nowUs - (this.#times[at + 1] as number) < this.#cooldownUs) return false
    this.#times[at + 1] = nowUs
    this.#isMember[instrument] = isWithin ? 1 : 0
    this.#size += isWithin ? 1 : -1
    return true
  }

  /** Forgets an index: it stands for another instrument now. */
  reset(instrument: InstrumentIndex): void {
    if (this.has(instrument)) this.#size--
    this.#isMember[instrument] = 0
    this.#times.fill(Number.NEGATIVE_INFINITY, 2 * instrument, 2 * instrument + 2)
  }

  #grow(instrument: InstrumentIndex): void {
    const count = Math.max(instrument + 1, 256, 2 * this.#isMember.length)
    const isMember = new Uint8Array(count)
    isMember.set(this.#isMember)
    this.#isMember = isMember
    const times = new Float64Array(2 * count).fill(Number.NEGATIVE_INFINITY)
    times.set(this.#times)
    this.#times = times
  }
}
