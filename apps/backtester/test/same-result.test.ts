import { readdirSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { configOf, silent, writeMarket } from './market.js'

test('the same days give the same hash from any format, on any number of threads, again and again', {
  timeout: 60_000,
}, async () => {
  const hashes: string[] = []
  const settings = {
    settings: {
      momentumThresholdPutPct: 0.2,
      momentumThresholdCallPct: 0.2,
      maxContractPriceMicros: 20_000_000,
    },
  }
  for (const format of ['dbn.zst', 'dbn', 'csv.zst', 'csv'] as const) {
    const data = await writeMarket(format)
    const workers = format === 'dbn.zst' ? [1, 2, 3, 1] : [1]
    for (const count of workers) {
      const result = await runBacktest(await configOf(data, { ...settings, workers: count }), silent)
      expect(result.trades.length).toBeGreaterThan(0)
      expect(result.manifest.data.isSynthetic).toBe(true)
      hashes.push(result.manifest.resultHash)
    }
  }
  expect(hashes).toHaveLength(7)
  expect(new Set(hashes).size).toBe(1)
  const other = await runBacktest(await configOf(await writeMarket('dbn', 'other'), settings), silent)
  expect(other.manifest.resultHash).not.toBe(hashes[0])
})

test('the money adds up: what the trades made is what the equity gained', async () => {
  const result = await runBacktest(
    await configOf(await writeMarket('dbn'), {
      settings: {
        momentumThresholdPutPct: 0.2,
        momentumThresholdCallPct: 0.2,
        maxContractPriceMicros: 20_000_000,
      },
    }),
    silent,
  )
  const net = result.trades.reduce((sum, { netMicros }) => sum + netMicros, 0)
  expect(result.endingEquityMicros - result.startingEquityMicros).toBe(net)
  for (const trade of result.trades) {
    expect(trade.netMicros).toBe(trade.grossMicros - trade.feesMicros)
    /** No fill on a quote that was there when the entry was decided. */
    expect(trade.entryUs).toBeGreaterThan(trade.signalUs)
    expect(trade.exitUs).toBeGreaterThan(trade.entryUs)
  }
})

test('without bars the price of the underlying is derived, and the report says so', async () => {
  const { rm, readdir } = await import('node:fs/promises')
  const data = await writeMarket('dbn')
  for (const name of await readdir(data))
    if (name.startsWith('EQUS')) await rm(`${data}/${name}`, { recursive: true })
  const result = await runBacktest(await configOf(data), silent)
  expect(result.assumptions.join(' ')).toContain('put-call parity')
  expect(result.underlyingCloses).toHaveLength(2)
})

test('says on how many days there are quotes but no bars', async () => {
  const data = await writeMarket('dbn')
  for (const job of readdirSync(data))
    rmSync(`${data}/${job}/equs-mini-20240103.ohlcv-1s.dbn`, { force: true })
  const { dataQuality } = await runBacktest(await configOf(data), silent)
  expect(dataQuality.warnings).toContainEqual(
    expect.stringContaining('No bars of the underlying on 1 of 2 days, the first 2024-01-03'),
  )
})
