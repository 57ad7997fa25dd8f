import { createOptionId, InstrumentTable } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChainView } from './chain.js'

const EXPIRIES = ['2025-02-19', '2025-02-20', '2025-02-21', '2025-03-21']
const contract = fc.record({
  expiry: fc.constantFrom(...EXPIRIES),
  right: fc.constantFrom('C', 'P'),
  strike: fc.integer({ min: 1, max: 12 }),
})

/** The chain as plain rows. */
function rows(chain: ChainView): unknown[] {
  return chain.expiries().map((expiry) => [expiry, chain.strikes(expiry).map((pair) => ({ ...pair }))])
}

test('always shows what a chain built anew would show', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(contract, fc.constantFrom(...EXPIRIES)), { maxLength: 40 }), (steps) => {
      const instruments = new InstrumentTable()
      const chain = new ChainView({ instruments, underlying: 'TSLA' })
      for (const step of steps) {
        if (typeof step === 'string') instruments.retireExpired(step, () => false)
        else instruments.option(createOptionId({ underlying: 'TSLA', ...step }))
        expect(rows(chain)).toEqual(rows(new ChainView({ instruments, underlying: 'TSLA' })))
      }
    }),
    { numRuns: 60 },
  )
})

test('sorts expiries and strikes, and leaves other underlyings out', () => {
  const instruments = new InstrumentTable()
  const chain = new ChainView({ instruments, underlying: 'TSLA' })
  const list = (underlying: string, expiry: string, right: string, strike: number) =>
    instruments.option(createOptionId({ underlying, expiry, right, strike }))
  const late = list('TSLA', '2025-03-21', 'C', 250)
  const high = list('TSLA', '2025-02-21', 'C', 260)
  const low = list('TSLA', '2025-02-21', 'P', 240)
  list('AAPL', '2025-02-21', 'C', 250)
  expect(chain.expiries()).toEqual(['2025-02-21', '2025-03-21'])
  expect(chain.strikes('2025-02-21')).toEqual([
    { strikeThousandths: 240_000, call: undefined, put: low },
    { strikeThousandths: 260_000, call: high, put: undefined },
  ])
  expect(chain.strikes('2025-03-21')[0]?.call).toBe(late)
  expect(chain.strikes('2025-02-22')).toEqual([])
  expect(chain.expiries()).toBe(chain.expiries())
})
