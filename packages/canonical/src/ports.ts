import type { BarView, Quote, QuoteView, Session, Statistic, TradeView, Underlying } from './events.js'
import type { InstrumentIndex } from './instruments.js'
import type { ApprovedOrder, OrderEvent, OrderId } from './orders.js'
import type { IsoDate, Micros, Us } from './units.js'

/** What market data talks to. One call is one event; a view is dead once the call returns. */
export interface MarketSink {
  onQuote(quote: QuoteView): undefined
  onTrade(trade: TradeView): undefined
  onBar(bar: BarView): undefined
  onStatistic(statistic: Statistic): undefined
}

/** Live data: pushes. */
export interface Feed {
  start(sink: MarketSink): Promise<void>
  stop(): Promise<void>
}

/** Recorded data: pulled, so that several tapes can be merged in time order. */
export interface Tape {
  /** Receive time of the event under the head, µs; `Infinity` when the block is used up. */
  readonly receivedUs: Us
  /** Hands the event under the head to `sink` and moves on. */
  emit(sink: MarketSink): void
  /** Loads the next block; false at the end of the tape. */
  refill(): Promise<boolean>
  /** Lets go of files and threads, also in the middle. */
  close(): Promise<void>
}

/** What a venue talks to. */
export interface BrokerSink {
  onOrderEvent(event: OrderEvent): undefined
}

/** A venue, real or simulated. What became of an order comes back later, as an event to the sink. */
export interface Broker {
  connect(sink: BrokerSink): Promise<void>
  submit(order: ApprovedOrder): void
  cancel(orderId: OrderId): void
}

/** Where decisions are written down; called within a turn, so it must not block. */
export interface Journal {
  append(entry: JournalEntry): undefined
}

/** One line of what a run saw and did. */
export interface JournalEntry {
  readonly type: string
  readonly atUs: Us
  readonly [key: string]: unknown
}

/** Quotes as they stand now. Unknown is `NaN`, and comparisons with it refuse. */
export interface QuoteReader {
  has(instrument: InstrumentIndex): boolean
  bidMicros(instrument: InstrumentIndex): Micros
  askMicros(instrument: InstrumentIndex): Micros
  bidSize(instrument: InstrumentIndex): number
  askSize(instrument: InstrumentIndex): number
  /** `NaN` unless both sides exist. */
  midMicros(instrument: InstrumentIndex): Micros
  spreadMicros(instrument: InstrumentIndex): Micros
  /** Spread in percent of the mid; `NaN` when unknown or the mid is not positive. */
  spreadPercent(instrument: InstrumentIndex): number
  receivedUs(instrument: InstrumentIndex): Us
  sourceUs(instrument: InstrumentIndex): Us
  /** Interval of which the quote is the end sample, µs; 0 for ticks. */
  sampleUs(instrument: InstrumentIndex): number
  openInterest(instrument: InstrumentIndex): number
  volume(instrument: InstrumentIndex): number
  /** When open interest was received; `NaN` when it never was. */
  openInterestUs?(instrument: InstrumentIndex): Us
  /** When the daily volume was received; `NaN` when it never was. */
  volumeUs?(instrument: InstrumentIndex): Us
  /** True for a two-sided quote that is neither crossed nor locked at zero. */
  isTradable(instrument: InstrumentIndex): boolean
  copy(instrument: InstrumentIndex): Quote | undefined
}

/** Underlying prices as they stand now. */
export interface UnderlyingReader {
  /** The last price of a symbol, borrowed: its figures change with the next one. */
  get(symbol: string): Underlying | undefined
}

/** A held position, signed. */
export interface PositionView {
  readonly instrument: InstrumentIndex
  readonly contracts: number
  readonly averageMicros: Micros
  readonly openedUs: Us
}

/** Positions as they stand now. */
export interface PositionReader {
  /** Signed contracts; 0 when flat. */
  contracts(instrument: InstrumentIndex): number
  get(instrument: InstrumentIndex): PositionView | undefined
  /** Open positions in the order they were opened. */
  open(): readonly PositionView[]
}

/** Money as it stands now. */
export interface AccountReader {
  readonly cashMicros: Micros
  /** Cash plus what closing every position at its bid (short: ask) would bring. */
  readonly equityMicros: Micros
  /** Equity at the start of the session. */
  readonly sessionStartEquityMicros: Micros
}

/** The exchange calendar, as far as decisions need it. */
export interface CalendarReader {
  /** The session of the trading date of an instant; undefined on a day without one. */
  session(us: Us): Session | undefined
  /** The calendar date in New York. */
  tradingDate(us: Us): IsoDate
  isOpen(us: Us): boolean
}
