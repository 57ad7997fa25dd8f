import { type CalendarReader, createOptionId, InstrumentTable, QuoteBuffer, toMicros } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { isClose, readCases, vectorFiles } from '../test/vectors.js'
import { createExchangeCalendar } from './exchange-calendar.js'
import { ImpliedUnderlying } from './implied-underlying.js'
import { previousBar } from './previous-bar.js'
import { QuoteColumns } from './quote-columns.js'

interface Listed {
  readonly right: string
  readonly strike: number
  readonly bid: number
  readonly ask: number
}
type Case =
  | {
      readonly id: string
      readonly kind: 'previousSecond'
      readonly bars: readonly (readonly [number, number])[]
      readonly maxAgeSeconds: number
      readonly queries: readonly { readonly time: number; readonly price: number | null }[]
    }
  | {
      readonly id: string
      readonly kind: 'putCallParity'
      readonly quotes: readonly Listed[]
      readonly expect: number | null
    }

const calendar: CalendarReader = createExchangeCalendar()
const NOW = Date.UTC(2025, 1, 20, 15) * 1_000

/** A market of given quotes in one or more expiries. */
function createMarket(): {
  instruments: InstrumentTable
  quotes: QuoteColumns
  list(expiry: string, listed: readonly Listed[], atUs?: number): void
} {
  const instruments = new InstrumentTable()
  const quotes = new QuoteColumns()
  return {
    instruments,
    quotes,
    list(expiry, listed, atUs = NOW) {
      for (const { right, strike, bid, ask } of listed) {
        const quote = new QuoteBuffer()
        quote.instrument = instruments.option(createOptionId({ underlying: 'TSLA', expiry, right, strike }))
        quote.bidMicros = toMicros(bid)
        quote.askMicros = toMicros(ask)
        quote.receivedUs = atUs
        quote.sourceUs = atUs
        quotes.apply(quote)
      }
    },
  }
}

for (const { file, isMissing } of vectorFiles('bar_lookup')) {
  test.skipIf(isMissing)(`finds the prices of ${file}`, () => {
    const cases = readCases<Case>(file)
    expect(cases.length).toBeGreaterThan(0)
    for (const vector of cases) {
      if (vector.kind === 'previousSecond') {
        const starts = vector.bars.map(([start]) => start * 1_000)
        for (const { time, price } of vector.queries) {
          const found = previousBar(starts, 1_000_000, time * 1_000, vector.maxAgeSeconds * 1_000_000)
          expect(vector.bars[found]?.[1] ?? null, `${vector.id} at ${time}`).toBe(price)
        }
      } else {
        const { instruments, quotes, list } = createMarket()
        list('2025-02-21', vector.quotes)
        const implied = new ImpliedUnderlying({ symbol: 'TSLA', instruments, quotes, calendar, smoothing: 1 })
        const dollars = implied.estimate(NOW) / 1_000_000
        const isSame = vector.expect === null ? Number.isNaN(dollars) : isClose(dollars, vector.expect)
        expect(isSame, `${vector.id}: ${dollars} against ${vector.expect}`).toBe(true)
      }
    }
  })
}

const pair = (strike: number, call: number, put: number): Listed[] => [
  { right: 'C', strike, bid: call - 0.05, ask: call + 0.05 },
  { right: 'P', strike, bid: put - 0.05, ask: put + 0.05 },
]

test('takes the nearest expiry with enough fresh pairs', () => {
  const { instruments, quotes, list } = createMarket()
  list('2025-02-20', pair(100, 2, 1), NOW - 120_000_000) // too old
  list('2025-02-21', pair(100, 3, 1)) // one pair only
  list('2025-02-28', [...pair(100, 5, 2), ...pair(110, 1, 9)])
  const options = { symbol: 'TSLA', instruments, quotes, calendar }
  expect(new ImpliedUnderlying({ ...options, minPairs: 2 }).estimate(NOW)).toBe(103_000_000)
  expect(new ImpliedUnderlying(options).estimate(NOW)).toBe(102_000_000)
  expect(new ImpliedUnderlying({ ...options, minPairs: 3 }).estimate(NOW)).toBeNaN()
})

test('smooths by a third of each step, tells the noise, and starts anew the next day', () => {
  const { instruments, quotes, list } = createMarket()
  const implied = new ImpliedUnderlying({ symbol: 'TSLA', instruments, quotes, calendar })
  list('2025-02-28', pair(100, 2, 1))
  expect(implied.estimate(NOW)).toBe(101_000_000)
  expect(implied.noiseMicros).toBe(0)
  list('2025-02-28', pair(100, 5, 1), NOW + 1)
  expect(implied.estimate(NOW + 1)).toBe(102_000_000)
  expect(implied.rawMicros).toBe(104_000_000)
  expect(implied.noiseMicros).toBeCloseTo(2_000_000 / 3, 3)
  const tomorrow = NOW + 86_400_000_000
  list('2025-02-28', pair(100, 5, 1), tomorrow)
  expect(implied.estimate(tomorrow)).toBe(104_000_000)
  expect(implied.noiseMicros).toBe(0)
})

test('a bar one moment short of its end is not known yet', () => {
  expect(previousBar([0, 1_000_000], 1_000_000, 1_999_999)).toBe(0)
  expect(previousBar([0, 1_000_000], 1_000_000, 2_000_000)).toBe(1)
  expect(previousBar([], 1_000_000, 2_000_000)).toBe(-1)
  expect(previousBar([0], 60_000_000, 299_999_999)).toBe(0)
  expect(previousBar([0], 60_000_000, 300_000_000)).toBe(-1)
})
