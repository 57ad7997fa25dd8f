import type { InstrumentIndex, Quote } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { Liquidity } from './liquidity.js'

const quote = (receivedUs: number, fields: Partial<Quote> = {}): Quote => ({
  instrument: 7 as InstrumentIndex,
  receivedUs,
  sourceUs: receivedUs,
  bidMicros: 430_000,
  askMicros: 450_000,
  bidSize: 4,
  askSize: 10,
  sampleUs: 0,
  ...fields,
})

test('what one order takes of a quote is gone for the next, on that side only', () => {
  const liquidity = new Liquidity(1)
  liquidity.take(quote(1), 'buy', 7, 1)
  expect(liquidity.available(quote(1), 'buy', 1)).toBe(3)
  expect(liquidity.available(quote(1), 'sell', 1)).toBe(4)
})

test('a later tick at the same price shows size that is still eaten, for a second', () => {
  const liquidity = new Liquidity(1)
  liquidity.take(quote(0), 'buy', 7, 0)
  expect(liquidity.available(quote(500_000), 'buy', 500_000)).toBe(3)
  expect(liquidity.available(quote(1_000_000), 'buy', 1_000_000)).toBe(10)
})

test('another price, and another sample, are new size', () => {
  const liquidity = new Liquidity(1)
  liquidity.take(quote(0), 'buy', 10, 0)
  expect(liquidity.available(quote(1, { askMicros: 460_000 }), 'buy', 1)).toBe(10)
  expect(liquidity.available(quote(1, { sampleUs: 1_000_000 }), 'buy', 1)).toBe(10)
})

test('a share of the size rounds down, and a share of 0 ignores it', () => {
  expect(new Liquidity(0.25).available(quote(0), 'buy', 0)).toBe(2)
  expect(new Liquidity(0).available(quote(0, { askSize: 0 }), 'buy', 0)).toBe(Number.POSITIVE_INFINITY)
})
