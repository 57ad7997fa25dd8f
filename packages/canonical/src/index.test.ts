import { expect, test } from 'vitest'
import * as canonical from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(canonical).sort()).toMatchInlineSnapshot(`
    [
      "BarBuffer",
      "InstrumentTable",
      "MICROS_PER_DOLLAR",
      "MoneyFormatError",
      "OptionIdError",
      "QuoteBuffer",
      "QuoteRow",
      "ScalpError",
      "TradeBuffer",
      "US_PER_DAY",
      "US_PER_MINUTE",
      "US_PER_MS",
      "US_PER_SECOND",
      "UnderlyingBuffer",
      "UnknownInstrumentError",
      "createOptionId",
      "createQuoteBlock",
      "createRandom",
      "daysToExpiry",
      "formatAlpaca",
      "formatOcc",
      "formatOption",
      "formatUs",
      "formatUsd",
      "isAdjusted",
      "isBlockTape",
      "isIsoDate",
      "isSameOption",
      "isScalpError",
      "parseAlpaca",
      "parseMicros",
      "parseOption",
      "safeParseAlpaca",
      "safeParseOption",
      "toDollars",
      "toMicros",
      "toOrats",
      "toOrderId",
      "wallClock",
    ]
  `)
})
