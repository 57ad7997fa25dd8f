import type { Us } from '@scalp/canonical'

/** Where an underlying's implied volatility stands within its year. */
export interface VolatilityRank {
  readonly symbol: string
  /** 0 to 100: between the year's lowest and highest; `NaN` when unknown. */
  readonly ivRank: number
  /** 0 to 100: days of the year that were lower; `NaN` when unknown. */
  readonly ivPercentile: number
  readonly sourceUs: Us
}

/** The last volatility rank of each underlying, with a time of its own: an update leaves prices and their times alone. */
export class VolatilityRanks {
  /** Updates dropped because a figure lay outside 0 to 100, both were missing, or the time was none. */
  malformed = 0
  /** Updates dropped because they were older than the stored one. */
  outOfOrder = 0
  readonly #bySymbol = new Map<string, VolatilityRank>()

  /** Stores a rank; false when it is malformed or older than the one there is. */
  apply(rank: VolatilityRank): boolean {
    const { symbol, ivRank, ivPercentile, sourceUs } = rank
    const isKnown = !(Number.isNaN(ivRank) && Number.isNaN(ivPercentile))
    if (
      !(
        isKnown &&
        isPercentOrUnknown(ivRank) &&
        isPercentOrUnknown(ivPercentile) &&
        Number.isFinite(sourceUs)
      )
    ) {
      this.malformed++
      return false
    }
    if (sourceUs < (this.#bySymbol.get(symbol)?.sourceUs ?? Number.NEGATIVE_INFINITY)) {
      this.outOfOrder++
      return false
    }
    this.#bySymbol.set(symbol, rank)
    return true
  }

  get(symbol: string): VolatilityRank | undefined {
    return this.#bySymbol.get(symbol)
  }
}

function isPercentOrUnknown(value: number): boolean {
  return Number.isNaN(value) || (value >= 0 && value <= 100)
}
