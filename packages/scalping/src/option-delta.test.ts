import { type InstrumentIndex, InstrumentTable, QuoteBuffer, type QuoteReader } from '@scalp/canonical'
import { createExchangeCalendar, QuoteColumns } from '@scalp/market-data'
import { black76Price } from '@scalp/pricing'
import { expect, test } from 'vitest'
import { closeOfExpiry } from './contract-book.js'
import { OptionDelta } from './option-delta.js'

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
    sourceUs: () => nowUs,
    spreadPercent: () => 1,
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

/** A chain of two expiries with quotes of known volatility. */
function chain() {
  const instruments = new InstrumentTable()
  const quotes = new QuoteColumns()
  const { openUs } = calendar.sessionOn('2026-03-03') ?? expect.fail('no session')
  const members = ['260304', '260306'].flatMap((date) =>
    [240, 245, 250, 255, 260].flatMap((strike) =>
      (['C', 'P'] as const).map((right) => instruments.requireOption(`TSLA${date}${right}00${strike}000`)),
    ),
  )
  const buffer = new QuoteBuffer()
  const quote = (index: InstrumentIndex, forward: number, us: number, volatility = 0.5) => {
    const listed = instruments.get(index)
    if (listed.kind !== 'option') return
    const { expiry, right, strikeThousandths } = listed.option
    const years = (closeOfExpiry(calendar, expiry) - us) / 31_536_000e6
    const mid = black76Price({ right, forward, strike: strikeThousandths / 1_000, years, volatility })
    const micros = Math.round(mid * 1e6)
    Object.assign(buffer, { instrument: index, receivedUs: us, sourceUs: us, bidSize: 5, askSize: 5 })
    buffer.bidMicros = micros - 10_000
    buffer.askMicros = micros + 10_000
    quotes.apply(buffer)
  }
  return { instruments, quotes, members, quote, openUs }
}

test('a slice refreshed in one pass has the Greeks that its contracts have one by one', () => {
  const { instruments, quotes, members, quote, openUs } = chain()
  const alone = new OptionDelta({ instruments, quotes, calendar })
  const together = new OptionDelta({ instruments, quotes, calendar })
  for (let minute = 1; minute <= 30; minute++) {
    const us = openUs + minute * 60e6
    for (const index of members) quote(index, 250 + Math.sin(minute), us, 0.5 + minute / 500)
    expect(together.refresh(members, Number.NaN, us)).toBe(members.length)
    for (const index of members) {
      const { delta, gamma, theta, vega, volatility } =
        alone.greeks(index, Number.NaN, us) ?? expect.fail('no Greeks')
      expect(volatility).toBeCloseTo(0.5 + minute / 500, 4)
      expect(together.columns.delta(index)).toBeCloseTo(delta, 8)
      expect(together.columns.gamma(index)).toBeCloseTo(gamma, 7)
      expect(together.columns.theta(index)).toBeCloseTo(theta, 6)
      expect(together.columns.vega(index)).toBeCloseTo(vega, 8)
      expect(together.columns.rho(index)).toBeCloseTo(alone.columns.rho(index), 8)
      expect(together.columns.sourceUs(index)).toBe(us)
      expect(together.columns.theoreticalMicros(index)).toBe(quotes.midMicros(index))
    }
  }
})

test('a contract whose quote went has no Greeks any more, and neither has what its index stands for next', () => {
  const { instruments, quotes, members, quote, openUs } = chain()
  instruments.onListed(({ index }) => quotes.reset(index))
  const source = new OptionDelta({ instruments, quotes, calendar })
  for (const index of members) quote(index, 250, openUs)
  const first = members[0] as InstrumentIndex
  expect(source.refresh(members, Number.NaN, openUs)).toBe(members.length)
  quotes.reset(first)
  expect(source.refresh(members, Number.NaN, openUs + 1)).toBe(members.length - 1)
  expect(source.columns.has(first)).toBe(false)
  quote(first, 250, openUs + 2)
  expect(source.delta(first, Number.NaN, openUs + 2)).toBeGreaterThan(0.5)
  instruments.retireExpired('2026-03-05', () => false)
  const next = instruments.requireOption('TSLA260306C00300000')
  expect(members).toContain(next)
  expect(source.delta(next, 250e6, openUs + 3)).toBeNaN()
  expect(source.columns.sourceUs(next)).toBeNaN()
})

test('Greeks carry the source time of their quote', () => {
  const { instruments, quotes, members, quote, openUs } = chain()
  const source = new OptionDelta({ instruments, quotes, calendar })
  for (const index of members) quote(index, 250, openUs)
  source.refresh(members, Number.NaN, openUs)
  const { columns } = source
  quote(members[3] as InstrumentIndex, 250, openUs + 60e6)
  expect(source.refresh(members, Number.NaN, openUs + 60e6)).toBe(members.length)
  /** One strike was quoted anew a minute later: its own source time, the others keep theirs. */
  expect(members.map((index) => columns.sourceUs(index) - openUs)).toEqual(
    members.map((_, at) => (at === 3 ? 60e6 : 0)),
  )
})
