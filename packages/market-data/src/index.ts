export { ChainView, type StrikePair } from './chain.js'
export { ContractMoves, type ContractMovesOptions } from './contract-moves.js'
export { DeltaSlice, type DeltaSliceOptions } from './delta-slice.js'
export { ageSeconds, type DerivedQuote, type DollarSides, deriveQuote } from './derived.js'
export { CalendarRangeError, InstantFormatError } from './errors.js'
export {
  createExchangeCalendar,
  type ExchangeCalendar,
  type ExchangeCalendarOptions,
  type NewYorkTime,
} from './exchange-calendar.js'
export { GreeksColumns, type OptionGreeks } from './greeks-columns.js'
export { daylightSaving, earlyCloses, holidays } from './holidays.js'
export { ImpliedUnderlying, type ImpliedUnderlyingOptions } from './implied-underlying.js'
export { parseInstant, safeParseInstant } from './instant.js'
export { type MergedOption, mergeOption, type OptionColumns } from './merged-option.js'
export {
  type BarModel,
  barSchema,
  type GreeksModel,
  greeksSchema,
  type QuoteModel,
  quoteSchema,
  type TradeModel,
  tradeSchema,
  type UnderlyingModel,
  underlyingSchema,
} from './models.js'
export {
  type MergedUnderlying,
  OptionMarket,
  type OptionMarketOptions,
} from './option-market.js'
export { type ParityRules, parityPrice } from './parity.js'
export { barValidUntilUs, previousBar } from './previous-bar.js'
export { QuoteColumns } from './quote-columns.js'
export { defaultStaleness, type Freshness, freshness, type StalenessThresholds } from './staleness.js'
export { StrikeSlice, type StrikeSliceOptions } from './strike-slice.js'
export {
  CALENDAR_YEAR_US,
  calendarYears,
  type ExpirySettlement,
  expiryUs,
  TRADING_YEAR_US,
  tradingYears,
} from './time-to-expiry.js'
export { TradeColumns } from './trade-columns.js'
export { UnderlyingPrices } from './underlying-prices.js'
export { type VolatilityRank, VolatilityRanks } from './volatility-ranks.js'
