import type { Random } from '@scalp/canonical'

/** Standard normal numbers out of a uniform stream (Marsaglia's polar method, which makes them in pairs). */
export class NormalStream {
  readonly #random: Random
  #spare = Number.NaN

  constructor(random: Random) {
    this.#random = random
  }

  next(): number {
    const spare = this.#spare
    if (!Number.isNaN(spare)) {
      this.#spare = Number.NaN
      return spare
    }
    let a: number
    let b: number
    let square: number
    do {
      a = 2 * this.#random() - 1
      b = 2 * this.#random() - 1
      square = a * a + b * b
    } while (square >= 1 || square === 0)
    const scale = Math.sqrt((-2 * Math.log(square)) / square)
    this.#spare = b * scale
    return a * scale
  }
}
