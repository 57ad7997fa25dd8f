import { CODE, MAX_DIFFERENCE } from './format.js'

/** A column under way: two bytes a value, and a float for each value that no two bytes can say. */
export class CodeColumn {
  count = 0
  wideCount = 0
  #low: Uint8Array
  #high: Uint8Array
  #wide: Float64Array = new Float64Array(16)

  constructor(rows = 64) {
    this.#low = new Uint8Array(rows)
    this.#high = new Uint8Array(rows)
  }

  /** A code as it is. */
  put(code: number): void {
    if (this.count === this.#low.length) {
      this.#low = grown(this.#low)
      this.#high = grown(this.#high)
    }
    this.#low[this.count] = code & 0xff
    this.#high[this.count++] = code >>> 8
  }

  /** A value that only a float can say. */
  putWide(value: number): void {
    this.put(CODE.wide)
    if (this.wideCount === this.#wide.length) {
      const larger = new Float64Array(this.wideCount * 2)
      larger.set(this.#wide)
      this.#wide = larger
    }
    this.#wide[this.wideCount++] = value
  }

  /** A count: small ones are their own code. */
  putCount(value: number): void {
    if (value >= 0 && value < CODE.none && Number.isInteger(value) && !Object.is(value, -0)) this.put(value)
    else if (Number.isNaN(value)) this.put(CODE.none)
    else this.putWide(value)
  }

  /** A difference in whole units if it is small, else the value; true when the difference went in. */
  putDifference(difference: number, value: number): boolean {
    if (isSmall(difference)) {
      this.put(((difference << 1) ^ (difference >> 31)) >>> 0)
      return true
    }
    if (Number.isNaN(value)) this.put(CODE.none)
    else this.putWide(value)
    return false
  }

  /** Copies the floats out. */
  wideInto(out: Float64Array, at: number): number {
    out.set(this.#wide.subarray(0, this.wideCount), at)
    return at + this.wideCount
  }

  /** Copies the codes out: the low bytes, then the high ones. */
  codesInto(out: Uint8Array, at: number): number {
    out.set(this.#low.subarray(0, this.count), at)
    out.set(this.#high.subarray(0, this.count), at + this.count)
    return at + this.count * 2
  }

  clear(): void {
    this.count = 0
    this.wideCount = 0
  }
}

/** True for a difference that a code can say. */
export function isSmall(difference: number): boolean {
  return difference >= -MAX_DIFFERENCE && difference <= MAX_DIFFERENCE && Number.isInteger(difference)
}

function grown(array: Uint8Array): Uint8Array {
  const larger = new Uint8Array(array.length * 2)
  larger.set(array)
  return larger
}
