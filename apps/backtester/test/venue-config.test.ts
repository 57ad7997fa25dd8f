import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { configOf, silent, writeMarket } from './market.js'

const settings = {
  momentumThresholdPutPct: 0.2,
  momentumThresholdCallPct: 0.2,
  maxContractPriceMicros: 20_000_000,
}
const run = async (data: string, flags: Record<string, unknown>) =>
  runBacktest(await configOf(data, { settings, ...flags }), silent)

test('a halt of the underlying over the whole run lets nothing fill, and the report says so', async () => {
  const data = await writeMarket('dbn')
  const halts = [{ symbol: 'DEMO', from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' }]
  const halted = await run(data, { events: { halts } })
  expect(halted.trades).toEqual([])
  expect(halted.decisions.signals).toBeGreaterThan(0)
  expect(halted.assumptions.join(' ')).toContain('Nothing fills during 1 halts.')
  const open = await run(data, {})
  expect(open.trades.length).toBeGreaterThan(0)
  expect(open.assumptions.join(' ')).toContain('No halt of trading is known to the run.')
})

test('IBKR takes at least a dollar for each of the two orders of a trade', async () => {
  const { trades } = await run(await writeMarket('dbn'), { costs: { schedule: 'ibkr-tiered' } })
  expect(trades.length).toBeGreaterThan(0)
  for (const { feesMicros } of trades) expect(feesMicros).toBeGreaterThan(2_000_000)
})

test('drawn latencies are the same for the same seed, and are drawn at all', async () => {
  const data = await writeMarket('dbn')
  const fills = { latencySigma: 1, orderLatencyMs: 30_000, responseLatencyMs: 20_000, feedLatencyMs: 100 }
  const first = await run(data, { fills })
  expect((await run(data, { fills })).manifest.resultHash).toBe(first.manifest.resultHash)
  expect((await run(data, { fills, seed: 'other' })).manifest.resultHash).not.toBe(first.manifest.resultHash)
  expect(first.assumptions.join(' ')).toContain('log-normal')
  const recordedLatency = [
    { orderMs: 10, responseMs: 12 },
    { orderMs: 900, responseMs: 40, feedMs: 5 },
  ]
  const recorded = await run(data, { fills: { recordedLatency } })
  expect(recorded.assumptions.join(' ')).toContain('2 recorded ones')
})

test.each([
  [{ slippageOfSpread: 0.5 }, '50 % of the spread'],
  [{ slippageAmount: 0.01 }, '0.01 dollars a share'],
  [{ slippagePct: 2 }, '2 %'],
])('slippage %o makes trades dearer, in the words of the report', async (fills, words) => {
  const data = await writeMarket('dbn')
  const free = await run(data, { fills: { slippagePct: 0 } })
  const slipped = await run(data, { fills })
  expect(slipped.assumptions.join(' ')).toContain(`A fill is ${words} worse than the touch`)
  expect(slipped.endingEquityMicros).not.toBe(free.endingEquityMicros)
})

test('an adjustment of what is no contract is refused by name', async () => {
  const adjustments = [
    { original: 'nonsense', adjusted: 'DEMO240105C00100000', type: 'split', effectiveDate: '2024-01-03' },
  ]
  await expect(run(await writeMarket('dbn'), { events: { adjustments } })).rejects.toMatchObject({
    message: expect.stringContaining('nonsense') as string,
  })
})

test('the gates of Greeks are asked with Greeks of the quotes, refuse by name, and can be left out', async () => {
  const data = await writeMarket('dbn')
  const refused = (result: Awaited<ReturnType<typeof run>>) =>
    result.decisions.refusals.map(({ gate }) => gate)
  const open = await run(data, {})
  expect(open.trades.length).toBeGreaterThan(0)
  expect(refused(open)).not.toContain('greeks_fresh')
  const far = await run(data, { gates: { delta: { min: 0.95, max: 1 } } })
  expect(far.trades).toEqual([])
  expect(refused(far)).toContain('delta_in_range')
  /** Samples are a minute apart: Greeks are as old as the quote that they follow from. */
  const old = await run(data, { gates: { maxGreeksAgeMs: 1 } })
  expect(refused(old)).toContain('greeks_fresh')
  const without = await run(data, { gates: { delta: null, maxGreeksAgeMs: null } })
  expect(without.trades).toEqual(open.trades)
})
