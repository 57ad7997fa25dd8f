import { expect, test } from 'vitest'
import * as pricing from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(pricing).sort()).toMatchInlineSnapshot(`
    [
      "DAYS_PER_YEAR",
      "GREEK_SLOTS",
      "MINUTES_PER_YEAR",
      "black76Greeks",
      "black76GreeksInto",
      "black76Price",
      "black76Value",
      "blackScholesGreeks",
      "blackScholesPrice",
      "erfcx",
      "impliedForward",
      "impliedVolatility",
      "impliedVolatilityValue",
      "impliedVolatilityWarm",
      "normalCdf",
      "normalPdf",
      "normalisedBlack",
      "normalisedVega",
      "parityForward",
      "rightSign",
    ]
  `)
})
