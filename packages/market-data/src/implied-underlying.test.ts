import { InstrumentTable, QuoteBuffer } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { createExchangeCalendar } from './exchange-calendar.js'
import { ImpliedUnderlying } from './implied-underlying.js'
import { QuoteColumns } from './quote-columns.js'

const calendar = createExchangeCalendar()
const NOW = Date.UTC(2025, 1, 20, 15) * 1_000

function setUp(smoothing = 1) {
  const instruments = new InstrumentTable()
  const quotes = new QuoteColumns()
  const implied = new ImpliedUnderlying({ symbol: 'AAPL', instruments, quotes, calendar, smoothing })
  const put = (symbol: string, mid: number, us = NOW, spread = 20_000): void => {
    const instrument = instruments.requireOption(symbol)
    quotes.apply(
      Object.assign(new QuoteBuffer(), {
        instrument,
        sourceUs: us,
        receivedUs: us,
        bidMicros: mid - spread / 2,
        askMicros: mid + spread / 2,
        bidSize: 1,
        askSize: 1,
      }),
    )
  }
  return { implied, put }
}

test('is strike plus call minus put, where the two are nearest', () => {
  const { implied, put } = setUp()
  put('AAPL250221C00245000', 6_000_000)
  put('AAPL250221P00245000', 800_000)
  put('AAPL250221C00250000', 2_310_000)
  put('AAPL250221P00250000', 2_100_000)
  expect(implied.estimate(NOW)).toBe(250_210_000)
})

test('passes by expiries and pairs that are stale, wide or lack a side', () => {
  const { implied, put } = setUp()
  expect(implied.estimate(NOW)).toBeNaN()
  put('AAPL250221C00250000', 2_310_000, NOW - 600_000_000)
  put('AAPL250221P00250000', 2_100_000)
  put('AAPL250221C00252500', 1_000_000, NOW, 900_000)
  put('AAPL250221P00252500', 1_000_000)
  expect(implied.estimate(NOW)).toBeNaN()
  put('AAPL250228C00250000', 4_000_000)
  put('AAPL250228P00250000', 3_500_000)
  expect(implied.estimate(NOW)).toBe(250_500_000)
})
