import { expect, test } from 'vitest'
import { type Point, parseAxis } from './axis.js'
import { proposePoints, type TriedPoint } from './forest.js'
import { randomPoints, type Space } from './plan.js'

const space: Space = { axes: [parseAxis('x=-5..5'), parseAxis('y=-5..5'), parseAxis('mode=a,b')] }
/** A hill at (2, −1), higher in mode b. */
const hill = ({ x, y, mode }: Point): number =>
  (mode === 'b' ? 1 : 0) - ((Number(x) - 2) ** 2 + (Number(y) + 1) ** 2) / 10

function search(seed: string): readonly TriedPoint[] {
  const tried: TriedPoint[] = []
  const add = (points: readonly Point[]): void => {
    for (const point of points) tried.push({ point, figure: hill(point) })
  }
  add(randomPoints(space, { count: 10, seed }))
  while (tried.length < 60) add(proposePoints({ space, tried, count: 10, seed }))
  return tried
}

const bestOf = (figures: readonly number[]): number => Math.max(...figures)

test('a model finds better settings than blind draws of the same number, and the same by the same seed', () => {
  let wins = 0
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const sought = bestOf(search(seed).map(({ figure }) => figure))
    const drawn = bestOf(randomPoints(space, { count: 60, seed: `blind ${seed}` }).map(hill))
    if (sought > drawn) wins++
  }
  expect(wins).toBeGreaterThanOrEqual(5)
  expect(search('a')).toEqual(search('a'))
})

test('figures that are not known count as the worst, and a small space is exhausted without repeats', () => {
  const small: Space = { axes: [parseAxis('n=1..12/1')] }
  const tried = Array.from({ length: 10 }, (_, at) => ({
    point: { n: at + 1 },
    figure: at === 3 ? Number.NaN : at,
  }))
  const next = proposePoints({ space: small, tried, count: 5, seed: 'x' })
  expect(next.map(({ n }) => n)).toEqual(expect.arrayContaining([11, 12]))
  expect(next).toHaveLength(2)
})
