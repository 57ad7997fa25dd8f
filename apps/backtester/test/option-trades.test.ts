import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { decodeMetadata, encodeMetadata } from '@scalp/databento'
import { expect, test } from 'vitest'
import { runBacktest, runPass } from '../src/backtest.js'
import { openRunData } from '../src/run-data.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

const RECORD = 80
const TCBBO = 0xc2
const settings = {
  momentumThresholdPutPct: 0.2,
  momentumThresholdCallPct: 0.2,
  maxContractPriceMicros: 20_000_000,
}

/** Writes the last trades of sampled quotes as files of trades, each received at the instant of its quote. */
async function addTrades(data: string): Promise<number> {
  let trades = 0
  for (const job of await readdir(data)) {
    for (const name of await readdir(path.join(data, job))) {
      if (!name.endsWith('.cbbo-1m.dbn')) continue
      const bytes = await readFile(path.join(data, job, name))
      const start = 8 + bytes.readUInt32LE(4)
      const metadata = decodeMetadata(bytes.subarray(0, start))
      const kept: Uint8Array[] = [encodeMetadata({ ...metadata, schema: 'tcbbo' })]
      for (let at = start; at < bytes.length; at += RECORD) {
        const record = Buffer.from(bytes.subarray(at, at + RECORD))
        if (record.readUInt32LE(24) === 0) continue
        record[1] = TCBBO
        record[28] = 0x54
        kept.push(record)
        trades++
      }
      await writeFile(path.join(data, job, name.replace('cbbo-1m', 'tcbbo')), Buffer.concat(kept))
    }
  }
  return trades
}

const ratios = (result: Awaited<ReturnType<typeof runBacktest>>) =>
  (result.decisionLog ?? [])
    .map(({ inputs }) => inputs['volumeRatio'])
    .filter((ratio) => typeof ratio === 'number')

test('trades of contracts reach the strategy, and the result is the same however they are read', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn')
  const silentRun = await runBacktest(await configOf(data, { settings }), silent)
  expect(ratios(silentRun)).toEqual([])
  expect(await addTrades(data)).toBeGreaterThan(100)
  const config = await configOf(data, { settings })
  const result = await runBacktest(config, silent)
  expect(ratios(result).length).toBeGreaterThan(0)
  expect(new Set(ratios(result)).size).toBeGreaterThan(1)
  expect(result.manifest.data.files.filter(({ schema }) => schema === 'tcbbo')).toHaveLength(2)
  const hash = result.manifest.resultHash
  const cache = await newFolder()
  for (const flags of [{ workers: 2 }, { cache }, { cache, workers: 2 }]) {
    const again = await runBacktest(await configOf(data, { settings, ...flags }), silent)
    expect(again.manifest.resultHash, JSON.stringify(flags)).toBe(hash)
  }
  const pass = await runPass({ configs: [config, config], data: await openRunData(config, silent) })
  for (const one of pass) {
    if (one.status === 'rejected') throw one.reason
    expect(one.value.trades).toEqual(result.trades)
  }
})

test('fill model queue runs on data with trades, and says what is missing on others', async () => {
  const data = await writeMarket('dbn')
  const flags = { settings: { ...settings, momentumThresholdPutPct: 0.1 }, fills: { model: 'queue' } }
  await expect(runBacktest(await configOf(data, flags), silent)).rejects.toMatchObject({
    message: expect.stringContaining('option trades, which fill model queue needs') as string,
  })
  await addTrades(data)
  const result = await runBacktest(await configOf(data, flags), silent)
  expect(result.trades.length).toBeGreaterThan(0)
  expect(result.assumptions.join(' ')).toContain('once what was displayed before it has traded')
})
