import { createQuoteBlock, type InstrumentIndex, QuoteBuffer } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { QuoteColumns } from './quote-columns.js'

const first = 0 as InstrumentIndex
const far = 5_000 as InstrumentIndex

function quote(
  instrument: InstrumentIndex,
  sourceUs: number,
  bidMicros: number,
  askMicros: number,
): QuoteBuffer {
  return Object.assign(new QuoteBuffer(), {
    instrument,
    sourceUs,
    receivedUs: sourceUs + 1,
    bidMicros,
    askMicros,
    bidSize: 3,
    askSize: 4,
    sampleUs: 60,
  })
}

test('keeps the last quote of each instrument, and grows as they come', () => {
  const quotes = new QuoteColumns()
  expect(quotes.has(far)).toBe(false)
  quotes.apply(quote(first, 10, 90, 110))
  quotes.apply(quote(far, 10, 900, 1_100))
  expect(quotes.copy(first)).toEqual({
    instrument: first,
    receivedUs: 11,
    sourceUs: 10,
    bidMicros: 90,
    askMicros: 110,
    bidSize: 3,
    askSize: 4,
    sampleUs: 60,
  })
  expect([quotes.midMicros(far), quotes.spreadMicros(far), quotes.spreadPercent(far)]).toEqual([
    1_000, 200, 20,
  ])
  expect(quotes.copy(7 as InstrumentIndex)).toBeUndefined()
})

test('drops and counts a quote whose source time is older than the one there is', () => {
  const quotes = new QuoteColumns()
  expect(quotes.apply(quote(first, 10, 90, 110))).toBe(true)
  expect(quotes.apply(quote(first, 9, 1, 2))).toBe(false)
  expect(quotes.apply(quote(first, 10, 91, 110))).toBe(true)
  expect([quotes.outOfOrder, quotes.bidMicros(first)]).toEqual([1, 91])
})

test('keeps one-sided, empty and the fact of crossed quotes, and calls them untradable', () => {
  const quotes = new QuoteColumns()
  const cases: readonly (readonly [number, number, boolean])[] = [
    [90, 110, true],
    [100, 100, true],
    [110, 90, false],
    [0, 100, false],
    [Number.NaN, 100, false],
    [90, Number.NaN, false],
  ]
  cases.forEach(([bid, ask, isTradable], us) => {
    expect(quotes.apply(quote(first, us, bid, ask))).toBe(true)
    expect(quotes.isTradable(first), `${bid}/${ask}`).toBe(isTradable)
  })
  expect([quotes.midMicros(first), quotes.spreadPercent(first)]).toEqual([Number.NaN, Number.NaN])
})

test('open interest and volume outlive quotes, not a reset', () => {
  const quotes = new QuoteColumns()
  quotes.applyStatistic({ instrument: far, receivedUs: 1, kind: 'open-interest', value: 500 })
  quotes.applyStatistic({ instrument: far, receivedUs: 1, kind: 'volume', value: 7 })
  quotes.apply(quote(far, 10, 90, 110))
  expect([quotes.openInterest(far), quotes.volume(far)]).toEqual([500, 7])
  quotes.reset(far)
  expect([quotes.openInterest(far), quotes.volume(far), quotes.has(far)]).toEqual([
    Number.NaN,
    Number.NaN,
    false,
  ])
})

test('a new day clears all but what is kept', () => {
  const quotes = new QuoteColumns()
  quotes.apply(quote(first, 10, 90, 110))
  quotes.apply(quote(far, 10, 90, 110))
  quotes.clear((index) => index === far)
  expect([quotes.has(first), quotes.has(far)]).toEqual([false, true])
})

test('reads ahead of a chain larger than the cache, some hundred rows at a time, and changes nothing', () => {
  const quotes = new QuoteColumns()
  const block = createQuoteBlock({ rows: 600, sampleUs: 60, indexes: new Int32Array(600).fill(-1) })
  for (let row = 0; row < 600; row++) block.place[row] = row
  expect(quotes.touch(block, 0, 600)).toBe(600)
  quotes.apply(quote(20_000 as InstrumentIndex, 10, 90, 110))
  const rows = [0]
  while ((rows.at(-1) ?? 600) < 600) rows.push(quotes.touch(block, rows.at(-1) ?? 600, 600))
  expect(rows).toEqual([0, 256, 512, 600])
  expect(quotes.bidMicros(20_000 as InstrumentIndex)).toBe(90)
  expect(quotes.has(first)).toBe(false)
})
