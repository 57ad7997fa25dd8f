import { expectTypeOf, test } from 'vitest'
import type { StrategyHandlers } from './contract.js'

test('an asynchronous handler does not fit the contract', () => {
  expectTypeOf<() => Promise<void>>().not.toExtend<NonNullable<StrategyHandlers['onQuote']>>()
  expectTypeOf<() => undefined>().toExtend<NonNullable<StrategyHandlers['onQuote']>>()
})
