import { expect, test } from 'vitest'
import * as gates from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(gates).sort()).toMatchInlineSnapshot(`
    [
      "GateKeeper",
      "bearMarketGate",
      "cashGate",
      "confidenceCap",
      "createGateKeeper",
      "createPipeline",
      "dataGate",
      "defineGate",
      "deltaGate",
      "earningsGate",
      "feedDegradedGate",
      "greeksFreshGate",
      "ivRankGate",
      "killSwitchGate",
      "mentionsBoostGate",
      "minimumMentionsGate",
      "openInterestGate",
      "positionSizeGate",
      "quoteFreshGate",
      "regimePipeline",
      "retailMomentumGate",
      "rsiGate",
      "scalpPipeline",
      "sectorConcentrationGate",
      "sentimentAlignmentGate",
      "sentimentDirectionGate",
      "sentimentRecencyGate",
      "signalEnabledGate",
      "spreadGate",
      "strongSentimentGate",
      "toResumeCondition",
      "tradingHoursBoostGate",
      "tradingHoursGate",
      "underlyingFreshGate",
      "vixPanicGate",
      "vixSizeGate",
      "volumeGate",
    ]
  `)
})
