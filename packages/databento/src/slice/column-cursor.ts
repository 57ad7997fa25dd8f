import { CODE, NOT_NARROW } from './format.js'

/** No large code is left: farther than any row. */
const NEVER = 0x7fff_ffff

/** Reads a column of a block: code after code, or by stretches of small codes with a large one at the end of each. */
export class ColumnCursor {
  /** Where the column's first code lies. */
  codes = 0
  /** How many were read. */
  read = 0
  isNarrow = true
  /** The place in the column of the next large code. */
  nextLarge: number = NEVER
  #bytes: Uint8Array = new Uint8Array(0)
  #wides: Float64Array = new Float64Array(0)
  #wide = 0
  #high = 0
  #large = 0
  #largeEnd = 0
  #largeBytes = 0

  /** Sets it to a column; answers where the column ends. */
  open(
    bytes: Uint8Array,
    wides: Float64Array,
    { at, wide, count, large }: { at: number; wide: number; count: number; large: number },
  ): number {
    this.#bytes = bytes
    this.#wides = wides
    this.#wide = wide
    this.codes = at
    this.read = 0
    this.isNarrow = large !== NOT_NARROW
    this.#high = at + count
    this.#large = at + count
    this.#largeBytes = this.isNarrow ? large * 2 : 0
    this.#largeEnd = this.#large + this.#largeBytes
    this.#seek()
    return this.isNarrow ? at + count + large * 4 : at + count * 2
  }

  /** The next code. */
  next(): number {
    const at = this.read++
    if (!this.isNarrow)
      return (this.#bytes[this.codes + at] as number) | ((this.#bytes[this.#high + at] as number) << 8)
    return at === this.nextLarge ? this.takeLarge() : (this.#bytes[this.codes + at] as number)
  }

  /** The large code at hand, whose place is `nextLarge`. */
  takeLarge(): number {
    const at = this.#large + this.#largeBytes
    const code = (this.#bytes[at] as number) | ((this.#bytes[at + 1] as number) << 8)
    this.#large += 2
    this.#seek()
    return code
  }

  /** What a code of a count says. */
  countOf(code: number): number {
    if (code < CODE.none) return code
    return code === CODE.none ? Number.NaN : this.wide()
  }

  /** What a code of a price says, told by its distance from one that is known. */
  priceOf(code: number, known: number, unit: number): number {
    if (code < CODE.none) return known + ((code >>> 1) ^ -(code & 1)) * unit
    return code === CODE.none ? Number.NaN : this.wide()
  }

  /** The next value that only a float can say. */
  wide(): number {
    return this.#wides[this.#wide++] as number
  }

  #seek(): void {
    const at = this.#large
    this.nextLarge =
      at < this.#largeEnd ? (this.#bytes[at] as number) | ((this.#bytes[at + 1] as number) << 8) : NEVER
  }
}
