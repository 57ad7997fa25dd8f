import type { Underlying, UnderlyingReader } from '@scalp/canonical'

/** The last price of each underlying. */
export class UnderlyingPrices implements UnderlyingReader {
  /** Updates dropped: older than the stored one, or no positive price. */
  dropped = 0
  readonly #bySymbol = new Map<string, Underlying>()

  /** Stores a price; false when it is none, or older than the one there is. */
  apply(underlying: Underlying): boolean {
    const known = this.#bySymbol.get(underlying.symbol)
    if (!(underlying.priceMicros > 0) || (known !== undefined && underlying.sourceUs < known.sourceUs)) {
      this.dropped++
      return false
    }
    this.#bySymbol.set(underlying.symbol, underlying)
    return true
  }

  get(symbol: string): Underlying | undefined {
    return this.#bySymbol.get(symbol)
  }
}
