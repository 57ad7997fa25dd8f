import { expect, test } from 'vitest'
import * as scalping from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(scalping).sort()).toMatchInlineSnapshot(`
    [
      "ComputedGreeks",
      "ContractFinder",
      "EXIT_PRIORITY",
      "EnvironmentError",
      "ExitManager",
      "OptionDelta",
      "OutcomeTracker",
      "PriceLevels",
      "SessionVwap",
      "SignalGenerator",
      "SmoothedPrice",
      "SweepDetector",
      "VelocityTracker",
      "VelocityWindowError",
      "VolumeAnalyzer",
      "breakoutSignal",
      "closeOfExpiry",
      "fromEnvironment",
      "momentumScalper",
      "positionSize",
      "presets",
      "quoteRejection",
      "rankContracts",
      "riskSize",
      "roundToTick",
      "scalpConfigSchema",
      "scalperStateSchema",
      "tickSizeMicros",
      "tieredRiskPct",
      "toDirection",
      "vwapSignal",
    ]
  `)
})
