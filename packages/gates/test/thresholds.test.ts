import { expect, test } from 'vitest'
import * as gates from '../src/index.js'
import { intentOf, type MarketState, marketOf, NOW_US } from './market.js'

function check(gate: gates.Gate, state: MarketState, side: 'buy' | 'sell' = 'buy'): gates.GateResult {
  const { context, instrument } = marketOf(state)
  return gate.check(intentOf(instrument, { side }), context)
}

const mood = { mentions: 10, isTrending: true }

test('after earnings it waits for the days it is told, and an unknown day refuses', () => {
  const since = (days: number): gates.GateResult =>
    check(gates.earningsGate(), { facts: { daysUntilEarnings: 80, daysSinceEarnings: days } })
  expect([since(0).passed, since(1).passed, since(2).passed, since(Number.NaN).passed]).toEqual([
    false,
    false,
    true,
    false,
  ])
  expect(since(1)).toMatchObject({
    value: 1,
    limit: 1,
    message: 'earnings 1 days ago',
    resumes: '2 days after the earnings',
  })
  expect(since(Number.NaN).message).toBe('the day of earnings is unknown')
  const before = (days: number): boolean =>
    check(gates.earningsGate(), { facts: { daysUntilEarnings: days } }).passed
  expect([before(5), before(6), before(Number.NaN)]).toEqual([false, true, false])
})

test('each sign of a bear market counts only below the 50-day average, and exactly from its limit on', () => {
  const trend = { daysBelowSma200: 0, isDeathCross: false, vsSma50Percent: -1 }
  const of = (more: object): gates.GateResult =>
    check(gates.bearMarketGate(), { facts: { trend: { ...trend, ...more } } })
  expect(of({}).passed).toBe(true)
  expect(of({ isDeathCross: true })).toMatchObject({
    passed: false,
    message: expect.stringContaining('death cross in a downtrend') as string,
  })
  expect(of({ isDeathCross: true, vsSma50Percent: 0 }).passed).toBe(true)
  expect(of({ vs52WeekHighPercent: -20 }).passed).toBe(true)
  expect(of({ vs52WeekHighPercent: -20.1 }).message).toContain('52-week high')
  const far = (percent: number, days: number): boolean =>
    of({ vsSma200Percent: percent, daysBelowSma200: days }).passed
  expect([far(-5.1, 10), far(-5.1, 9), far(-5, 10), far(5, 10)]).toEqual([false, true, true, true])
  expect(of({ vsSma200Percent: -6, daysBelowSma200: 10 }).message).toContain('200-day average')
  expect(of({ daysBelowSma200: 20 }).passed).toBe(true)
})

test('a nervous market halves the size from 25 and ends it at 35', () => {
  const factor = (vix: number): unknown => check(gates.vixSizeGate(), { facts: { vix } }).value
  expect([24.9, 25, 34.9, 35].map(factor)).toEqual([1, 0.5, 0.5, 0])
  expect(check(gates.vixSizeGate(), {}).value).toBe(1)
})

test('good hours are minutes 30 to 120 and 270 to 330, both ends included', () => {
  const points = (minute: number): unknown => {
    const openUs = NOW_US - minute * 60e6
    return check(gates.tradingHoursBoostGate(), { session: { openUs, closeUs: openUs + 390 * 60e6 } }).value
  }
  expect([29, 30, 120, 121, 269, 270, 330, 331].map(points)).toEqual([0, 5, 5, 0, 0, 3, 3, 0])
  expect(check(gates.tradingHoursBoostGate(), { session: null }).value).toBe(0)
  expect(check(gates.tradingHoursBoostGate(), { session: 'none' }).value).toBe(0)
})

test('news and crowd must not both be against the direction; strong agreement earns points', () => {
  const of = (news: number, wsb: number, right: 'C' | 'P' = 'C'): gates.GateResult =>
    check(gates.sentimentAlignmentGate({ tolerance: 10, strong: 50 }), {
      right,
      facts: { sentiment: { ...mood, news, wsb } },
    })
  expect([of(-10, 0).passed, of(-11, 0).passed, of(0, -10).passed, of(0, -11).passed]).toEqual([
    true,
    false,
    true,
    false,
  ])
  expect([of(10, 0, 'P').passed, of(11, 0, 'P').passed]).toEqual([true, false])
  const points = (news: number, wsb: number, right: 'C' | 'P' = 'C'): number =>
    of(news, wsb, right).points ?? 0
  const strong = points(51, 51)
  expect(strong).toBeGreaterThan(0)
  expect(points(-51, -51, 'P')).toBe(strong)
  expect([
    points(50, 51),
    points(51, 50),
    points(-51, -50, 'P'),
    points(-50, -51, 'P'),
    points(-51, 9, 'P'),
  ]).toEqual([0, 0, 0, 0, 0])
})

test('with one of two scores alignment is not asked for', () => {
  for (const sentiment of [
    { ...mood, news: -90 },
    { ...mood, wsb: -90 },
  ])
    expect(check(gates.sentimentAlignmentGate(), { facts: { sentiment } }).passed).toBe(true)
})

test('the score is the mean of those that are known', () => {
  const value = (sentiment: object): unknown =>
    check(gates.sentimentDirectionGate(), { facts: { sentiment: { ...mood, ...sentiment } } }).value
  expect([
    value({ news: 40 }),
    value({ wsb: 20 }),
    value({ news: 40, wsb: 20 }),
    value({ combined: 7, news: 40 }),
  ]).toEqual([40, 20, 30, 7])
})

test('without equity nothing has a size that could be allowed', () => {
  for (const equity of [0, -1, Number.NaN]) {
    expect(check(gates.positionSizeGate(), { equity }).passed).toBe(false)
    expect(check(gates.sectorConcentrationGate(), { equity }).passed).toBe(false)
  }
})

test('a clock that runs ahead is said to be wrong', () => {
  const result = check(gates.quoteFreshGate(), { quoteAgeMs: -61_000 })
  expect(result).toMatchObject({ passed: false, resumes: 'when the clocks agree' })
  expect(result.message).toMatch(/61\.0 s in the future: a clock is wrong/)
})

test('a sampled quote may be older by its interval, a tick may not', () => {
  const passed = (quoteAgeMs: number, sampleMs: number): boolean =>
    check(gates.quoteFreshGate(), { quoteAgeMs, sampleMs }).passed
  expect([passed(5_000, 0), passed(5_001, 0), passed(65_000, 60_000), passed(65_001, 60_000)]).toEqual([
    true,
    false,
    true,
    false,
  ])
})

test('the extremes of implied volatility are fit, and only a strong mood earns points at the top', () => {
  const of = (ivRank: number, combined?: number): gates.GateResult =>
    check(gates.ivRankGate(), {
      facts: { ivRank, ...(combined === undefined ? {} : { sentiment: { ...mood, combined } }) },
    })
  const limits = String(of(45).limit).match(/\d+/g)?.map(Number) ?? []
  const [low = Number.NaN, high = Number.NaN] = limits
  expect([of(low - 1).passed, of(low).passed, of(high).passed, of(high + 1).passed]).toEqual([
    true,
    false,
    false,
    true,
  ])
  expect(of(low - 1).points).toBeGreaterThan(0)
  expect(of(high + 1).points ?? 0).toBeLessThan(of(high + 1, 80).points ?? 0)
})
