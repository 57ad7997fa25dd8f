import type { InstrumentIndex, Underlying } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { UnderlyingPrices } from './underlying-prices.js'

function price(sourceUs: number, priceMicros: number): Underlying {
  return {
    instrument: 0 as InstrumentIndex,
    symbol: 'AAPL',
    receivedUs: sourceUs,
    sourceUs,
    priceMicros,
    volume: 0,
    isDerived: false,
  }
}

test('keeps the newest price, and drops and counts what is none or older', () => {
  const prices = new UnderlyingPrices()
  expect(prices.get('AAPL')).toBeUndefined()
  expect(prices.apply(price(10, 250_000_000))).toBe(true)
  for (const wrong of [price(9, 1), price(11, 0), price(11, -1), price(11, Number.NaN)])
    expect(prices.apply(wrong)).toBe(false)
  expect(prices.get('AAPL')).toMatchObject({ sourceUs: 10, priceMicros: 250_000_000 })
  expect(prices.dropped).toBe(4)
})
