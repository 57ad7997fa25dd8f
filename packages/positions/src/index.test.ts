import { expect, test } from 'vitest'
import * as positions from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(positions).sort()).toMatchInlineSnapshot(`
    [
      "Account",
      "BookProjection",
      "MaxPositionsError",
      "PositionBook",
      "PositionInputError",
      "PositionTracker",
      "RegimeTracker",
      "SnapshotVersionError",
      "StoreRowError",
      "StoreUrlError",
      "StoreVersionError",
      "fromRegimePosition",
      "toRegimePosition",
    ]
  `)
})
