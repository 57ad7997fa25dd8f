import { expect, test } from 'vitest'
import { black76Value } from './black76.js'
import { impliedForward } from './implied-forward.js'

function pair(forward: number, strike: number, spread: number) {
  const call = black76Value(1, forward, strike, 0.01, 0.4, 1)
  const put = black76Value(-1, forward, strike, 0.01, 0.4, 1)
  const half = spread / 2
  return { strike, callBid: call - half, callAsk: call + half, putBid: put - half, putAsk: put + half }
}

test('recovers the forward and what the quotes bracket it by', () => {
  const pairs = [245, 250, 255].map((strike) => pair(251.37, strike, 0.05))
  const { forward, low, high, pairs: count } = impliedForward(pairs)
  expect(forward).toBeCloseTo(251.37, 9)
  expect(low).toBeCloseTo(251.32, 9)
  expect(high).toBeCloseTo(251.42, 9)
  expect(count).toBe(3)
})

test('listens to tight pairs more than to wide ones', () => {
  const { forward } = impliedForward([pair(251.37, 250, 0.02), pair(252.5, 260, 1)])
  expect(Math.abs(forward - 251.37)).toBeLessThan(0.001)
})

test('passes over pairs with a missing side, and knows nothing without pairs', () => {
  const lame = { ...pair(251, 250, 0.1), putBid: Number.NaN }
  expect(impliedForward([lame, pair(251.37, 250, 0.02)]).pairs).toBe(1)
  expect(impliedForward([lame])).toEqual({ forward: Number.NaN, low: Number.NaN, high: Number.NaN, pairs: 0 })
})

test('leaves out strikes far from the money, however tight their quotes, and crossed pairs', () => {
  const near = [pair(251.37, 250, 0.02), pair(251.37, 255, 0.04)]
  const far = pair(240, 180, 0.001)
  const { forward, pairs } = impliedForward([far, ...near])
  expect(forward).toBeCloseTo(251.37, 9)
  expect(pairs).toBe(2)
  const crossed = { ...pair(260, 252.5, 0.02), callBid: 9, callAsk: 8 }
  expect(impliedForward([...near, crossed]).forward).toBeCloseTo(251.37, 9)
})
