import { expect, test } from 'vitest'
import { deepestFall, shuffleTrades } from './trade-order.js'

test('the deepest fall counts from the start on', () => {
  expect(deepestFall([])).toBe(0)
  expect(deepestFall([-3, 1, -2, 5, -1])).toBe(4)
  expect(deepestFall([2, 3, -4, 1, -3, 9])).toBe(6)
})

test('a lucky order has a low rank, the worst one the highest', () => {
  const wins = Array.from({ length: 20 }, () => 1)
  const losses = Array.from({ length: 20 }, () => -1)
  const alternating = wins.flatMap((win) => [win, -1])
  expect(shuffleTrades(alternating).rank).toBeLessThan(0.01)
  const worst = shuffleTrades([...wins, ...losses])
  expect(worst).toMatchObject({ drawdown: 20, rank: 1 })
  expect(worst.median).toBeLessThan(worst.worst5)
  expect(shuffleTrades(alternating, { seed: 'a' })).toEqual(shuffleTrades(alternating, { seed: 'a' }))
})
