import { type Micros, US_PER_SECOND, type Us } from '@scalp/canonical'

/**
 * Smooths a price that jitters because it is estimated: an exponential mean over time, of the price as it stood.
 *
 * Each price counts for as long as it stood, not once per tick, so repeating a price changes nothing.
 */
export class SmoothedPrice {
  readonly #spanUs: number
  #lastUs: Us = Number.NaN
  #standing: Micros = Number.NaN
  #mean: Micros = Number.NaN
  #rejected = 0

  /** The time constant: after it, a step has come through by 63 %. 0 smooths nothing. */
  constructor({ spanSeconds }: { readonly spanSeconds: number }) {
    this.#spanUs = spanSeconds * US_PER_SECOND
  }

  /** Prices refused: not positive, or a time before the newest. */
  get rejected(): number {
    return this.#rejected
  }

  /** The smoothed price as of the last tick; `NaN` before the first. */
  get priceMicros(): Micros {
    return this.#spanUs > 0 ? this.#mean : this.#standing
  }

  /** Takes a price; false when it is refused. */
  add(us: Us, priceMicros: Micros): boolean {
    const isPrice = priceMicros > 0 && priceMicros < Number.POSITIVE_INFINITY
    if (!(isPrice && Number.isFinite(us)) || us < this.#lastUs) {
      this.#rejected++
      return false
    }
    if (Number.isNaN(this.#mean)) this.#mean = priceMicros
    else if (this.#spanUs > 0) {
      this.#mean += (this.#standing - this.#mean) * -Math.expm1((this.#lastUs - us) / this.#spanUs)
    }
    this.#lastUs = us
    this.#standing = priceMicros
    return true
  }

  /** Forgets everything but the count of refusals. */
  clear(): undefined {
    this.#lastUs = Number.NaN
    this.#standing = Number.NaN
    this.#mean = Number.NaN
  }
}
