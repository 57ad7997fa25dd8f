import { expect, test } from 'vitest'
import * as harness from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(harness).sort()).toEqual(['SyntheticBarTape', 'SyntheticQuoteTape', 'createHarness'])
})
