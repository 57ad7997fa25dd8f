import { expect, test } from 'vitest'
import * as strategy from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(strategy).sort()).toMatchInlineSnapshot(`
    [
      "CONTRACT_VERSION",
      "ContractVersionError",
      "StrategyConfigError",
      "UnknownPresetError",
      "combineStrategies",
      "defineStrategy",
      "resolveConfig",
    ]
  `)
})
