import fc from 'fast-check'
import { expect, test } from 'vitest'
import { black76Price } from './black76.js'
import { black76Greeks } from './greeks.js'
import { moveToCover } from './move-to-cover.js'
import { explainChange, impliedMove, minuteView } from './price-change.js'

const option = fc.record({
  right: fc.constantFrom('C' as const, 'P' as const),
  forward: fc.double({ min: 20, max: 900, noNaN: true }),
  moneyness: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  minutes: fc.integer({ min: 20, max: 40_000 }),
  volatility: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
})

test('after the move to cover an option sells at its bid for what it and the fees cost', () => {
  const cost = fc.record({
    spread: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
    fees: fc.double({ min: 0, max: 0.03, noNaN: true }),
    holdMinutes: fc.integer({ min: 0, max: 15 }),
  })
  fc.assert(
    fc.property(option, cost, ({ right, forward, moneyness, minutes, volatility }, cost) => {
      const years = minutes / 525_600
      const held = { right, forward, strike: forward * moneyness, years, volatility }
      const move = moveToCover(held, cost)
      expect(Math.sign(move)).toBe(right === 'C' ? 1 : -1)
      const later = black76Price({
        ...held,
        forward: forward + move,
        years: years - cost.holdMinutes / 525_600,
      })
      expect(later - black76Price(held)).toBeCloseTo(cost.spread + cost.fees, 9)
    }),
  )
})

test('the move to cover grows with each cost, and near the money is about cost over delta', () => {
  const held = { right: 'C', forward: 250, strike: 250, years: 390 / 525_600, volatility: 0.5 } as const
  const cheap = moveToCover(held, { spread: 0.04, fees: 0.013 })
  expect(cheap).toBeCloseTo(0.104, 3)
  expect(moveToCover(held, { spread: 0.08, fees: 0.013 })).toBeGreaterThan(cheap)
  expect(moveToCover(held, { spread: 0.04, fees: 0.013, holdMinutes: 10 })).toBeGreaterThan(cheap)
  expect(moveToCover(held, { spread: 0, fees: 0 })).toBe(0)
})

test('no move covers more than a put can be worth, and the unknown covers nothing', () => {
  const put = { right: 'P', forward: 10, strike: 5, years: 0.01, volatility: 0.5 } as const
  expect(moveToCover(put, { spread: 5.1, fees: 0 })).toBeNaN()
  expect(moveToCover(put, { spread: 4.9, fees: 0 })).toBeLessThan(-9.8)
  expect(moveToCover({ ...put, forward: Number.NaN }, { spread: 0.1, fees: 0 })).toBeNaN()
  expect(moveToCover(put, { spread: Number.NaN, fees: 0 })).toBeNaN()
})

test('a change of price is explained to its third order', () => {
  fc.assert(
    fc.property(option, ({ right, forward, moneyness, minutes, volatility }) => {
      const at = { right, forward, strike: forward * moneyness, years: minutes / 525_600, volatility }
      const greeks = black76Greeks(at)
      const entry = { price: greeks.price, forward, volatility, minutesLeft: minutes }
      const move = 0.01 * impliedMove(forward, volatility, at.years)
      const later = { ...at, forward: forward + move, volatility: 0.9999 * volatility }
      const now = {
        price: black76Price(later),
        forward: later.forward,
        volatility: later.volatility,
        minutesLeft: minutes,
      }
      const change = explainChange(entry, greeks, now)
      expect(change.delta + change.gamma + change.theta + change.vega + change.rest).toBeCloseTo(
        change.total,
        12,
      )
      expect(Math.abs(change.rest)).toBeLessThan(1e-5 * impliedMove(forward, volatility, at.years))
      expect(change.volatilityPoints).toBeCloseTo(-0.01 * volatility, 12)
    }),
  )
})

test('at the implied volatility gamma earns in a minute what theta costs', () => {
  fc.assert(
    fc.property(option, ({ right, forward, moneyness, minutes, volatility }) => {
      const greeks = black76Greeks({
        right,
        forward,
        strike: forward * moneyness,
        years: minutes / 525_600,
        volatility,
      })
      const { theta, gammaGain, move, deltaChange } = minuteView(greeks, { forward, volatility })
      expect(gammaGain + theta).toBeCloseTo(0, 12)
      expect(deltaChange).toBeCloseTo(greeks.gamma * move, 12)
    }),
  )
})
