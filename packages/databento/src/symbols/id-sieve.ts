import type { IdSet } from './id-set.js'

/** Bits for each id: of 16 ids that are not sought, one passes. */
const BITS_AN_ID = 16
const MIN_LOG2 = 15
/** Beyond these the sieve is no smaller than what it spares looking at. */
export const MOST_SOUGHT: number = 1 << 15
/** Odd, and of no pattern. Ids in even steps would meet in a product; folded and multiplied again they do not. */
const FIRST = 0x9e37_79b1
const SECOND = 0x85eb_ca6b
/** Ids that are put off before all are looked up together. */
const PUT_OFF = 1 << 16

/**
 * Finds the few ids that are sought among many, by some thousands of bits that stay nearest to the processor.
 *
 * The others are expected in a set of known ids, which is too large to look into block by block: decompression has driven
 * it out of the caches each time. They are put off until many are looked up in one go; none is taken for known unseen.
 */
export class IdSieve {
  readonly #bits: Uint32Array
  readonly #shift: number
  readonly #known: IdSet
  readonly #onStranger: (id: number) => void
  readonly #putOff = new Uint32Array(PUT_OFF)
  /** Places of strangers among them. */
  readonly #strangers = new Int32Array(PUT_OFF)
  #count = 0

  /** `onStranger` is told of each id put off that was not known. */
  constructor(sought: Uint32Array, known: IdSet, onStranger: (id: number) => void) {
    let log2 = MIN_LOG2
    while (1 << log2 < sought.length * BITS_AN_ID) log2++
    this.#shift = 32 - log2
    this.#bits = new Uint32Array(1 << (log2 - 5))
    for (const id of sought) {
      const product = Math.imul(id, FIRST)
      const bit = Math.imul(product ^ (product >>> 15), SECOND) >>> this.#shift
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31))
    }
    this.#known = known
    this.#onStranger = onStranger
  }

  /**
   * Writes the places of ids that may be sought, of `words[from + i * step]`, and answers how many they are; puts off
   * the others.
   */
  places(words: Uint32Array, from: number, step: number, count: number, out: Int32Array): number {
    if (this.#count + count > PUT_OFF) this.flush()
    const bits = this.#bits
    const shift = this.#shift
    const putOff = this.#putOff
    let others = this.#count
    let found = 0
    for (let i = 0, word = from; i < count; i++, word += step) {
      const id = words[word] as number
      const product = Math.imul(id, FIRST)
      const bit = Math.imul(product ^ (product >>> 15), SECOND) >>> shift
      const isFound = ((bits[bit >>> 5] as number) >>> (bit & 31)) & 1
      out[found] = i
      putOff[others] = id
      found += isFound
      others += 1 - isFound
    }
    this.#count = others
    return found
  }

  /** Looks up what is still put off. */
  flush(): void {
    const ids = this.#putOff
    const strangers = this.#strangers
    const count = this.#known.placesOfOthers(ids, 0, 1, this.#count, strangers)
    this.#count = 0
    for (let i = 0; i < count; i++) this.#onStranger(ids[strangers[i] as number] as number)
  }
}
