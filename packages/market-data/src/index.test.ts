import { expect, test } from 'vitest'
import * as marketData from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(marketData).sort()).toMatchInlineSnapshot(`
    [
      "CALENDAR_YEAR_US",
      "CalendarRangeError",
      "ChainView",
      "ContractMoves",
      "ImpliedUnderlying",
      "InstantFormatError",
      "QuoteColumns",
      "TRADING_YEAR_US",
      "UnderlyingPrices",
      "ageSeconds",
      "barSchema",
      "barValidUntilUs",
      "calendarYears",
      "createExchangeCalendar",
      "daylightSaving",
      "deriveQuote",
      "earlyCloses",
      "expiryUs",
      "greeksSchema",
      "holidays",
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
