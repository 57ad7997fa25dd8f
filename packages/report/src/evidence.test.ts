import {
  bootstrapInterval,
  deflatedSharpe,
  estimateSharpe,
  meanOf,
  minimumTrackRecord,
  probabilisticSharpe,
  shuffleTrades,
} from '@scalp/statistics'
import { expect, test } from 'vitest'
import { sampleResult } from '../test/sample.js'
import { weighEvidence } from './evidence.js'

const result = sampleResult(120, 20)
const returns = result.dailyEquity.map(
  ({ equityMicros }, day) =>
    equityMicros / (result.dailyEquity[day - 1]?.equityMicros ?? result.startingEquityMicros) - 1,
)
const estimate = estimateSharpe(returns)
const year = Math.sqrt(252)

test('the Sharpe ratio is weighed as the formulas weigh its daily returns', () => {
  const { sharpe } = weighEvidence(result)
  expect(sharpe.days).toBe(20)
  expect(sharpe.sharpe).toBeCloseTo(estimate.sharpe * year, 12)
  expect(sharpe.standardError).toBeCloseTo(estimate.standardError * year, 12)
  expect(sharpe.probabilistic).toBeCloseTo(probabilisticSharpe(estimate), 12)
  expect(sharpe.minimumDays).toBe(minimumTrackRecord(estimate))
  expect(sharpe.deflated).toBeNull()
})

test('a ledger deflates the Sharpe ratio by its effective trials', () => {
  const ledger = { trials: 300, effectiveTrials: 40, sharpeVariance: 0.01 }
  const study = { name: 'sweep', surfaces: [], walkForward: [], ledger }
  const { probability, luck } = deflatedSharpe(estimate, 40, 0.01)
  expect(weighEvidence({ ...result, study }).sharpe.deflated).toEqual({
    trials: 300,
    effectiveTrials: 40,
    probability,
    luck: luck * year,
  })
})

test('expectancy and drawdown have the interval and the luck that drawing anew gives', () => {
  const nets = result.trades.map(({ netMicros }) => netMicros / 1e6)
  const evidence = weighEvidence(result)
  expect(evidence.expectancy).toEqual(bootstrapInterval(nets, meanOf, { samples: 2_000, meanBlock: 6 }))
  expect(evidence.drawdown).toEqual(shuffleTrades(nets, { samples: 2_000 }))
})

test('of a thin sample nothing is said', () => {
  expect(weighEvidence(sampleResult(29, 20))).toMatchObject({
    isThin: true,
    expectancy: null,
    drawdown: null,
    sharpe: { sharpe: null, probabilistic: null, minimumDays: null, deflated: null },
  })
})

test('days that do not vary have no Sharpe ratio', () => {
  const flat = sampleResult(60, 20)
  for (const day of flat.dailyEquity) day.equityMicros = flat.startingEquityMicros
  expect(weighEvidence(flat).sharpe).toMatchObject({ sharpe: null, probabilistic: null, minimumDays: null })
})
