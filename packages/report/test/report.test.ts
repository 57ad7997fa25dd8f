import { expect, test } from 'vitest'
import { hashResult } from '../src/hash.js'
import { renderHtml } from '../src/html.js'
import {
  computeMetrics,
  findWeaknesses,
  formatSummary,
  measureDependence,
  parseResult,
} from '../src/index.js'
import { sampleResult } from './sample.js'

const withNets = (...dollars: number[]) => {
  const result = sampleResult(dollars.length, 2)
  result.trades.forEach((trade, index) => {
    trade.netMicros = (dollars[index] ?? 0) * 1e6
    trade.grossMicros = trade.netMicros + trade.feesMicros
  })
  return result
}

test('intraday drawdown starts at the starting equity and maximises dollars and percent apart', () => {
  const equityOf = (...values: number[]) => values.map((value, atUs) => ({ atUs, equityMicros: value * 1e6 }))
  const metrics = computeMetrics({
    startingEquityMicros: 100e6,
    trades: [],
    dailyEquity: [{ date: '2024-07-15', equityMicros: 850e6 }],
    equity: equityOf(80, 1000, 850),
  })
  expect(metrics.maxDrawdown).toBe(150)
  expect(metrics.maxDrawdownPct).toBe(20)
})

test('one outlier that carries the profit is said so', () => {
  const result = withNets(100, -40, -40)
  expect(measureDependence(result.trades)).toMatchObject({
    pnlWithoutBestTrade: -80,
    shareOfTop: { top1: 5 },
  })
  const words = findWeaknesses(result).join('\n')
  expect(words).toContain('One trade makes 500 %')
  expect(words).toContain('Too few trades to conclude: 3')
  expect(words).toContain('Without its best trade the run loses')
})

test('a gross profit that fees turn into a loss is said so', () => {
  const result = withNets(-1, -1)
  expect(findWeaknesses(result).join('\n')).toContain('Gross positive but net negative')
})

test('old quotes under the entries are said so', () => {
  const result = withNets(1, 1)
  for (const trade of result.trades) trade.entryQuoteAgeMs = 60_000
  expect(findWeaknesses(result).join('\n')).toContain('100 % of the entries filled on quotes older')
})

test('the hash holds outcomes and not where the data came from', () => {
  const one = sampleResult()
  const other = sampleResult()
  other.manifest.data.directory = 'elsewhere'
  expect(hashResult(other)).toBe(hashResult(one))
  other.trades[0]!.netMicros += 1
  expect(hashResult(other)).not.toBe(hashResult(one))
})

test('a result survives its file, and the page escapes what it holds', async () => {
  const result = parseResult(JSON.parse(JSON.stringify(sampleResult())))
  expect(result).toEqual(sampleResult())
  result.trades[0]!.trigger = '</script><b>odd</b>'
  const html = await renderHtml(result)
  expect(html).not.toContain('<b>odd</b>')
  expect(html).toContain('SYNTHETIC DATA')
  expect(formatSummary(result)).toContain('SYNTHETIC DATA')
})
