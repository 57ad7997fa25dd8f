import { InstrumentTable, type QuoteReader } from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import { black76Price } from '@scalp/pricing'
import { expect, test } from 'vitest'
import { closeOfExpiry, OptionDelta } from './option-delta.js'

const calendar = createExchangeCalendar()

test('the Greeks of a quote are those of the volatility that it was priced with', () => {
  const instruments = new InstrumentTable()
  const index = instruments.requireOption('TSLA260304C00255000')
  const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
  const nowUs = openUs + 3_600_000_000
  const years = (closeOfExpiry(calendar, '2026-03-04') - nowUs) / 1e6 / 31_536_000
  const price = (forward: number, volatility = 0.4, at = years) =>
    black76Price({ right: 'C', forward, strike: 255, years: at, volatility })
  const quotes = {
    isTradable: () => true,
    receivedUs: () => nowUs,
    sampleUs: () => 0,
    midMicros: () => price(250) * 1e6,
  } as unknown as QuoteReader
  const source = new OptionDelta({ instruments, quotes, calendar })
  const greeks = source.greeks(index, 250_000_000, nowUs) ?? expect.fail('none')
  expect(greeks.volatility).toBeCloseTo(0.4, 6)
  expect(greeks.delta).toBe(source.delta(index, 250_000_000, nowUs))
  expect(greeks.delta).toBeCloseTo((price(250.01) - price(249.99)) / 0.02, 4)
  expect(greeks.gamma).toBeCloseTo((price(250.1) - 2 * price(250) + price(249.9)) / 0.01, 3)
  expect(greeks.vega).toBeCloseTo(price(250, 0.405) - price(250, 0.395), 4)
  const hour = 1 / 24 / 365
  expect(greeks.theta / 24).toBeCloseTo((price(250, 0.4, years - hour / 10) - price(250)) * 10, 3)
  const none = { ...quotes, isTradable: () => false } as unknown as QuoteReader
  expect(
    new OptionDelta({ instruments, quotes: none, calendar }).greeks(index, 250_000_000, nowUs),
  ).toBeUndefined()
})
