import type { PositionReader, QuoteReader, UnderlyingReader, Us } from '@scalp/canonical'

/** The market as the venue needs to know it besides the quotes it is shown. */
export interface VenueMarket {
  /** The time at which orders and cancels are sent: the engine's, which may be past the last quote. */
  readonly nowUs: Us
  /** The standing book: for fills at once, and to price what is left at the end. */
  readonly quotes: QuoteReader
  /** Prices that expiring contracts settle at. */
  readonly prices: UnderlyingReader
  /** What adjusted positions have cost. */
  readonly positions?: PositionReader
}
