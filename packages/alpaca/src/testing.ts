export {
  createFakeAlpaca,
  FakeAlpaca,
  type FakeAlpacaOptions,
  type QuoteInput,
  type TradeInput,
} from './testing/fake-alpaca.js'
export { type RestFault, RestFaults, type RestFaultTarget, type StreamFaults } from './testing/faults.js'
export type { DataRow, MarketBook } from './testing/market-book.js'
export type { MarketPlan, MarketRow, MarketSessions } from './testing/market-sessions.js'
export {
  type PlayOptions,
  playRows,
  type RecordedRow,
  type SyntheticOptions,
  syntheticRows,
} from './testing/play.js'
export type { TradingSessions } from './testing/trading-sessions.js'
export type { FakeSession, Venue, VenueSettings } from './testing/venue.js'
export type { FakeContract, FakeOrder, FakePosition, FakeQuote, TradeUpdate } from './testing/venue-types.js'
