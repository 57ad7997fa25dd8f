import { describe, expect, test } from 'vitest'
import { crossValidation, walkForward } from './splits.js'

describe('walk forward', () => {
  test('rolling keeps the length of the training, and tests follow each other without a gap', () => {
    expect(walkForward({ days: 10, trainDays: 4, testDays: 2 })).toEqual([
      { train: { from: 0, to: 4 }, test: { from: 4, to: 6 } },
      { train: { from: 2, to: 6 }, test: { from: 6, to: 8 } },
      { train: { from: 4, to: 8 }, test: { from: 8, to: 10 } },
    ])
  })

  test('anchored keeps its start; purged days lie between; the last test may be short', () => {
    expect(walkForward({ days: 9, trainDays: 3, testDays: 3, kind: 'anchored', purgeDays: 1 })).toEqual([
      { train: { from: 0, to: 3 }, test: { from: 4, to: 7 } },
      { train: { from: 0, to: 6 }, test: { from: 7, to: 9 } },
    ])
  })

  test('too few days give no split', () => {
    expect(walkForward({ days: 4, trainDays: 4, testDays: 2 })).toEqual([])
  })
})

test('cross-validation tests every day once, and trains on none near it', () => {
  const folds = crossValidation({ days: 11, folds: 3, purgeDays: 1, embargoDays: 2 })
  expect(folds.map(({ test: { from, to } }) => [from, to])).toEqual([
    [0, 4],
    [4, 7],
    [7, 11],
  ])
  expect(folds.map(({ train }) => train)).toEqual([
    [6, 7, 8, 9, 10],
    [0, 1, 2, 9, 10],
    [0, 1, 2, 3, 4, 5],
  ])
})
