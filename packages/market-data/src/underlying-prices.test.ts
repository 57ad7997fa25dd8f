import type { InstrumentIndex, Underlying } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { UnderlyingPrices } from './underlying-prices.js'

function price(
  sourceUs: number,
  priceMicros: number,
): { -readonly [Key in keyof Underlying]: Underlying[Key] } {
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

test('keeps a copy of what it is told, and lends one record a symbol', () => {
  const prices = new UnderlyingPrices()
  const told = price(10, 250_000_000)
  prices.apply(told)
  told.priceMicros = 1
  const lent = prices.get('AAPL')
  expect(lent).toMatchObject(price(10, 250_000_000))
  prices.apply(price(20, 251_000_000))
  prices.apply({ ...price(30, 9_000_000), symbol: 'TSLA', instrument: 1 as InstrumentIndex })
  expect(lent).toMatchObject(price(20, 251_000_000))
  /** An index that another symbol had before. */
  prices.apply({ ...price(40, 9_000_001), symbol: 'TSLA' })
  prices.apply({ ...price(50, 252_000_000), instrument: 1 as InstrumentIndex })
  expect(prices.get('TSLA')).toMatchObject({ priceMicros: 9_000_001, instrument: 0 })
  expect(lent).toMatchObject({ priceMicros: 252_000_000, instrument: 1 })
})
