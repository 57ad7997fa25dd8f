import { expect, test } from 'vitest'
import * as cli from './index.js'

test('exports these names and no others', () => {
  expect(Object.keys(cli).sort()).toEqual(['createProgressBar', 'reportFailure'])
})
