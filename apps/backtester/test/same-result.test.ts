import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { computeMetrics } from '@scalp/report'
import { expect, test } from 'vitest'
import { runBacktest } from '../src/backtest.js'
import { writeSyntheticMarket } from '../src/synthetic-files.js'
import { configOf, newFolder, silent, writeMarket } from './market.js'

const lively = {
  momentumThresholdPutPct: 0.2,
  momentumThresholdCallPct: 0.2,
  maxContractPriceMicros: 20_000_000,
}

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

test('days cut into several files give the same result as whole ones', { timeout: 60_000 }, async () => {
  const settings = { settings: lively }
  const whole = await writeMarket('dbn')
  const cut = await writeMarket('dbn')
  let made = 0
  for (const job of readdirSync(cut)) {
    for (const name of readdirSync(`${cut}/${job}`)) {
      if (!name.endsWith('.cbbo-1m.dbn')) continue
      const file = `${cut}/${job}/${name}`
      const bytes = readFileSync(file)
      /** A DBN file: 8 bytes, the length of the metadata at 4, records after them; a CBBO record has 80 bytes. */
      const head = 8 + bytes.readUInt32LE(4)
      const records = (bytes.length - head) / 80
      const ends = [0, 1, Math.floor(records / 3), Math.floor(records / 2), records]
      for (let part = 1; part < ends.length; part++) {
        const from = head + (ends[part - 1] as number) * 80
        const to = head + (ends[part] as number) * 80
        const piece = Buffer.concat([bytes.subarray(0, head), bytes.subarray(from, to)])
        writeFileSync(file.replace(/\.dbn$/, `.${part}.dbn`), piece)
        made++
      }
      rmSync(file)
    }
  }
  expect(made).toBeGreaterThan(4)
  const one = await runBacktest(await configOf(whole, settings), silent)
  const many = await runBacktest(await configOf(cut, { ...settings, workers: 2 }), silent)
  expect(one.trades.length).toBeGreaterThan(0)
  expect(many.dataQuality.records).toBe(one.dataQuality.records)
  expect(many.manifest.resultHash).toBe(one.manifest.resultHash)
})

test('several strategies share a run, each with its own trades, and the same ones give the same hash', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn')
  const strategies = [
    {
      name: 'quick',
      strategy: 'momentum-scalper',
      preset: 'tuned',
      settings: { ...lively, takeProfitPct: 5 },
    },
    {
      name: 'slow',
      strategy: 'momentum-scalper',
      preset: 'tuned',
      settings: { ...lively, takeProfitPct: 40 },
    },
  ]
  const run = async (limits: Record<string, unknown>) =>
    runBacktest(await configOf(data, { strategies, limits, warmUpMinutes: 30 }), silent)
  const result = await run({})
  const names = new Set(result.trades.map(({ strategy }) => strategy))
  expect(names).toEqual(new Set(['quick', 'slow']))
  expect(result.manifest.strategy.name).toBe('quick+slow')
  const net = result.trades.reduce((sum, { netMicros }) => sum + netMicros, 0)
  expect(result.endingEquityMicros - result.startingEquityMicros).toBe(net)
  expect((await run({})).manifest.resultHash).toBe(result.manifest.resultHash)
  /** Nothing is opened in the first half hour of the data. */
  expect(Math.min(...result.trades.map(({ signalUs }) => signalUs))).toBeGreaterThanOrEqual(
    Date.parse('2024-01-02T15:00:00Z') * 1_000,
  )
  const overlap = (trades: typeof result.trades): boolean =>
    trades.some((a) => trades.some((b) => a !== b && a.entryUs < b.exitUs && b.entryUs < a.exitUs))
  expect(overlap(result.trades)).toBe(true)
  expect(overlap((await run({ maxOpenPositions: 1 })).trades)).toBe(false)
})

test('trades on samples carry bounds that hold the booked result, and the run adds them up', async () => {
  const result = await runBacktest(await configOf(await writeMarket('dbn'), { settings: lively }), silent)
  const { bounds, totalPnl } = computeMetrics(result)
  expect(result.trades.every((trade) => trade.bounds != null)).toBe(true)
  expect(bounds?.worst).toBeLessThanOrEqual(totalPnl)
  expect(bounds?.best).toBeGreaterThanOrEqual(totalPnl)
  expect(bounds?.expected).toBeGreaterThanOrEqual(bounds?.worst ?? 0)
  expect(bounds?.expected).toBeLessThanOrEqual(bounds?.best ?? 0)
})

test('two underlyings run side by side in one account, each bar and quote in its turn', {
  timeout: 60_000,
}, async () => {
  const data = await writeMarket('dbn')
  const other = await newFolder()
  await writeSyntheticMarket(
    {
      out: other,
      days: 2,
      seed: 'other',
      start: '2024-01-02',
      underlying: 'TEST',
      quotesPerDay: 8_000,
      format: 'dbn',
    },
    silent,
  )
  for (const job of readdirSync(other)) renameSync(`${other}/${job}`, `${data}/${job}-TEST`)
  const settings = { settings: { ...lively, maxConcurrent: 2 } }
  const both = await runBacktest(await configOf(data, { ...settings, underlyings: ['TEST'] }), silent)
  expect(new Set(both.trades.map(({ underlying }) => underlying))).toEqual(new Set(['DEMO', 'TEST']))
  expect(new Set(both.underlyingCloses.map(({ symbol }) => symbol))).toEqual(new Set(['DEMO', 'TEST']))
  const net = both.trades.reduce((sum, { netMicros }) => sum + netMicros, 0)
  expect(both.endingEquityMicros - both.startingEquityMicros).toBe(net)
  const again = await runBacktest(
    await configOf(data, { ...settings, underlyings: ['TEST'], workers: 2 }),
    silent,
  )
  expect(again.manifest.resultHash).toBe(both.manifest.resultHash)
})
