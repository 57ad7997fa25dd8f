import { type InstrumentIndex, QuoteBuffer, TradeBuffer, type Underlying } from '@scalp/canonical'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OptionGreeks } from './greeks-columns.js'
import { OptionMarket } from './option-market.js'

const NOW = 1_740_000_000_000_000
const SECOND = 1_000_000
const one = 3 as InstrumentIndex

function quote(sourceUs: number, bidMicros: number, askMicros: number, instrument = one): QuoteBuffer {
  return Object.assign(new QuoteBuffer(), {
    instrument,
    sourceUs,
    receivedUs: sourceUs,
    bidMicros,
    askMicros,
    bidSize: 5,
    askSize: 6,
  })
}

function trade(sourceUs: number, priceMicros: number, size: number, instrument = one): TradeBuffer {
  return Object.assign(new TradeBuffer(), { instrument, sourceUs, receivedUs: sourceUs, priceMicros, size })
}

function greeks(sourceUs: number, delta: number, instrument = one): OptionGreeks {
  return {
    instrument,
    delta,
    gamma: 0.02,
    theta: -0.4,
    vega: 0.1,
    rho: 0.01,
    iv: 0.5,
    theoreticalMicros: 1_000_000,
    sourceUs,
  }
}

function price(sourceUs: number, priceMicros: number): Underlying {
  return {
    instrument: 0 as InstrumentIndex,
    symbol: 'TSLA',
    receivedUs: sourceUs,
    sourceUs,
    priceMicros,
    volume: 0,
    isDerived: false,
  }
}

test('shows null for what was never received', () => {
  const market = new OptionMarket()
  const { instrument, hasQuote, hasGreeks, quoteFreshness, greeksFreshness, ...rest } = market.option(
    one,
    NOW,
  )
  expect([instrument, hasQuote, hasGreeks, quoteFreshness, greeksFreshness]).toEqual([
    one,
    false,
    false,
    'missing',
    'missing',
  ])
  expect(new Set(Object.values(rest))).toEqual(new Set([null]))
  expect(market.underlying('TSLA', NOW)).toEqual({
    symbol: 'TSLA',
    priceMicros: null,
    priceAge: null,
    priceFreshness: 'missing',
    ivRank: null,
    ivPercentile: null,
    ivAge: null,
    ivFreshness: 'missing',
  })
})

test('shows quote, Greeks, trade and statistics of an option together', () => {
  const market = new OptionMarket()
  market.applyQuote(quote(NOW - 2 * SECOND, 900_000, 1_100_000))
  market.applyGreeks(greeks(NOW - 100 * SECOND, -0.35))
  market.applyTrade(trade(NOW - SECOND, 950_000, 4))
  market.applyTrade(trade(NOW, 960_000, 3))
  market.applyStatistic({ instrument: one, receivedUs: NOW, kind: 'open-interest', value: 500 })
  expect(market.option(one, NOW)).toMatchObject({
    midMicros: 1_000_000,
    spreadMicros: 200_000,
    spreadPercent: 20,
    lastMicros: 960_000,
    openInterest: 500,
    volume: 7,
    delta: -0.35,
    theta: -0.4,
    hasQuote: true,
    hasGreeks: true,
    quoteAge: 2,
    greeksAge: 100,
    quoteFreshness: 'fresh',
    greeksFreshness: 'stale',
  })
  market.applyStatistic({ instrument: one, receivedUs: NOW, kind: 'volume', value: 120 })
  expect(market.option(one, NOW).volume).toBe(120)
  market.trades.startDay('2025-02-20')
  expect(market.trades.volume(one)).toBeNaN()
  expect(market.trades.lastMicros(one)).toBe(960_000)
  market.reset(one)
  expect(market.option(one, NOW)).toMatchObject({
    bidMicros: null,
    delta: null,
    lastMicros: null,
    volume: null,
  })
})

test('mid and spread are null unless both sides exist, percent also at a mid of zero', () => {
  const market = new OptionMarket()
  market.applyQuote(quote(NOW, Number.NaN, 1_100_000))
  expect(market.option(one, NOW)).toMatchObject({
    askMicros: 1_100_000,
    midMicros: null,
    spreadMicros: null,
    hasQuote: false,
  })
  market.applyQuote(quote(NOW, 0, 0))
  expect(market.option(one, NOW)).toMatchObject({
    midMicros: 0,
    spreadMicros: 0,
    spreadPercent: null,
    hasQuote: true,
  })
})

test('a source clock more than a second ahead makes data stale, not fresh', () => {
  const market = new OptionMarket()
  market.applyQuote(quote(NOW + 0.9 * SECOND, 1, 2))
  expect(market.option(one, NOW)).toMatchObject({ quoteAge: -0.9, quoteFreshness: 'fresh' })
  market.applyQuote(quote(NOW + 1.1 * SECOND, 1, 2))
  expect(market.option(one, NOW).quoteFreshness).toBe('stale')
  const lenient = new OptionMarket({ quotes: market.quotes, staleness: { skewSeconds: 2 } })
  expect(lenient.option(one, NOW).quoteFreshness).toBe('fresh')
})

test('an update of the volatility rank leaves the price and its time alone', () => {
  const market = new OptionMarket()
  market.applyUnderlying(price(NOW - 20 * SECOND, 250_000_000))
  market.applyRank({ symbol: 'TSLA', ivRank: 40, ivPercentile: Number.NaN, sourceUs: NOW })
  expect(market.underlying('TSLA', NOW)).toEqual({
    symbol: 'TSLA',
    priceMicros: 250_000_000,
    priceAge: 20,
    priceFreshness: 'stale',
    ivRank: 40,
    ivPercentile: null,
    ivAge: 0,
    ivFreshness: 'fresh',
  })
})

test('tells listeners what entered; one that throws is counted and stops nothing', () => {
  const market = new OptionMarket()
  const heard: unknown[] = []
  market.onOption(() => {
    throw new Error('mine')
  })
  const stop = market.onOption((instrument) => void heard.push(instrument))
  market.onUnderlying((symbol) => void heard.push(symbol))
  market.applyQuote(quote(NOW, 1, 2))
  market.applyQuote(quote(NOW - 1, 1, 2))
  market.applyUnderlying(price(NOW, 1))
  market.applyUnderlying(price(NOW, Number.NaN))
  market.applyRank({ symbol: 'TSLA', ivRank: 1, ivPercentile: 2, sourceUs: NOW })
  expect(heard).toEqual([one, 'TSLA', 'TSLA'])
  expect([market.listenerErrors, (market.lastListenerError as Error).message]).toEqual([1, 'mine'])
  stop()
  market.applyQuote(quote(NOW, 1, 2))
  expect(heard).toHaveLength(3)
})

const number = fc.oneof(
  fc.integer({ min: 1, max: 5_000_000 }),
  fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY),
)
const event = fc.record({
  kind: fc.constantFrom('quote' as const, 'greeks' as const, 'trade' as const),
  instrument: fc.integer({ min: 0, max: 3 }),
  atUs: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
  first: number,
  second: number,
})

test('a stream ends with the last good update of each kind, and every bad one is counted', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), (events) => {
      const market = new OptionMarket()
      const good = new Map<string, (typeof events)[number]>()
      const volumes = new Map<number, number>()
      let malformed = 0
      let outOfOrder = 0
      for (const now of events) {
        const { kind, instrument, atUs, first, second } = now
        const index = instrument as InstrumentIndex
        const delta = first / 5_000_000
        let isGood = Number.isFinite(atUs)
        if (kind === 'quote') {
          market.applyQuote(quote(atUs, first, second, index))
          isGood &&= [first, second].every(
            (micros) => Number.isNaN(micros) || (micros >= 0 && micros < Number.POSITIVE_INFINITY),
          )
        } else if (kind === 'trade') {
          market.applyTrade(trade(atUs, first, second, index))
          isGood &&= [first, second].every((figure) => figure > 0 && figure < Number.POSITIVE_INFINITY)
        } else {
          market.applyGreeks(greeks(atUs, delta, index))
          isGood &&= Math.abs(delta) <= 1
        }
        const key = `${kind} ${instrument}`
        if (!isGood) malformed++
        else if (atUs < (good.get(key)?.atUs ?? 0)) outOfOrder++
        else {
          good.set(key, now)
          if (kind === 'trade') volumes.set(instrument, (volumes.get(instrument) ?? 0) + second)
        }
      }
      const { quotes, trades, greeks: columns } = market
      expect(quotes.malformed + trades.malformed + columns.malformed).toBe(malformed)
      expect(quotes.outOfOrder + trades.outOfOrder + columns.outOfOrder).toBe(outOfOrder)
      for (let instrument = 0; instrument <= 3; instrument++) {
        const view = market.option(instrument as InstrumentIndex, 20)
        const lastQuote = good.get(`quote ${instrument}`)
        const isCrossed = lastQuote !== undefined && lastQuote.second < lastQuote.first
        expect(view.bidMicros ?? Number.NaN).toBe(isCrossed ? Number.NaN : (lastQuote?.first ?? Number.NaN))
        expect(view.askMicros ?? Number.NaN).toBe(isCrossed ? Number.NaN : (lastQuote?.second ?? Number.NaN))
        expect(view.delta).toBe(
          good.has(`greeks ${instrument}`)
            ? (good.get(`greeks ${instrument}`)?.first ?? 0) / 5_000_000
            : null,
        )
        expect(view.lastMicros).toBe(good.get(`trade ${instrument}`)?.first ?? null)
        expect(view.volume).toBe(volumes.get(instrument) ?? null)
        for (const value of Object.values(view)) expect(Number.isNaN(value)).toBe(false)
      }
    }),
    { numRuns: 200 },
  )
})

test('ranks outside 0 to 100, empty or old never enter', () => {
  const { ranks } = new OptionMarket()
  const rank = (ivRank: number, sourceUs = NOW, ivPercentile = Number.NaN) =>
    ranks.apply({ symbol: 'TSLA', ivRank, ivPercentile, sourceUs })
  expect(rank(50)).toBe(true)
  for (const wrong of [-1, 101, Number.NaN, Number.POSITIVE_INFINITY]) expect(rank(wrong)).toBe(false)
  expect(rank(60, Number.NaN)).toBe(false)
  expect(rank(60, NOW - 1)).toBe(false)
  expect([ranks.malformed, ranks.outOfOrder, ranks.get('TSLA')?.ivRank]).toEqual([5, 1, 50])
})
