import { createRandom } from '@scalp/canonical'
import { describe, expect, test } from 'vitest'
import {
  deflatedSharpe,
  effectiveTrials,
  estimateSharpe,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
} from './sharpe.js'

describe('worked examples of the papers', () => {
  /** Bailey and López de Prado (2012), section 4: two years of monthly returns of a hedge fund, annualised 1.59. */
  const fund = { count: 24, sharpe: 0.458, skewness: -2.448, kurtosis: 10.164 }

  test('a ratio of 0.458 a month is above 0 with 98.2 % if returns were normal, and with 91.3 % as they are', () => {
    expect(probabilisticSharpe({ ...fund, skewness: 0, kurtosis: 3 })).toBeCloseTo(0.982, 3)
    expect(probabilisticSharpe(fund)).toBeCloseTo(0.913, 3)
  })

  test('daily normal returns need 2.73 years to show a ratio of 2 above 1, monthly ones 3.24 years', () => {
    const years = (periods: number, skewness = 0, kurtosis = 3): number => {
      const shape = { count: 0, sharpe: 2 / Math.sqrt(periods), skewness, kurtosis }
      return minimumTrackRecord(shape, 1 / Math.sqrt(periods)) / periods
    }
    expect(years(250)).toBeCloseTo(2.73, 2)
    expect(years(52)).toBeCloseTo(2.83, 2)
    expect(years(12)).toBeCloseTo(3.24, 2)
    expect(years(12, -0.72, 5.78)).toBeCloseTo(4.99, 2)
  })

  test('an annual ratio of 2.5 in five years of days, best of 100 trials, is luck with 10 %', () => {
    /** Bailey and López de Prado (2014), "A numerical example": the variance of annual ratios is one half. */
    const best = { count: 1_250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 }
    const { luck, probability } = deflatedSharpe(best, 100, 0.5 / 250)
    expect(luck).toBeCloseTo(0.1132, 4)
    expect(probability).toBeCloseTo(0.9004, 4)
    expect(deflatedSharpe(best, 46, 0.5 / 250).probability).toBeCloseTo(0.9505, 3)
    expect(deflatedSharpe({ ...best, skewness: 0, kurtosis: 3 }, 88, 0.5 / 250).probability).toBeCloseTo(
      0.9505,
      3,
    )
  })
})

test('the expected best of n draws agrees with simulated draws', () => {
  const random = createRandom('best')
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let sum = 0
  for (let round = 0; round < 4_000; round++) sum += Math.max(...Array.from({ length: 50 }, normal))
  expect(sum / 4_000).toBeCloseTo(expectedMaximumSharpe(50, 1), 1)
  expect([expectedMaximumSharpe(1, 1), expectedMaximumSharpe(0, 1)]).toEqual([0, Number.NaN])
})

test('the ratio of a sample, its moments and its error by hand', () => {
  /** Mean 2, squares 1 + 0 + 1 + 1 + 1 = 4 of five: deviation 1. Cubes cancel: -1 + 0 + 1 - 1 + 1. */
  const estimate = estimateSharpe([1, 2, 3, 1, 3])
  expect(estimate).toMatchObject({ count: 5, mean: 2, deviation: 1, skewness: 0, sharpe: 2 })
  /** Fourth powers: 4 / 5 over (4 / 5)², 1.25. Error: √((1 + 0.25 / 4 · 4) / 4). */
  expect(estimate.kurtosis).toBeCloseTo(1.25, 12)
  expect(estimate.standardError).toBeCloseTo(Math.sqrt(1.25 / 4), 12)
})

test('a ratio that does not vary, or of one return, is none', () => {
  for (const returns of [[], [0.01], [0.01, 0.01, 0.01], [0, 0]])
    expect(estimateSharpe(returns).sharpe).toBeNaN()
})

test('a track record below its benchmark is never long enough', () => {
  expect(minimumTrackRecord({ count: 9, sharpe: 0.1, skewness: 0, kurtosis: 3 }, 0.2)).toBe(
    Number.POSITIVE_INFINITY,
  )
})

describe('effective trials', () => {
  const random = createRandom('trials')
  const noise = (): Float64Array => Float64Array.from({ length: 500 }, () => random() - 0.5)

  test('the same strategy forty times is one trial', () => {
    const one = noise()
    expect(effectiveTrials(Array.from({ length: 40 }, () => one))).toBeCloseTo(1, 6)
  })

  test('forty independent ones are about forty', () => {
    expect(effectiveTrials(Array.from({ length: 40 }, noise))).toBeGreaterThan(39)
  })

  test('those that never trade are no trials', () => {
    expect(effectiveTrials([noise(), noise(), new Float64Array(500)])).toBeGreaterThan(1.8)
    expect(effectiveTrials([noise(), new Float64Array(500)])).toBe(1)
  })
})
