import { expect, test } from 'vitest'
import * as pricing from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(pricing).sort()).toMatchInlineSnapshot(`
    [
      "ChainColumns",
      "DAYS_PER_YEAR",
      "GREEK_SLOTS",
      "MINUTES_PER_YEAR",
      "americanGreeks",
      "americanImpliedVolatility",
      "americanPrice",
      "black76Greeks",
      "black76GreeksInto",
      "black76Price",
      "black76Value",
      "blackScholesGreeks",
      "blackScholesPrice",
      "earlyExercisePremium",
      "erfcx",
      "evaluateChain",
      "explainChange",
      "impliedForward",
      "impliedMove",
      "impliedVolatility",
      "impliedVolatilityNear",
      "impliedVolatilityValue",
      "impliedVolatilityWarm",
      "minuteView",
      "moveToCover",
      "normalCdf",
      "normalPdf",
      "normalisedBlack",
      "normalisedVega",
      "parityForward",
      "rightSign",
    ]
  `)
})
