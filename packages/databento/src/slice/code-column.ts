import { CODE, MAX_DIFFERENCE, NOT_NARROW } from './format.js'

/** Of so many codes one may be large in a narrow column. */
const NARROW_SHARE = 12

/** A column under way: two bytes a value, and a float for each value that no two bytes can say. */
export class CodeColumn {
  count = 0
  wideCount = 0
  /** Codes of more than a byte. */
  #large = 0
  #low: Uint8Array
  #high: Uint8Array
  #wide: Float64Array = new Float64Array(4)

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
    if (code > 0xff) this.#large++
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

  /** A step, up or down, if it is small; else the value that it leads to. Answers whether the step went in. */
  putStep(step: number, value: number): boolean {
    if (step >= -MAX_DIFFERENCE && step <= MAX_DIFFERENCE && Number.isInteger(step)) {
      this.put(((step << 1) ^ (step >> 31)) >>> 0)
      return true
    }
    if (Number.isNaN(value)) this.put(CODE.none)
    else this.putWide(value)
    return false
  }

  /** A value by its distance from one that is known, in units, where that leads to exactly the value. */
  putDifference(value: number, known: number, unit: number): boolean {
    const step = (value - known) / unit
    return this.putStep(known + step * unit === value ? step : Number.NaN, value)
  }

  /** Copies the floats out. */
  wideInto(out: Float64Array, at: number): number {
    out.set(this.#wide.subarray(0, this.wideCount), at)
    return at + this.wideCount
  }

  /** How many codes are large; or that the column is not narrow. */
  get large(): number {
    return this.#large * NARROW_SHARE <= this.count ? this.#large : NOT_NARROW
  }

  /** Bytes that the codes take. */
  get codeBytes(): number {
    return this.large === NOT_NARROW ? this.count * 2 : this.count + this.#large * 4
  }

  /** Copies the codes out. */
  codesInto(out: Uint8Array, at: number): number {
    const { count } = this
    out.set(this.#low.subarray(0, count), at)
    if (this.large === NOT_NARROW) out.set(this.#high.subarray(0, count), at + count)
    else this.#largeInto(out, at + count)
    return at + this.codeBytes
  }

  #largeInto(out: Uint8Array, from: number): void {
    let at = from
    for (let place = 0; place < this.count && at < from + this.#large * 2; place++) {
      if (this.#high[place] === 0) continue
      out[at + this.#large * 2] = this.#low[place] as number
      out[at + this.#large * 2 + 1] = this.#high[place] as number
      out[at++] = place & 0xff
      out[at++] = place >>> 8
    }
  }

  clear(): void {
    this.count = 0
    this.wideCount = 0
    this.#large = 0
  }
}

function grown(array: Uint8Array): Uint8Array {
  const larger = new Uint8Array(array.length * 2)
  larger.set(array)
  return larger
}
