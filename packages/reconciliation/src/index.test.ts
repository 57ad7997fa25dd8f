import { expect, test } from 'vitest'
import * as reconciliation from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(reconciliation).sort()).toMatchInlineSnapshot(`
    [
      "AVERAGE_TOLERANCE",
      "OrderKnownError",
      "OrderLedger",
      "Reconciler",
      "rebuildLedger",
      "reconcilePositions",
    ]
  `)
})
