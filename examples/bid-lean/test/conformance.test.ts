import { createHarness } from '@scalp/harness'
import { describeStrategy } from '@scalp/strategy/testing'
import { describe, test } from 'vitest'
import { bidLean } from '../src/index.js'

describeStrategy({ describe, test }, bidLean, {
  harness: createHarness({ days: 3, quotesPerDay: 6_000 }),
  cuts: 2,
})
