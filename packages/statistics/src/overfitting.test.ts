import { expect, test } from 'vitest'
import { probabilityOfOverfitting } from './overfitting.js'

test('two strategies and two blocks, by hand', () => {
  /**
   * Block 1: A earns 3 and 1 (mean 2, deviation √2), B 1 and 0 (0.5, √0.5). Block 2: A -1 and 0, B 2 and 1.
   * In sample block 1 chooses A, which is last out of sample: rank 1 of 2, relative 1/3, logit -ln 2. In sample block 2
   * chooses B (2.12), which out of sample has 0.71 against A's 1.41: rank 1 again.
   */
  const found = probabilityOfOverfitting(
    [
      [3, 1, -1, 0],
      [1, 0, 2, 1],
    ],
    { blocks: 2 },
  )
  expect(found.splits).toBe(2)
  expect(Array.from(found.logits)).toEqual([-Math.LN2, -Math.LN2].map((x) => expect.closeTo(x, 12) as number))
  expect(found).toMatchObject({ probability: 1, probabilityOfLoss: 0.5 })
})

test('a strategy that is best in every block is no luck', () => {
  const noise = [1, -1, 2, 0, 1, -2, 0, 1, 2, -1, 1, 0, 1, -1, 0, 2]
  const better = noise.map((value) => value + 3)
  const { probability, splits } = probabilityOfOverfitting([noise, better, noise.map((value) => -value)], {
    blocks: 4,
  })
  expect([probability, splits]).toEqual([0, 6])
})

test('too little to split says nothing instead of something', () => {
  expect(probabilityOfOverfitting([[1, 2, 3, 4]], { blocks: 2 }).probability).toBeNaN()
  expect(
    probabilityOfOverfitting(
      [
        [1, 2],
        [2, 1],
      ],
      { blocks: 2 },
    ).probability,
  ).toBeNaN()
  expect(
    probabilityOfOverfitting(
      [
        [1, 2, 3, 4, 5, 6],
        [2, 1, 2, 1, 2, 1],
      ],
      { blocks: 3 },
    ).splits,
  ).toBe(0)
})

test('sixteen blocks are 12,870 splits', () => {
  const series = (shift: number): number[] => Array.from({ length: 64 }, (_, t) => Math.sin(t * 1.7 + shift))
  expect(probabilityOfOverfitting([series(0), series(1), series(2)]).splits).toBe(12_870)
})
