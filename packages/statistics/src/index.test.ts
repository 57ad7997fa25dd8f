import { expect, test } from 'vitest'
import * as statistics from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(statistics).sort()).toMatchInlineSnapshot(`
    [
      "bootstrapInterval",
      "crossValidation",
      "deepestFall",
      "deflatedSharpe",
      "drawBlocks",
      "effectiveTrials",
      "estimateSharpe",
      "expectedMaximumSharpe",
      "meanOf",
      "minimumTrackRecord",
      "momentsOf",
      "normalQuantile",
      "parameterStability",
      "probabilisticSharpe",
      "probabilityOfOverfitting",
      "quantileOfSorted",
      "realityCheck",
      "shuffleTrades",
      "walkForward",
    ]
  `)
})
