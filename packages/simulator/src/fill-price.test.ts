import { parseMicros } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillPriceMicros, type Slippage } from './fill-price.js'

const half: Slippage = { kind: 'percent', percent: 0.5 }
const none: Slippage = { kind: 'amount', micros: 0 }
const quote = { bidMicros: parseMicros('0.43'), askMicros: parseMicros('0.45') }

test('buys at the ask and sells at the bid, each worse by the slippage', () => {
  expect(fillPriceMicros('buy', quote, undefined, half)).toBe(452_250)
  expect(fillPriceMicros('sell', quote, undefined, half)).toBe(427_850)
  expect(fillPriceMicros('buy', quote, undefined, { kind: 'spread', fraction: 0.5 })).toBe(460_000)
})

test('never fills worse than the limit, nor beyond it', () => {
  expect(fillPriceMicros('buy', quote, 451_000, half)).toBe(451_000)
  expect(fillPriceMicros('buy', quote, 449_999, half)).toBeNaN()
  expect(fillPriceMicros('sell', quote, 429_000, half)).toBe(429_000)
  expect(fillPriceMicros('sell', quote, 430_001, half)).toBeNaN()
})

test('does not fill on an empty side, a zero bid or a crossed quote', () => {
  expect(fillPriceMicros('buy', { bidMicros: 1, askMicros: Number.NaN }, undefined, none)).toBeNaN()
  expect(fillPriceMicros('sell', { bidMicros: Number.NaN, askMicros: 1 }, undefined, none)).toBeNaN()
  expect(fillPriceMicros('sell', { bidMicros: 0, askMicros: 50_000 }, undefined, none)).toBeNaN()
  expect(fillPriceMicros('buy', { bidMicros: 60_000, askMicros: 50_000 }, undefined, none)).toBeNaN()
})

test('is an integer on the worse side of the touch, whatever the slippage', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500_000 }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (bid, spread, percent) => {
        const market = { bidMicros: bid * 10_000, askMicros: (bid + spread) * 10_000 }
        const buy = fillPriceMicros('buy', market, undefined, { kind: 'percent', percent })
        const sell = fillPriceMicros('sell', market, undefined, { kind: 'percent', percent })
        expect(Number.isInteger(buy) && Number.isInteger(sell)).toBe(true)
        expect(buy).toBeGreaterThanOrEqual(market.askMicros)
        expect(sell).toBeLessThanOrEqual(market.bidMicros)
      },
    ),
  )
})
