import { expect, test } from 'vitest'
import { parameterStability } from './stability.js'

const figures = [
  [1, 2, 1],
  [2, 4, 3],
  [1, 3, 9],
]
const figureOf = ([x = 0, y = 0]: readonly number[]): number | undefined => figures[x]?.[y]

test('a plateau has good neighbours', () => {
  expect(parameterStability([3, 3], [1, 1], figureOf)).toEqual({
    value: 4,
    neighbours: 2.5,
    worstNeighbour: 2,
    plateau: 0.625,
  })
})

test('at a corner only what there is counts; a lonely peak is told apart', () => {
  expect(parameterStability([3, 3], [2, 2], figureOf)).toMatchObject({ neighbours: 3, plateau: 1 / 3 })
})

test('without tried neighbours nothing is said', () => {
  expect(parameterStability([1], [0], () => 5)).toMatchObject({
    worstNeighbour: Number.NaN,
    plateau: Number.NaN,
  })
  expect(parameterStability([3], [0], ([x]) => (x === 0 ? -1 : 2)).plateau).toBeNaN()
})
