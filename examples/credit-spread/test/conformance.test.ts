import { createHarness } from '@scalp/harness'
import { describeStrategy } from '@scalp/strategy/testing'
import { describe, test } from 'vitest'
import { creditSpread } from '../src/index.js'

describeStrategy({ describe, test }, creditSpread, {
  harness: createHarness({ days: 4, quotesPerDay: 12_000 }),
  cuts: 2,
})
