import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { HistoricalClient } from '@scalp/databento/historical'
import { expect, test } from 'vitest'
import { type Called, callWith, newFolder } from './call.js'

const RANGE = [
  '--dataset',
  'OPRA.PILLAR',
  '--schema',
  'cbbo-1m',
  '--symbols',
  'TSLA.OPT',
  '--stype-in',
  'parent',
  '--start',
  '2025-02-20',
]
const QUERY = {
  dataset: 'OPRA.PILLAR',
  schema: 'cbbo-1m',
  symbols: ['TSLA.OPT'],
  stypeIn: 'parent',
  start: '2025-02-20',
}

/** A client that writes down what is asked of it; data cost $1.50. */
function createClient(calls: [string, unknown][]): HistoricalClient {
  const answer =
    <Answer>(name: string, value: Answer) =>
    (query: unknown): Promise<Answer> => {
      calls.push([name, query])
      return Promise.resolve(value)
    }
  const client = {
    metadata: {
      getCost: answer('getCost', 1_500_000),
      getBillableSize: answer('getBillableSize', 8_000),
      getRecordCount: answer('getRecordCount', 100),
    },
    timeseries: { download: answer('download', { file: 'x', bytes: 900, costMicros: 1_500_000 }) },
    batch: {
      submitJob: answer('submitJob', { id: 'OPRA-1', state: 'received' }),
      waitForJob: answer('waitForJob', { id: 'OPRA-1', state: 'done' }),
      download: answer('downloadJob', { folder: '/data/OPRA-1', files: ['a', 'b'] }),
    },
  }
  return client as unknown as HistoricalClient
}

async function tried(
  args: readonly string[],
  confirm?: (question: string) => Promise<boolean>,
): Promise<Called & { calls: [string, unknown][]; billed: string[] }> {
  const calls: [string, unknown][] = []
  const ports = { createClient: () => createClient(calls), ...(confirm === undefined ? {} : { confirm }) }
  const called = await callWith(ports, ...args)
  const billed = calls.map(([name]) => name).filter((name) => name === 'download' || name === 'submitJob')
  return { ...called, calls, billed }
}

test('cost says what data would cost, and buys nothing', async () => {
  const { code, out, calls } = await tried(['cost', ...RANGE])
  expect([code, out]).toEqual([0, expect.stringMatching(/100 records, 8\.0 kB uncompressed, \$1\.50/)])
  expect(calls).toEqual([
    ['getCost', QUERY],
    ['getBillableSize', QUERY],
    ['getRecordCount', QUERY],
  ])
  const { out: json } = await tried(['cost', ...RANGE, '--json'])
  expect(JSON.parse(json)).toMatchObject({ costMicros: 1_500_000, records: 100, bytes: 8_000 })
})

test('nothing is bought above the ceiling, without an answer, or against it', async () => {
  const file = path.join(await newFolder(), 'a.dbn.zst')
  const cases: [string[], ((question: string) => Promise<boolean>) | undefined][] = [
    [['--max-cost', '1.49', '--yes'], undefined],
    [[], undefined],
    [[], () => Promise.resolve(false)],
  ]
  for (const [flags, confirm] of cases) {
    const { code, err, billed } = await tried(['download', ...RANGE, '-o', file, ...flags], confirm)
    expect([code, billed]).toEqual([2, []])
    expect(err).toMatch(/\$1\.50[\s\S]*Nothing was billed[\s\S]*COST_REFUSED/)
  }
})

test('what was agreed to is the ceiling of the purchase', async () => {
  const file = path.join(await newFolder(), 'a.csv.zst')
  const asked: string[] = []
  const confirm = (question: string): Promise<boolean> => {
    asked.push(question)
    return Promise.resolve(true)
  }
  const { code, calls } = await tried(['download', ...RANGE, '-o', file], confirm)
  expect([code, asked]).toEqual([0, [expect.stringContaining('$1.50')]])
  expect(calls.at(-1)).toEqual([
    'download',
    expect.objectContaining({
      ...QUERY,
      file,
      maxCostMicros: 1_500_000,
      encoding: 'csv',
      compression: 'zstd',
    }),
  ])
  const { calls: more } = await tried(['download', ...RANGE, '-o', file, '--yes', '--max-cost', '2'])
  expect(more.at(-1)?.[1]).toMatchObject({ maxCostMicros: 2_000_000 })
})

test('a batch job is submitted, waited for, and downloaded; it can be taken up again for free', async () => {
  const dir = await newFolder()
  const { out, calls, billed } = await tried(['download', ...RANGE, '--batch', '--dir', dir, '--yes'])
  expect(billed).toEqual(['submitJob'])
  expect(calls.slice(3).map(([name]) => name)).toEqual(['submitJob', 'waitForJob', 'downloadJob'])
  expect(calls.at(-1)?.[1]).toMatchObject({ jobId: 'OPRA-1', directory: dir })
  expect(out).toBe('/data/OPRA-1: 2 files\n')
  const again = await tried(['job', 'OPRA-1', '--dir', dir, '--json'])
  expect([again.billed, again.calls.map(([name]) => name)]).toEqual([[], ['waitForJob', 'downloadJob']])
})

test('a place for the data is settled before anything is asked', async () => {
  const file = path.join(await newFolder(), 'a.dbn')
  writeFileSync(file, 'mine')
  for (const flags of [[], ['-o', 'x.parquet'], ['-o', file], ['--batch', '-o', 'a.dbn']]) {
    const { code, calls } = await tried(['download', ...RANGE, '--yes', ...flags])
    expect([code, calls], flags.join(' ')).toEqual([2, []])
  }
})
