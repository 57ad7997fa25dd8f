import { expect, test } from 'vitest'
import * as alpaca from './index.js'

test('the public names', () => {
  expect(Object.keys(alpaca).sort()).toMatchInlineSnapshot()
})
