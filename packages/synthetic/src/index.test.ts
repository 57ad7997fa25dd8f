import { expect, test } from 'vitest'
import * as synthetic from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(synthetic).sort()).toMatchInlineSnapshot(`
    [
      "CONSOLIDATED_PUBLISHER",
      "QUOTE_FLAGS",
      "SyntheticOptionsError",
      "createSyntheticMarket",
    ]
  `)
})
