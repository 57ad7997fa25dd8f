import { expect, test } from 'vitest'
import { compareResults, formatComparison } from '../src/index.js'
import { renderComparison } from '../src/node.js'
import { sampleResult } from './sample.js'

const a = sampleResult(60, 10)
const b = structuredClone(a)
b.manifest.settings = { fillModel: 'immediate', fills: { slippagePct: 1 } }
b.manifest.resultHash = '1'.repeat(64)
/** One trade goes, one is better by 5 dollars, one is of another contract. */
b.trades.splice(3, 1)
b.trades[0]!.netMicros += 5e6
b.trades[5]!.symbol = 'SPY240719C00560000'
b.decisions.refusals = [{ gate: 'spread', code: 'too_wide', count: 10 }]

const comparison = compareResults(a, b)

test('trades are told apart by contract and minute of decision', () => {
  const { both, onlyA, onlyB, bothMicros } = comparison.trades
  expect(both).toBe(58)
  expect(onlyA.map(({ symbol }) => symbol)).toEqual([a.trades[3]?.symbol, a.trades[6]?.symbol])
  expect(onlyB.map(({ symbol }) => symbol)).toEqual(['SPY240719C00560000'])
  expect(bothMicros[1] - bothMicros[0]).toBe(5e6)
})

test('figures come with their change, settings by their path', () => {
  const net = comparison.figures.find(({ name }) => name === 'Net profit')
  const lost = a.trades[3]!.netMicros / 1e6
  expect(net?.change).toBeCloseTo(5 - lost, 9)
  expect(comparison.settings).toEqual([
    { path: 'fillModel', a: 'nextQuote', b: 'immediate' },
    { path: 'fills', a: undefined, b: { slippagePct: 1 } },
  ])
  expect(comparison.refusals).toEqual([
    { gate: 'spread', code: 'too_wide', a: 40, b: 10 },
    { gate: 'strategy', code: 'cooldown', a: 12, b: 12 },
  ])
})

test('a run compared with itself differs in nothing', () => {
  const same = compareResults(a, structuredClone(a))
  expect(same.isSameResult).toBe(true)
  expect(same.settings).toEqual([])
  expect(same.figures.every(({ change }) => change === null || change === 0)).toBe(true)
  expect(formatComparison(same, ['x', 'y'])).toContain('the same result hash')
})

test('other data and other periods are said so', () => {
  const other = structuredClone(a)
  other.period.to = '2030-01-01'
  other.manifest.data.files = [{ name: 'x', dataset: 'OPRA', schema: 'cbbo-1m', bytes: 1, sha256: 'ab' }]
  const text = formatComparison(compareResults(a, other), ['x', 'y'])
  expect(text).toContain('The periods differ')
  expect(text).toContain('The data differ.')
})

test('the text lines up its columns', () => {
  const [figures = ''] = formatComparison(comparison, ['phase0', 'tuned']).split('\n\n')
  const lines = figures.split('\n')
  expect(lines[0]).toMatch(/^ +phase0 +tuned +change$/)
  expect(new Set(lines.map((line) => line.length)).size).toBe(1)
})

test('names cannot break out of the page', () => {
  const page = renderComparison(a, b, ['<script>alert(1)</script>', 'tuned'])
  expect(page).not.toContain('<script>alert(1)')
  expect(page).toContain('In tuned alone')
})
