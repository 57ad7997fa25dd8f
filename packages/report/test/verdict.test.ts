import { expect, test } from 'vitest'
import { type BacktestResult, judgeResult } from '../src/index.js'
import { sampleResult } from './sample.js'

/** Fifty trades over 25 days, on recorded data, with these net results in turn; fees of a dollar each. */
function runOf(...dollars: number[]): BacktestResult {
  const result = sampleResult(50, 25)
  result.manifest.data.isSynthetic = false
  let equityMicros = result.startingEquityMicros
  const perDay = 2
  result.trades.forEach((trade, index) => {
    trade.netMicros = (dollars[index % dollars.length] ?? 0) * 1e6
    trade.feesMicros = 1e6
    trade.grossMicros = trade.netMicros + 1e6
    trade.entryBidMicros = trade.entryAskMicros = 1e6
    trade.bounds = null
  })
  result.dailyEquity.forEach((day, index) => {
    for (const { netMicros } of result.trades.slice(index * perDay, (index + 1) * perDay))
      equityMicros += netMicros
    day.equityMicros = equityMicros
  })
  return result
}

test('steady profits are found nothing against, and told not to be a proof', () => {
  const verdict = judgeResult(runOf(20, 25, -3, 22, 18))
  expect(verdict.weaknesses).toEqual([])
  expect(verdict).toMatchObject({ tone: 'holds', headline: expect.stringContaining('not proof') as string })
  expect(verdict.passed.join(' ')).toContain('leaves zero out')
})

test('a mean that may be zero is said so, with its interval and what record it takes', () => {
  const { tone, weaknesses } = judgeResult(runOf(40, -38, 45, -50, 30, -22))
  expect(tone).toBe('weak')
  expect(weaknesses.join(' ')).toContain('that holds zero')
  expect(weaknesses.join(' ')).toMatch(/It takes [\d,]+ trading days like these to show it, and there are 25/)
})

test('losses that are no accident are said so', () => {
  const { tone, weaknesses } = judgeResult(runOf(-20, -25, 3, -22))
  expect(tone).toBe('losing')
  expect(weaknesses.join(' ')).toContain('is a loss')
})

test('a profit that twice the fees would take is said so', () => {
  const { weaknesses } = judgeResult(runOf(0.9, 1.1, -1.5, 1.2))
  expect(weaknesses).toContain('With fees twice as high the run loses.')
})

test('a profit of one month is said so', () => {
  const result = runOf(-1)
  for (const trade of result.trades.slice(0, 10)) trade.netMicros = 30e6
  expect(judgeResult(result).weaknesses).toContain('Without its best month the run loses.')
})

test('trades larger than what was displayed are said so', () => {
  const tape = { startUs: 0, atMs: [], bidMicros: [], askMicros: [], bidSize: [], askSize: [], exitSize: 1 }
  const result = runOf(20, 25)
  for (const trade of result.trades) trade.contracts = 5
  result.quoteTapes = result.trades.map((_, trade) => ({
    ...tape,
    trade,
    entrySize: trade % 2 === 0 ? 3 : 50,
  }))
  for (const tapes of result.quoteTapes) tapes.exitSize = 50
  expect(judgeResult(result).weaknesses).toContain(
    '50 % of the trades were larger than the size displayed where they filled.',
  )
})

test('a run that is the best of many is told what luck would have reached', () => {
  const result = runOf(40, 20, -30, -18, 30, 2)
  result.study = {
    name: 's',
    surfaces: [],
    walkForward: [],
    ledger: { trials: 1_000, sharpeVariance: 0.2 },
  }
  expect(judgeResult(result).weaknesses.join(' ')).toMatch(/After 1000 trials .* by luck/)
})

test('without trades there is nothing to judge', () => {
  expect(judgeResult({ ...runOf(1), trades: [] })).toMatchObject({
    tone: 'none',
    weaknesses: ['No trades: there is nothing to judge.'],
  })
})
