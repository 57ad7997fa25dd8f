import { expect, test } from 'vitest'
import { renderHtml } from '../src/html.js'
import { parseResult } from '../src/index.js'
import { sampleResult } from './sample.js'

const decision = {
  id: 'd1',
  atUs: Date.UTC(2024, 6, 15, 14) * 1_000,
  kind: 'signal' as const,
  gate: 'signal',
  code: 'momentum_burst',
  symbol: 'SPY240719C00550000',
  bidMicros: 990_000,
  askMicros: 1_000_000,
  underlyingMicros: 550e6,
  inputs: {
    velocityPct: 0.7,
    score: 11.5,
    ranking: 'SPY240719C00550000 11.500, B 9.000',
    rejected: 'spread 4',
  },
  outcomes: [
    { horizon: '15min' as const, atUs: 1, underlyingMicros: 551e6, bidMicros: 1.2e6, netMicros: 19e6 },
  ],
}

test('a result file from before the decision log is read and shown as it was', async () => {
  const old: unknown = JSON.parse(JSON.stringify(sampleResult(20, 5)))
  expect(parseResult(old)).not.toHaveProperty('decisionLog')
  const page = await renderHtml(parseResult(old))
  expect(page).toContain('<h2>Decisions</h2>')
  expect(page).not.toContain('What refused entries would have made')
})

test('a report shows what refused entries would have made and why the chosen contracts won', async () => {
  const refused = { ...decision, id: 'd2', kind: 'refused' as const, gate: 'spread', code: 'SPREAD_TOO_WIDE' }
  const result = parseResult({ ...sampleResult(20, 5), decisionLog: [decision, refused] })
  const page = await renderHtml(result)
  expect(page).toContain('What refused entries would have made')
  expect(page).toContain(
    '<td>spread</td><td>SPREAD_TOO_WIDE</td><td class="n">1</td><td class="n">1 of 1</td><td class="n gain">$19.00</td>',
  )
  expect(page).toContain('<td>SPY240719C00550000 11.500, B 9.000</td><td>spread 4</td>')
  expect(page).toContain('2024-07-15 14:00:00')
})

test('words of a strategy cannot break out of the page', async () => {
  const bad = { ...decision, inputs: { ranking: '<script>alert(1)</script>' } }
  const page = await renderHtml({ ...sampleResult(5, 2), decisionLog: [bad] })
  expect(page).not.toContain('<script>alert(1)')
})
