import {
  type BarView,
  type Micros,
  type TradeView,
  type Underlying,
  UnderlyingBuffer,
  type UnderlyingReader,
  type Us,
} from '@scalp/canonical'
import { barValidUntilUs } from './previous-bar.js'

/** A trade's price counts this long, as that of a 1-s bar does. */
const TRADE_VALID_US = 5_000_000

class Entry {
  readonly underlying = new UnderlyingBuffer()
  validUntilUs: Us = Number.NaN
}

/** The last price of each underlying. What it is told is copied, and nothing is allocated per price. */
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
  /** The same entries by the index of their instrument, so that no symbol is looked up per price. */
  readonly #byInstrument: (Entry | undefined)[] = []

  /**
   * Stores a price; false when it is none, or older than the one there is. An update of volatility figures only
   * carries price 0 and so leaves the price and its time as they are.
   *
   * @param validUntilUs From then on {@link UnderlyingPrices.priceMicros} is unknown; never unless told.
   */
  apply(underlying: Underlying, validUntilUs: Us = Number.POSITIVE_INFINITY): boolean {
    const { priceMicros, sourceUs } = underlying
    if (!(priceMicros > 0 && Number.isFinite(priceMicros) && Number.isFinite(sourceUs))) {
      this.malformed++
      return false
    }
    const entry = this.#entry(underlying)
    const known = entry.underlying
    if (sourceUs < known.sourceUs) {
      this.outOfOrder++
      return false
    }
    known.instrument = underlying.instrument
    known.receivedUs = underlying.receivedUs
    known.sourceUs = sourceUs
    known.priceMicros = priceMicros
    known.volume = underlying.volume
    known.isDerived = underlying.isDerived
    entry.validUntilUs = validUntilUs
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

  /** The last update of a symbol, however old; borrowed, its figures change with the next one. */
  get(symbol: string): Underlying | undefined {
    return this.#bySymbol.get(symbol)?.underlying
  }

  /** The price as of now; `NaN` when none came or it no longer counts. */
  priceMicros(symbol: string, nowUs: Us): Micros {
    const entry = this.#bySymbol.get(symbol)
    return entry !== undefined && nowUs < entry.validUntilUs ? entry.underlying.priceMicros : Number.NaN
  }

  #entry({ symbol, instrument }: Underlying): Entry {
    let entry = this.#byInstrument[instrument]
    if (entry !== undefined && entry.underlying.symbol === symbol) return entry
    entry = this.#bySymbol.get(symbol)
    if (entry === undefined) {
      entry = new Entry()
      entry.underlying.symbol = symbol
      this.#bySymbol.set(symbol, entry)
    }
    this.#byInstrument[instrument] = entry
    return entry
  }
}
