import { expect, test } from 'vitest'
import * as risk from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(risk).sort()).toMatchInlineSnapshot(`
    [
      "FailureWindow",
      "FlatByClose",
      "KillSwitch",
      "KillSwitchStateError",
      "LossMonitor",
      "OrderRate",
      "RiskLimitError",
      "RiskMonitor",
      "limitGates",
    ]
  `)
})
