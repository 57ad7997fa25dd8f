import { expect, test } from 'vitest'
import { intentOf, type MarketState, marketOf, NOW_US } from '../test/market.js'
import {
  accountFreshGate,
  type Gate,
  optionLevelGate,
  PATTERN_DAY_TRADER_ENDED_US,
  patternDayTraderGate,
  SettledCash,
  settledCashGate,
} from './index.js'

function check(gate: Gate, state: MarketState, side: 'buy' | 'sell' = 'buy') {
  const { context, instrument } = marketOf(state)
  return gate.check(intentOf(instrument, { side }), context)
}

test('the pattern-day-trader rule holds until 2026-06-04 in New York and not a microsecond longer', () => {
  expect(new Date(PATTERN_DAY_TRADER_ENDED_US / 1_000).toISOString()).toBe('2026-06-04T04:00:00.000Z')
  const small = { equity: 1_000e6, status: { dayTrades: 9 } }
  const gate = patternDayTraderGate()
  expect(check(gate, { ...small, nowUs: PATTERN_DAY_TRADER_ENDED_US - 1 }).passed).toBe(false)
  expect(check(gate, { ...small, nowUs: PATTERN_DAY_TRADER_ENDED_US })).toMatchObject({
    passed: true,
    message: 'OK: the rule has ended',
  })
  expect(check(gate, { status: null, nowUs: PATTERN_DAY_TRADER_ENDED_US }).passed).toBe(true)
  expect(check(patternDayTraderGate({ untilUs: NOW_US }), small).passed).toBe(true)
})

test('three day trades below 25,000 dollars refuse the fourth; at 25,000 or in a cash account they do not', () => {
  const gate = patternDayTraderGate()
  expect(check(gate, { equity: 24_999e6, status: { dayTrades: 2 } })).toMatchObject({
    passed: true,
    value: 2,
    limit: 2,
    message: 'OK',
  })
  expect(check(gate, { equity: 24_999e6, status: { dayTrades: 3 } }).passed).toBe(false)
  expect(check(gate, { equity: 25_000e6, status: { dayTrades: 3 } }).passed).toBe(true)
  expect(check(gate, { equity: 1e6, status: { type: 'cash', dayTrades: 3 } }).passed).toBe(true)
})

test('an unknown count of day trades or equity refuses', () => {
  const gate = patternDayTraderGate({ maxDayTrades: 1, minEquityMicros: 2_000e6 })
  expect(check(gate, { equity: 1_999e6, status: { dayTrades: Number.NaN } })).toMatchObject({
    passed: false,
    value: null,
    limit: 0,
    message: 'an unknown number of day trades in five days below 2000 USD of equity',
  })
  expect(check(gate, { equity: Number.NaN, status: { dayTrades: 1 } }).passed).toBe(false)
  expect(check(gate, { equity: 2_000e6, status: { dayTrades: 1 } }).passed).toBe(true)
})

test('a cash account pays with settled money only, to the cent', () => {
  const gate = settledCashGate()
  const cash = (settledCashMicros: number) => ({ status: { type: 'cash', settledCashMicros } as const })
  expect(check(gate, cash(255e6)).passed).toBe(true)
  expect(check(gate, cash(254_990_000))).toMatchObject({ passed: false, value: 254.99, limit: 255 })
  expect(check(gate, { ...cash(255e6), ask: Number.NaN })).toMatchObject({
    passed: false,
    limit: null,
    message: 'settled cash 255 USD, needed an unknown amount',
    resumes: 'with an unknown amount of settled cash: sales settle on the next trading day',
  })
  expect(check(gate, cash(Number.NaN)).message).toBe('settled cash unknown, needed 255 USD')
  expect(check(gate, { status: { type: 'margin', settledCashMicros: 0 } })).toMatchObject({
    passed: true,
    message: 'OK: a margin account',
  })
  expect(check(gate, { status: null })).toMatchObject({ passed: false, unit: 'USD', limit: null })
})

test('money of a sale can be spent from the open of the day it settles', () => {
  const cash = new SettledCash({ settledMicros: 1_000 })
  cash.buy(400)
  cash.sell(500, 20)
  cash.sell(70, 30)
  expect([cash.settledMicros(19), cash.unsettledMicros(19)]).toEqual([600, 570])
  expect([cash.settledMicros(20), cash.unsettledMicros(20)]).toEqual([1_100, 70])
  expect([cash.unsettledMicros(30), cash.settledMicros(30)]).toEqual([0, 1_170])
  expect(cash.settledMicros(99)).toBe(1_170)
})

test('long options need level 2, and selling to open more than there is unless told', () => {
  expect(check(optionLevelGate(), { status: { optionLevel: 2 } })).toMatchObject({ passed: true, limit: 2 })
  expect(check(optionLevelGate(), { status: { optionLevel: 1 } }).passed).toBe(false)
  expect(check(optionLevelGate(), { status: { optionLevel: 3 } }, 'sell')).toMatchObject({
    passed: false,
    limit: 4,
    resumes: 'with option level 4: ask the broker',
  })
  expect(check(optionLevelGate({ buy: 3, sell: 1 }), { status: { optionLevel: 1 } }, 'sell').passed).toBe(
    true,
  )
  expect(check(optionLevelGate({ buy: 3 }), { status: { optionLevel: 2 } }).passed).toBe(false)
  expect(check(optionLevelGate(), { status: null })).toMatchObject({ passed: false, limit: 2, unit: 'level' })
})

test('the word of the broker ages', () => {
  const at = (ageMs: number) => ({ status: { sourceUs: NOW_US - ageMs * 1_000 } })
  expect(check(accountFreshGate(), at(60_000))).toMatchObject({ passed: true, value: 60, ageMs: 60_000 })
  expect(check(accountFreshGate(), at(60_001)).passed).toBe(false)
  expect(check(accountFreshGate(), at(-1_000)).passed).toBe(true)
  expect(check(accountFreshGate(), at(-1_001)).passed).toBe(false)
  expect(check(accountFreshGate({ maxAgeMs: 500 }), at(501))).toMatchObject({ passed: false, limit: 0.5 })
  expect(check(accountFreshGate(), { status: null })).toMatchObject({ passed: false, limit: 60, unit: 's' })
})
