import { type InstrumentIndex, type MarketSink, QuoteBuffer, TradeBuffer } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { GapSink } from './gap-sink.js'

function setUp() {
  const told: string[] = []
  const sink: MarketSink = {
    onQuote: ({ instrument, sourceUs, receivedUs, bidMicros }): undefined =>
      void told.push(`quote ${instrument} ${sourceUs} ${receivedUs} ${bidMicros}`),
    onTrade: ({ sourceUs, size }): undefined => void told.push(`trade ${sourceUs} ${size}`),
    onBar: (): undefined => void told.push('bar'),
    onStatistic: (): undefined => void told.push('statistic'),
  }
  const gap = new GapSink(sink)
  const quote = new QuoteBuffer()
  return {
    told,
    gap,
    quote: (instrument: number, sourceUs: number, receivedUs: number, bidMicros: number) =>
      gap.onQuote(
        Object.assign(quote, { instrument: instrument as InstrumentIndex, sourceUs, receivedUs, bidMicros }),
      ),
    trade: (sourceUs: number, receivedUs: number, size: number) =>
      gap.onTrade(Object.assign(new TradeBuffer(), { sourceUs, receivedUs, size })),
  }
}

test('outside of a gap everything is told at once', () => {
  const { told, gap, quote, trade } = setUp()
  quote(1, 10, 11, 5)
  trade(10, 12, 3)
  expect(told).toEqual(['quote 1 10 11 5', 'trade 10 3'])
  expect(gap.receivedUs).toBe(12)
  gap.caughtUp()
  expect(told).toHaveLength(2)
})

test('of a gap the newest quote of each contract is told when the replay has caught up, and every trade at once', () => {
  const { told, gap, quote, trade } = setUp()
  gap.fill(100)
  quote(1, 20, 200, 5)
  quote(2, 30, 201, 6)
  trade(35, 202, 9)
  quote(1, 40, 203, 7)
  quote(1, 25, 204, 1)
  expect(told).toEqual(['trade 35 9'])
  expect(gap.isFilling).toBe(true)
  gap.caughtUp()
  expect(told).toEqual(['trade 35 9', 'quote 1 40 204 7', 'quote 2 30 204 6'])
  expect(gap.isFilling).toBe(false)
  expect(gap.conflated).toBe(2)
  quote(1, 50, 205, 8)
  expect(told.at(-1)).toBe('quote 1 50 205 8')
})

test('a quote from after the gap ends it too, and comes after what was kept', () => {
  const { told, gap, quote } = setUp()
  gap.fill(100)
  quote(1, 20, 200, 5)
  quote(2, 100, 201, 6)
  expect(told).toEqual(['quote 1 20 201 5', 'quote 2 100 201 6'])
  expect(gap.isFilling).toBe(false)
})

test('a second break before the replay has caught up makes one longer gap; another connection forgets it', () => {
  const { told, gap, quote } = setUp()
  gap.fill(100)
  quote(1, 20, 200, 5)
  gap.fill(300)
  quote(1, 150, 400, 6)
  expect(told).toEqual([])
  gap.reset()
  gap.caughtUp()
  expect(told).toEqual([])
  quote(1, 20, 401, 7)
  expect(told).toEqual(['quote 1 20 401 7'])
})
