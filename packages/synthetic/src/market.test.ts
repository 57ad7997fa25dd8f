import { US_PER_MINUTE } from '@scalp/canonical'
import { describe, expect, test } from 'vitest'
import { createSyntheticMarket, type SyntheticDay, type SyntheticMarketOptions } from './index.js'

const options: SyntheticMarketOptions = { seed: 7, startDate: '2024-03-25', days: 2, quotesPerDay: 12_000 }

/** A number that any change of bars, contracts or rows would change. */
function checksum(day: SyntheticDay): number {
  let sum = 0
  const add = (value: number): void => {
    sum = (sum * 31 + (Number.isNaN(value) ? 1 : Math.round(value % 1e9))) % 4_294_967_291
  }
  const bars = day.underlyingBars1s()
  for (const column of [bars.openMicros, bars.highMicros, bars.lowMicros, bars.closeMicros, bars.volume]) {
    column.forEach(add)
  }
  for (const { instrumentId, openInterest, volume } of day.contracts)
    [instrumentId, openInterest, volume].forEach(add)
  for (const rows of day.minutes()) {
    add(rows.endUs / US_PER_MINUTE)
    for (let row = 0; row < rows.count; row++) {
      add(rows.bidMicros[row] as number)
      add(rows.askMicros[row] as number)
      add(rows.bidSize[row] as number)
      add(rows.askPublisher[row] as number)
      add(rows.lastUs[row] as number)
      add(rows.lastMicros[row] as number)
    }
  }
  return sum
}

describe('determinism', () => {
  test('the same seed makes the same market', () => {
    const [first, again] = [createSyntheticMarket(options), createSyntheticMarket(options)]
    expect([...first.days()].map(checksum)).toEqual([...again.days()].map(checksum))
  })

  test('iterating a day again gives the same rows', () => {
    const day = createSyntheticMarket(options).day(0)
    expect(checksum(day)).toBe(checksum(day))
  })

  test('a day made alone is the day made in sequence, and more days do not change the first', () => {
    const [, second] = createSyntheticMarket(options).days()
    const alone = createSyntheticMarket({ ...options, days: 4 }).day(1)
    expect(checksum(alone)).toBe(checksum(second as SyntheticDay))
  })

  test('another seed makes another market', () => {
    const other = createSyntheticMarket({ ...options, seed: 8 })
    expect(checksum(other.day(0))).not.toBe(checksum(createSyntheticMarket(options).day(0)))
  })
})

describe('calendar', () => {
  test('trades the sessions of the exchange, and only in them', () => {
    const market = createSyntheticMarket({ ...options, startDate: '2024-03-27', days: 3 })
    expect(market.sessions.map(({ date }) => date)).toEqual(['2024-03-27', '2024-03-28', '2024-04-01'])
    for (const day of market.days()) {
      const ends = Array.from(day.minutes(), ({ endUs }) => endUs)
      expect(ends[0]).toBe(day.session.openUs - 89 * US_PER_MINUTE)
      expect(ends.slice(1)).toEqual(
        Array.from({ length: 390 }, (_, minute) => day.session.openUs + (minute + 1) * US_PER_MINUTE),
      )
    }
  })

  test('closes early when the exchange does', () => {
    const day = createSyntheticMarket({ ...options, startDate: '2024-07-03', days: 1 }).day(0)
    expect(day.session.isEarlyClose).toBe(true)
    expect(day.underlyingBars1s().count).toBe(12_600)
    expect(day.underlyingBars1m().count).toBe(210)
    const ends = Array.from(day.minutes(), ({ endUs }) => endUs)
    expect(ends).toHaveLength(211)
    expect(ends.at(-1)).toBe(day.session.closeUs)
    expect(day.session.closeUs).toBe(Date.parse('2024-07-03T17:00:00Z') * 1_000)
  })
})

describe('size', () => {
  test.each([6_000, 24_000, 100_000])('a day has about %i rows', (quotesPerDay) => {
    const day = createSyntheticMarket({ ...options, quotesPerDay }).day(0)
    let rows = 0
    for (const { count } of day.minutes()) rows += count
    expect(rows / quotesPerDay).toBeGreaterThan(0.85)
    expect(rows / quotesPerDay).toBeLessThan(1.15)
  })
})

describe('contracts', () => {
  test('are listed round the price, calls before puts, with ids of their own on each day', () => {
    const market = createSyntheticMarket({ ...options, underlying: 'ABC', startPriceMicros: 80_000_000 })
    const [first, second] = [market.day(0), market.day(1)]
    for (const { contracts } of [first, second]) {
      const ids = new Set(contracts.map(({ instrumentId }) => instrumentId))
      expect(ids.size).toBe(contracts.length)
      for (const [i, { symbol, option, openInterest, volume }] of contracts.entries()) {
        expect(symbol).toMatch(/^ABC {3}\d{6}[CP]\d{8}$/)
        expect(option.right).toBe(i % 2 === 0 ? 'C' : 'P')
        expect(Number.isInteger(openInterest) && openInterest >= 0).toBe(true)
        expect(Number.isInteger(volume) && volume >= 0).toBe(true)
      }
    }
    const idBySymbol = new Map(first.contracts.map(({ symbol, instrumentId }) => [symbol, instrumentId]))
    const common = second.contracts.filter(({ symbol }) => idBySymbol.has(symbol))
    expect(common.length).toBeGreaterThan(5)
    for (const { symbol, instrumentId } of common) expect(instrumentId).not.toBe(idBySymbol.get(symbol))
  })
})

test.each<[string, Partial<SyntheticMarketOptions>]>([
  ['underlying', { underlying: 'demo' }],
  ['startDate', { startDate: '2024-02-30' }],
  ['days', { days: 0 }],
  ['startPriceMicros', { startPriceMicros: 1_000_000 }],
  ['quotesPerDay', { quotesPerDay: 5 }],
])('refuses a senseless %s', (option, change) => {
  const make = () => createSyntheticMarket({ ...options, ...change })
  expect(make).toThrowError(
    expect.objectContaining({ code: 'SYNTHETIC_OPTIONS', details: expect.objectContaining({ option }) }),
  )
})

test('refuses a day that is none', () => {
  expect(() => createSyntheticMarket(options).day(2)).toThrowError('there are days 0 to 1')
})
