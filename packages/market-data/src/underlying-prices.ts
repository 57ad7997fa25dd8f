import type { BarView, Micros, TradeView, Underlying, UnderlyingReader, Us } from '@scalp/canonical'
import { barValidUntilUs } from './previous-bar.js'

/** A trade's price counts this long, as that of a 1-s bar does. */
const TRADE_VALID_US = 5_000_000

interface Entry {
  underlying: Underlying
  validUntilUs: Us
}

/** The last price of each underlying. */
export class UnderlyingPrices implements UnderlyingReader {
  /** Updates dropped, for either reason. */
  get dropped(): number {
    return this.malformed + this.outOfOrder
  }
  /** Updates dropped because they had no positive finite price, or no time. */
  malformed = 0
  /** Updates dropped because they were older than the stored one. */
  outOfOrder = 0
  readonly #bySymbol = new Map<string, Entry>()

  /**
   * Stores a price; false when it is none, or older than the one there is. An update of volatility figures only
   * carries price 0 and so leaves the price and its time as they are.
   *
   * @param validUntilUs From then on {@link UnderlyingPrices.priceMicros} is unknown; never unless told.
   */
  apply(underlying: Underlying, validUntilUs: Us = Number.POSITIVE_INFINITY): boolean {
    const known = this.#bySymbol.get(underlying.symbol)
    const { priceMicros, sourceUs } = underlying
    if (!(priceMicros > 0 && Number.isFinite(priceMicros) && Number.isFinite(sourceUs))) {
      this.malformed++
      return false
    }
    if (known === undefined) {
      this.#bySymbol.set(underlying.symbol, { underlying, validUntilUs })
      return true
    }
    if (sourceUs < known.underlying.sourceUs) {
      this.outOfOrder++
      return false
    }
    known.underlying = underlying
    known.validUntilUs = validUntilUs
    return true
  }

  /** Stores the close of a bar; it counts until five of its lengths after its start. */
  applyBar(bar: BarView, symbol: string): boolean {
    const { instrument, receivedUs, startUs, lengthUs, closeMicros, volume } = bar
    return this.apply(
      {
        instrument,
        symbol,
        receivedUs,
        sourceUs: receivedUs,
        priceMicros: closeMicros,
        volume,
        isDerived: false,
      },
      barValidUntilUs(startUs, lengthUs),
    )
  }

  /** Stores the price of a trade; it counts for 5 s. */
  applyTrade(trade: TradeView, symbol: string): boolean {
    const { instrument, receivedUs, sourceUs, priceMicros, size } = trade
    return this.apply(
      { instrument, symbol, receivedUs, sourceUs, priceMicros, volume: size, isDerived: false },
      sourceUs + TRADE_VALID_US,
    )
  }

  /** The last update of a symbol, however old. */
  get(symbol: string): Underlying | undefined {
    return this.#bySymbol.get(symbol)?.underlying
  }

  /** The price as of now; `NaN` when none came or it no longer counts. */
  priceMicros(symbol: string, nowUs: Us): Micros {
    const entry = this.#bySymbol.get(symbol)
    return entry !== undefined && nowUs < entry.validUntilUs ? entry.underlying.priceMicros : Number.NaN
  }
}
