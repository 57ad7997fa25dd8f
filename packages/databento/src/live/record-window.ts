const FIRST_ROWS = 1 << 10
/** 2,097,152 records: 32 MB for each type of record, at the worst. */
const MAX_ROWS = 1 << 21

/**
 * Remembers the records of the last moments, so that a replay of them can be told from what is new.
 *
 * A record is its time and the hash of its bytes; two the same are remembered as two.
 */
export class RecordWindow {
  /** The highest time of all records, µs. */
  lastUs: number = Number.NEGATIVE_INFINITY
  readonly #spanUs: number
  readonly #maxRows: number
  #times: Float64Array = new Float64Array(FIRST_ROWS)
  #hashes: Float64Array = new Float64Array(FIRST_ROWS)
  #head = 0
  #count = 0
  /** Times up to this one were forgotten for want of room. */
  #forgottenUs: number = Number.NEGATIVE_INFINITY

  constructor(spanUs: number, maxRows: number = MAX_ROWS) {
    this.#spanUs = spanUs
    this.#maxRows = maxRows
  }

  /** Records remembered. */
  get count(): number {
    return this.#count
  }

  /** Where a replay must start so that nothing is lost, µs. */
  get resumeUs(): number {
    return this.lastUs - this.#spanUs
  }

  /** False when more records fell into the window than it holds: some of a replay may come twice. */
  get isWhole(): boolean {
    return this.#forgottenUs < this.resumeUs
  }

  /** Remembers a record; one without a time (`NaN`), which every replay repeats, as if it were of the last one's. */
  add(time: number, hash: number): void {
    const us = Number.isNaN(time) ? this.lastUs : time
    if (us === Number.NEGATIVE_INFINITY) return
    if (us > this.lastUs) {
      this.lastUs = us
      this.#prune()
    }
    if (this.#count === this.#times.length) this.#makeRoom()
    const at = (this.#head + this.#count) & (this.#times.length - 1)
    this.#times[at] = us
    this.#hashes[at] = hash
    this.#count++
  }

  /** How often each hash is remembered. */
  counts(): Map<number, number> {
    const counts = new Map<number, number>()
    const mask = this.#times.length - 1
    for (let i = 0; i < this.#count; i++) {
      const hash = this.#hashes[(this.#head + i) & mask] as number
      counts.set(hash, (counts.get(hash) ?? 0) + 1)
    }
    return counts
  }

  #prune(): void {
    const from = this.resumeUs
    const mask = this.#times.length - 1
    while (this.#count > 0 && (this.#times[this.#head] as number) < from) {
      this.#head = (this.#head + 1) & mask
      this.#count--
    }
  }

  #makeRoom(): void {
    const rows = this.#times.length
    if (rows >= this.#maxRows) {
      this.#forgottenUs = Math.max(this.#forgottenUs, this.#times[this.#head] as number)
      this.#head = (this.#head + 1) & (rows - 1)
      this.#count--
      return
    }
    this.#times = unrolled(this.#times, this.#head)
    this.#hashes = unrolled(this.#hashes, this.#head)
    this.#head = 0
  }
}

/** Twice the column, its first row at 0. */
function unrolled(column: Float64Array, head: number): Float64Array {
  const larger = new Float64Array(column.length * 2)
  larger.set(column.subarray(head))
  larger.set(column.subarray(0, head), column.length - head)
  return larger
}

/** A 53-bit hash of words of 4 bytes. */
export function hashWords(words: Uint32Array, from: number, to: number): number {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let at = from; at < to; at++) {
    const word = words[at] as number
    a = Math.imul(a ^ word, 0x01000193)
    a ^= a >>> 15
    b = Math.imul(b + word, 0x85ebca6b)
    b ^= b >>> 13
  }
  a = Math.imul(a ^ (b >>> 7), 0xc2b2ae35)
  return ((a ^ (a >>> 16)) >>> 11) * 4_294_967_296 + (b >>> 0)
}
