import { expect, test } from 'vitest'
import * as simulator from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(simulator).sort()).toMatchInlineSnapshot(`
    [
      "DuplicateOrderError",
      "EmptyReplayError",
      "SeparateMarketsError",
      "SimulatedBroker",
      "alpacaCostSchedule",
      "clearingCaps",
      "clearingRates",
      "costParts",
      "createFlatCosts",
      "createLatency",
      "createOptionCosts",
      "fillPriceMicros",
      "ibkrTieredCostSchedule",
      "intrinsicMicros",
      "isAmSettled",
      "isAmericanOption",
      "orfRates",
      "rateOn",
      "replay",
      "replayTogether",
      "secRates",
      "tafRates",
      "underlyingSymbol",
    ]
  `)
})
