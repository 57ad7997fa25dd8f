import type { InstrumentIndex } from './instruments.js'
import type { IsoDate, Micros, Us } from './units.js'

/** A quote that may be kept. An empty side is `NaN` with size 0. */
export interface Quote {
  readonly instrument: InstrumentIndex
  /** When we could know it: receive time, or the end of the interval it samples. */
  readonly receivedUs: Us
  /** The venue's time, for freshness. Of an interval sample: the same as `receivedUs`. */
  readonly sourceUs: Us
  readonly bidMicros: Micros
  readonly askMicros: Micros
  readonly bidSize: number
  readonly askSize: number
  /** 0 for a tick; else the quote is the state at the end of an interval this long, in µs. */
  readonly sampleUs: number
}

/** A borrowed quote: dead once the call returns. Keep `copy()`. */
export interface QuoteView extends Quote {
  copy(): Quote
}

/** The side that took liquidity in a trade. */
export type Aggressor = 'buy' | 'sell' | 'unknown'

/** A trade that may be kept. */
export interface Trade {
  readonly instrument: InstrumentIndex
  readonly receivedUs: Us
  readonly sourceUs: Us
  readonly priceMicros: Micros
  readonly size: number
  readonly aggressor: Aggressor
}

/** A borrowed trade. */
export interface TradeView extends Trade {
  copy(): Trade
}

/** A bar that may be kept; it exists from its end, `receivedUs`. */
export interface Bar {
  readonly instrument: InstrumentIndex
  /** The end of the bar: nobody could know it before. */
  readonly receivedUs: Us
  readonly startUs: Us
  readonly lengthUs: number
  readonly openMicros: Micros
  readonly highMicros: Micros
  readonly lowMicros: Micros
  readonly closeMicros: Micros
  readonly volume: number
  /** `NaN` where the vendor gives none. */
  readonly vwapMicros: Micros
}

/** A borrowed bar. */
export interface BarView extends Bar {
  copy(): Bar
}

/** A daily figure about a contract, as the vendor publishes it. */
export interface Statistic {
  readonly instrument: InstrumentIndex
  readonly receivedUs: Us
  readonly kind: 'open-interest' | 'volume'
  readonly value: number
}

/**
 * The price of an underlying as the engine sees it: from a bar, a trade, a quote, or derived from options.
 *
 * Borrowed, as a quote is: read it now, its figures are others at the next event.
 */
export interface Underlying {
  readonly instrument: InstrumentIndex
  readonly symbol: string
  readonly receivedUs: Us
  readonly sourceUs: Us
  readonly priceMicros: Micros
  /** Volume traded at this price: of the bar or trade; 0 when derived. */
  readonly volume: number
  /** True when estimated from option quotes by put-call parity. */
  readonly isDerived: boolean
}

/** The regular session of a trading date, half-open `[openUs, closeUs)`. */
export interface Session {
  readonly date: IsoDate
  readonly openUs: Us
  readonly closeUs: Us
  readonly isEarlyClose: boolean
}

/** A quote that one producer fills again and again and lends to sinks; the one shape keeps calls monomorphic. */
export class QuoteBuffer implements QuoteView {
  instrument: InstrumentIndex = 0 as InstrumentIndex
  receivedUs: Us = Number.NaN
  sourceUs: Us = Number.NaN
  bidMicros: Micros = Number.NaN
  askMicros: Micros = Number.NaN
  bidSize = 0
  askSize = 0
  sampleUs = 0

  copy(): Quote {
    const { instrument, receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize, sampleUs } = this
    return { instrument, receivedUs, sourceUs, bidMicros, askMicros, bidSize, askSize, sampleUs }
  }
}

/** A trade that one producer fills again and again. */
export class TradeBuffer implements TradeView {
  instrument: InstrumentIndex = 0 as InstrumentIndex
  receivedUs: Us = Number.NaN
  sourceUs: Us = Number.NaN
  priceMicros: Micros = Number.NaN
  size = 0
  aggressor: Aggressor = 'unknown'

  copy(): Trade {
    const { instrument, receivedUs, sourceUs, priceMicros, size, aggressor } = this
    return { instrument, receivedUs, sourceUs, priceMicros, size, aggressor }
  }
}

/** The price of an underlying that one producer fills again and again. */
export class UnderlyingBuffer implements Underlying {
  instrument: InstrumentIndex = 0 as InstrumentIndex
  symbol = ''
  receivedUs: Us = Number.NaN
  sourceUs: Us = Number.NaN
  priceMicros: Micros = Number.NaN
  volume = 0
  isDerived = false

  copy(): Underlying {
    const { instrument, symbol, receivedUs, sourceUs, priceMicros, volume, isDerived } = this
    return { instrument, symbol, receivedUs, sourceUs, priceMicros, volume, isDerived }
  }
}

/** A bar that one producer fills again and again. */
export class BarBuffer implements BarView {
  instrument: InstrumentIndex = 0 as InstrumentIndex
  receivedUs: Us = Number.NaN
  startUs: Us = Number.NaN
  lengthUs = 0
  openMicros: Micros = Number.NaN
  highMicros: Micros = Number.NaN
  lowMicros: Micros = Number.NaN
  closeMicros: Micros = Number.NaN
  volume = 0
  vwapMicros: Micros = Number.NaN

  copy(): Bar {
    const { instrument, receivedUs, startUs, lengthUs, openMicros, highMicros, lowMicros, closeMicros } = this
    const { volume, vwapMicros } = this
    return {
      instrument,
      receivedUs,
      startUs,
      lengthUs,
      openMicros,
      highMicros,
      lowMicros,
      closeMicros,
      volume,
      vwapMicros,
    }
  }
}
