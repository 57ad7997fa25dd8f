import { expect, test } from 'vitest'
import * as engine from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(engine).sort()).toMatchInlineSnapshot(`
    [
      "ClockBackwardsError",
      "Engine",
      "IndicatorSettingsError",
      "InvalidIntentError",
      "LateIndicatorError",
      "Market",
      "createEngine",
    ]
  `)
})
