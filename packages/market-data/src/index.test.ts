import { expect, test } from 'vitest'
import * as marketData from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(marketData).sort()).toMatchInlineSnapshot(`
    [
      "CALENDAR_YEAR_US",
      "CalendarRangeError",
      "ChainView",
      "ContractMoves",
      "DeltaSlice",
      "GreeksColumns",
      "ImpliedUnderlying",
      "InstantFormatError",
      "OptionMarket",
      "QuoteColumns",
      "StrikeSlice",
      "TRADING_YEAR_US",
      "TradeColumns",
      "UnderlyingPrices",
      "VolatilityRanks",
      "ageSeconds",
      "barSchema",
      "barValidUntilUs",
      "calendarYears",
      "createExchangeCalendar",
      "daylightSaving",
      "defaultStaleness",
      "deriveQuote",
      "earlyCloses",
      "expiryUs",
      "freshness",
      "greeksSchema",
      "holidays",
      "mergeOption",
      "parityPrice",
      "parseInstant",
      "previousBar",
      "quoteSchema",
      "safeParseInstant",
      "tradeSchema",
      "tradingYears",
      "underlyingSchema",
    ]
  `)
})
