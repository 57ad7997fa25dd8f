import { expect, test } from 'vitest'
import { intentOf, type MarketState, marketOf, NOW_US } from '../test/market.js'
import * as gates from './index.js'

function check(gate: gates.Gate, state: MarketState, side: 'buy' | 'sell' = 'buy') {
  const { context, instrument } = marketOf(state)
  return gate.check(intentOf(instrument, { side }), context)
}

test('a quote up to 1 s in the future passes, beyond that a clock is wrong', () => {
  expect(check(gates.quoteFreshGate(), { quoteAgeMs: -1_000 }).passed).toBe(true)
  const skewed = check(gates.quoteFreshGate(), { quoteAgeMs: -1_001 })
  expect(skewed).toMatchObject({ passed: false, ageMs: -1_001 })
  expect(skewed.message).toContain('in the future')
  expect(check(gates.underlyingFreshGate({ maxSkewMs: 0 }), { underlyingAgeMs: -1 }).passed).toBe(false)
})

test('an interval sample may be older by its interval, a tick may not', () => {
  expect(check(gates.quoteFreshGate(), { sampleMs: 60_000, quoteAgeMs: 65_000 }).passed).toBe(true)
  expect(check(gates.quoteFreshGate(), { sampleMs: 60_000, quoteAgeMs: 65_001 }).passed).toBe(false)
  expect(check(gates.quoteFreshGate(), { sampleMs: 0, quoteAgeMs: 5_001 }).passed).toBe(false)
})

test('a result of unknown age says so', () => {
  const result = check(gates.quoteFreshGate(), { quoteAgeMs: Number.NaN })
  expect(result).toMatchObject({ passed: false, value: null, message: 'quote age is unknown' })
  expect('ageMs' in result).toBe(false)
  expect(check(gates.greeksFreshGate(), { hasGreeks: false }).passed).toBe(false)
  expect(check(gates.deltaGate(), { hasGreeks: false }).passed).toBe(false)
})

test('a message names value, limit and unit', () => {
  expect(check(gates.quoteFreshGate(), { quoteAgeMs: 7_340 }).message).toBe(
    'quote age 7.3 s, allowed at most 5 s',
  )
  expect(check(gates.deltaGate(), { delta: 0.876 }).message).toBe('delta 0.88, allowed 0.1 to 0.8')
  expect(check(gates.cashGate(), { cash: 99.6e6 }).message).toBe('cash 100 dollars, needed 255 dollars')
})

test('a crossed, locked-at-zero or one-sided quote never passes', () => {
  expect(check(gates.spreadGate(), { bid: 2_000_000, ask: 1_990_000 }).passed).toBe(false)
  expect(check(gates.spreadGate(), { bid: 0, ask: 0 }).passed).toBe(false)
  expect(check(gates.spreadGate(), { bid: Number.NaN }).passed).toBe(false)
  expect(check(gates.spreadGate(), { ask: Number.NaN }).passed).toBe(false)
  expect(check(gates.spreadGate(), { bid: 1_900_000, ask: 2_100_000 }).passed).toBe(true)
})

test('unknown numbers refuse', () => {
  expect(check(gates.openInterestGate(), { openInterest: Number.NaN }).passed).toBe(false)
  expect(check(gates.volumeGate({ min: 0 }), { volume: Number.NaN }).passed).toBe(false)
  expect(check(gates.cashGate(), { ask: Number.NaN }).passed).toBe(false)
  expect(check(gates.cashGate(), { cash: Number.NaN }).passed).toBe(false)
  expect(check(gates.positionSizeGate(), { equity: Number.NaN }).passed).toBe(false)
  expect(check(gates.positionSizeGate(), { ask: Number.NaN }).passed).toBe(false)
  expect(check(gates.sectorConcentrationGate(), { equity: 0 }).passed).toBe(false)
})

test('hours need a calendar, a session, and time on both sides', () => {
  const gate = gates.tradingHoursGate()
  expect(check(gate, {}).passed).toBe(true)
  expect(check(gate, { session: null }).passed).toBe(false)
  expect(check(gates.tradingHoursGate({ withoutCalendar: 'pass' }), { session: null }).passed).toBe(true)
  expect(check(gates.tradingHoursGate({ withoutCalendar: 'pass' }), { session: 'none' }).passed).toBe(false)
  const openUs = NOW_US - 30 * 60e6
  expect(check(gate, { session: { openUs: openUs + 1, closeUs: NOW_US + 3_600e6 } }).passed).toBe(false)
  expect(check(gate, { session: { openUs, closeUs: NOW_US + 900e6 } }).passed).toBe(true)
  expect(check(gate, { session: { openUs, closeUs: NOW_US + 900e6 - 1 } }).passed).toBe(false)
  const unskipped = gates.tradingHoursGate({ skipOpenMinutes: 0, skipCloseMinutes: 0 })
  expect(check(unskipped, { session: { openUs, closeUs: NOW_US } }).passed).toBe(false)
  expect(check(unskipped, { session: { openUs: NOW_US, closeUs: NOW_US + 1 } }).passed).toBe(true)
})

test('health refuses before anything else, and is fine where none is wired', () => {
  const abstain = (state: MarketState) => {
    const { context, instrument } = marketOf(state)
    return gates.scalpPipeline().run(intentOf(instrument), context).abstain?.reason ?? null
  }
  expect(abstain({})).toBeNull()
  expect(abstain({ health: { killSwitch: false, feedDegraded: false } })).toBeNull()
  expect(abstain({ health: { killSwitch: true, feedDegraded: true } })).toBe('KILL_SWITCH_ACTIVE')
  expect(abstain({ health: { killSwitch: false, feedDegraded: true } })).toBe('FEED_DEGRADED')
  expect(abstain({ underlyingAgeMs: null })).toBe('NO_DATA')
  expect(abstain({ quoteAgeMs: 5_001 })).toBe('STALE_DATA')
  expect(abstain({ session: 'none' })).toBe('GATES_FAILED')
})

test('an abstain is all fresh only when every freshness gate ran and passed', () => {
  const freshOf = (state: MarketState) => {
    const { context, instrument } = marketOf(state)
    return gates.scalpPipeline().run(intentOf(instrument), context).abstain
  }
  expect(freshOf({ volume: 0 })).toMatchObject({ underlying: 'TSLA', dataFreshness: { allFresh: true } })
  expect(freshOf({ greeksAgeMs: 90_001 })?.dataFreshness.allFresh).toBe(false)
  expect(freshOf({ health: { killSwitch: true, feedDegraded: false } })?.dataFreshness.allFresh).toBe(false)
})

test('null leaves a gate out of the scalp pipeline', () => {
  const names = gates
    .scalpPipeline({
      maxUnderlyingAgeMs: null,
      maxQuoteAgeMs: null,
      maxGreeksAgeMs: null,
      maxSpreadPercent: null,
      minOpenInterest: null,
      minVolume: null,
      delta: null,
      maxPositionPercent: null,
      maxUnderlyingPercent: null,
    })
    .stages.flatMap((stage) => stage.gates.map(({ name }) => name))
  expect(names).toEqual(['kill_switch', 'feed_healthy', 'data_received', 'cash_available', 'trading_hours'])
})

test('the regime pipeline runs without sentiment and takes 5 points for an unknown volatility rank', () => {
  const { context, instrument } = marketOf()
  const result = gates.regimePipeline().run(intentOf(instrument), context)
  expect(result).toMatchObject({ passed: true, confidenceCap: 95, stageReached: 'explain' })
  expect(result.results).toHaveLength(29)
})

const MOOD = { mentions: 10, isTrending: false, news: 15, wsb: 15 }

test.each<[string, gates.UnderlyingFacts, number]>([
  ['nothing known beyond a middling rank', { ivRank: 45 }, 95],
  ['misaligned scores', { ivRank: 70, sentiment: { ...MOOD, wsb: -11 } }, 85],
  ['sentiment a day old', { ivRank: 70, sentiment: { ...MOOD, ageHours: 24 } }, 90],
  ['sentiment a bit younger', { ivRank: 70, sentiment: { ...MOOD, ageHours: 23.9 } }, 100],
  ['sources that differ', { ivRank: 70, isThreeSourceAligned: false }, 95],
  ['technicals against', { ivRank: 70, technicalPoints: -40 }, 85],
  ['many puts make up for a rank', { ivRank: 45, putCallRatio: 1.21 }, 100],
  ['not enough puts', { ivRank: 45, putCallRatio: 1.2 }, 95],
  ['a cheap rank makes up', { ivRank: 29, isThreeSourceAligned: false }, 100],
  [
    'a dear rank with strong sentiment makes up',
    { ivRank: 61, isThreeSourceAligned: false, sentiment: { ...MOOD, combined: 31 } },
    100,
  ],
  [
    'a dear rank with weak sentiment does not',
    { ivRank: 61, isThreeSourceAligned: false, sentiment: { ...MOOD, combined: 30 } },
    95,
  ],
  [
    'strong agreement makes up',
    { ivRank: 70, technicalPoints: -15, sentiment: { ...MOOD, news: 21, wsb: 21 } },
    95,
  ],
  [
    'scores of just 20 add nothing',
    { ivRank: 70, technicalPoints: -15, sentiment: { ...MOOD, news: 20, wsb: 20 } },
    85,
  ],
  [
    'one strong score adds nothing',
    { ivRank: 70, technicalPoints: -15, sentiment: { ...MOOD, news: 30, wsb: 0 } },
    85,
  ],
  ['a dear rank at its edge', { ivRank: 60, sentiment: { ...MOOD, combined: 40 } }, 95],
  ['many mentions make up', { ivRank: 70, technicalPoints: -15, sentiment: { ...MOOD, mentions: 30 } }, 90],
])('the confidence cap of %s', (_, facts, cap) => {
  const { context, instrument } = marketOf({ facts })
  expect(gates.regimePipeline().run(intentOf(instrument), context).confidenceCap).toBe(cap)
})

test('a ready verdict on the market replaces the rules, for bets on a rise only', () => {
  const bearMarket = { isBear: true, reason: 'said so' }
  const facts = { trend: { daysBelowSma200: 0, isDeathCross: false, bearMarket } }
  expect(check(gates.bearMarketGate(), { facts })).toMatchObject({
    passed: false,
    message: 'bear market: said so',
  })
  expect(check(gates.bearMarketGate(), { facts, right: 'P' }).passed).toBe(true)
  expect(check(gates.bearMarketGate(), { facts, right: 'P' }, 'sell').passed).toBe(false)
  expect(check(gates.bearMarketGate(), { facts }, 'sell').passed).toBe(true)
})

test('a recovery from a deep fall is no bear market, also far below the 200-day average', () => {
  const trend = { vs52WeekHighPercent: -25, vsSma200Percent: -6, daysBelowSma200: 10, isDeathCross: false }
  expect(check(gates.bearMarketGate(), { facts: { trend: { ...trend, vsSma50Percent: 5 } } }).passed).toBe(
    true,
  )
  expect(check(gates.bearMarketGate(), { facts: { trend: { ...trend, vsSma50Percent: -0.1 } } }).passed).toBe(
    false,
  )
})

test('strong scores against a fall are not a boost, and with a fall they are', () => {
  const capOf = (score: number, putCallRatio: number) => {
    const facts = {
      ivRank: 70,
      technicalPoints: -15,
      putCallRatio,
      sentiment: { ...MOOD, news: score, wsb: score },
    }
    const { context, instrument } = marketOf({ right: 'P', facts })
    return gates.regimePipeline().run(intentOf(instrument), context).confidenceCap
  }
  expect(capOf(-21, 1)).toBe(95)
  expect(capOf(-20, 1)).toBe(85)
  expect(capOf(21, 1)).toBe(70)
  expect(capOf(-20, 0.6)).toBe(85)
  expect(capOf(-20, 0.59)).toBe(90)
})

test('20 % under the high is not yet a bear market', () => {
  const trend = { vs52WeekHighPercent: -20, vsSma50Percent: -1, daysBelowSma200: 0, isDeathCross: false }
  expect(check(gates.bearMarketGate(), { facts: { trend } }).passed).toBe(true)
})

test('an abstain tells the age of the sentiment in seconds', () => {
  const { context, instrument } = marketOf({ volume: 0, facts: { sentiment: { ...MOOD, ageHours: 2 } } })
  const { abstain } = gates.scalpPipeline().run(intentOf(instrument), context)
  expect(abstain?.dataFreshness.sentimentAge).toBe(7_200)
})
