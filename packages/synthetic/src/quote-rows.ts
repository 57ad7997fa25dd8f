import type { Us } from '@scalp/canonical'

/** Publisher of every synthetic quote: the consolidated feed of US options. */
export const CONSOLIDATED_PUBLISHER = 30
/** Flags of every synthetic quote: last of its event, top of book, publisher specific. */
export const QUOTE_FLAGS = 194

/**
 * The quote rows of one minute in columns, of which the first `count` entries hold; lent until the next minute.
 *
 * Shape: one row per contract whose quote changed or that traded in the minute, as in a cbbo-1m file. An
 * empty side is `NaN` with size and publisher 0. Before a contract's first trade `lastUs` and `lastMicros`
 * are `NaN`; afterwards the last trade is carried forward.
 */
export interface QuoteRows {
  /** End of the minute, the receive time of every row. */
  readonly endUs: Us
  readonly count: number
  /** Position in the day's `contracts`. */
  readonly contract: Uint32Array
  readonly instrumentId: Uint32Array
  readonly bidMicros: Float64Array
  readonly askMicros: Float64Array
  readonly bidSize: Uint32Array
  readonly askSize: Uint32Array
  /** Venue at the best price, 20 to 37 without 30; 0 for an empty side. */
  readonly bidPublisher: Uint16Array
  readonly askPublisher: Uint16Array
  /** Time of the contract's last trade in the session. */
  readonly lastUs: Float64Array
  readonly lastMicros: Float64Array
  readonly lastSize: Uint32Array
}

/** The columns with a count that may change. */
export type QuoteRowColumns = { -readonly [K in keyof QuoteRows]: QuoteRows[K] }

/** Makes columns for at most `capacity` rows. */
export function createQuoteRows(capacity: number): QuoteRowColumns {
  return {
    endUs: Number.NaN,
    count: 0,
    contract: new Uint32Array(capacity),
    instrumentId: new Uint32Array(capacity),
    bidMicros: new Float64Array(capacity),
    askMicros: new Float64Array(capacity),
    bidSize: new Uint32Array(capacity),
    askSize: new Uint32Array(capacity),
    bidPublisher: new Uint16Array(capacity),
    askPublisher: new Uint16Array(capacity),
    lastUs: new Float64Array(capacity),
    lastMicros: new Float64Array(capacity),
    lastSize: new Uint32Array(capacity),
  }
}
