import { parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import {
  type BacktestResult,
  decisionsCsv,
  formatMarkdown,
  measureCosts,
  parseResult,
  tradesCsv,
} from '../src/index.js'
import { decisionsParquet, tradesParquet } from '../src/node.js'
import { richResult, sampleResult } from './sample.js'

const decision: NonNullable<BacktestResult['decisionLog']>[0] = {
  id: 'd1',
  atUs: 1_721_052_000_000_001,
  kind: 'refused',
  gate: 'spread',
  code: 'SPREAD_TOO_WIDE',
  symbol: null,
  bidMicros: null,
  askMicros: 1_000_000,
  underlyingMicros: 550e6,
  inputs: { note: 'a, "b"' },
  outcomes: [{ horizon: 'close', atUs: 1, underlyingMicros: null, bidMicros: null, netMicros: -7e6 }],
}
const result = { ...richResult(40, 5), decisionLog: [decision] }

const parquet = async (bytes: Uint8Array): Promise<Record<string, unknown>[]> =>
  parquetReadObjects({ file: bytes.buffer as ArrayBuffer })

test('trades come back from Parquet as they were', async () => {
  const rows = await parquet(tradesParquet(result))
  expect(rows).toHaveLength(40)
  result.trades.forEach((trade, at) => {
    expect(rows[at]).toMatchObject({
      symbol: trade.symbol,
      netMicros: BigInt(trade.netMicros),
      spreadPct: trade.spreadPct,
      worstMicros: BigInt(trade.bounds?.worstMicros ?? 0),
      multiplier: 100n,
      strategy: null,
    })
    expect(Number(rows[at]?.['entryUs'])).toBe(Math.floor(trade.entryUs / 1_000))
    expect(JSON.parse(rows[at]?.['inputs'] as string)).toEqual(trade.inputs)
  })
})

test('decisions come back from Parquet, unknown as null', async () => {
  expect(await parquet(decisionsParquet(result))).toMatchObject([
    { gate: 'spread', symbol: null, bidMicros: null, netCloseMicros: -7_000_000n, net1hMicros: null },
  ])
  expect(await parquet(decisionsParquet(sampleResult(5, 2)))).toEqual([])
})

test('CSV has a line a trade, and as many fields in each', () => {
  const plain = { ...result, trades: result.trades.map((trade) => ({ ...trade, inputs: {} })) }
  const lines = tradesCsv(plain).trimEnd().split('\n')
  expect(lines).toHaveLength(41)
  const [head = '', first = ''] = lines
  expect(first.split(',')).toHaveLength(head.split(',').length)
  expect(first.split(',')[head.split(',').indexOf('netMicros')]).toBe(String(result.trades[0]?.netMicros))
})

test('CSV quotes what has commas and quotes, and disarms formulas', () => {
  expect(decisionsCsv(result).split('\n')[1]).toBe(
    'd1,1721052000000001,refused,spread,SPREAD_TOO_WIDE,,,1000000,550000000,,,-7000000,"{""note"":""a, \\""b\\""""}"',
  )
  const [first] = sampleResult(1, 1).trades
  expect(tradesCsv({ trades: [{ ...first!, trigger: '=cmd()' }] })).toContain(",'=cmd(),")
})

test('Markdown tells the verdict and the figures, and cannot be broken by words of a strategy', () => {
  const bad = { ...result, decisions: { ...result.decisions, abstains: [{ code: 'a|b<i>', count: 3 }] } }
  const text = formatMarkdown(bad)
  expect(text).toContain('| strategy | a\\|b&lt;i> | 3 |')
  expect(text).toContain('**SYNTHETIC DATA.**')
  const double = measureCosts(result.trades).cases.find(({ name }) => name === 'Fees × 2')?.pnl ?? 0
  const shown = Math.abs(double).toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  })
  expect(text).toContain(`| Fees × 2 | ${double < 0 ? '-' : ''}$${shown} |`)
})

test('what was added to the result file can be left out of it', () => {
  const { quoteTapes, study, decisionLog, ...before } = result
  expect([quoteTapes, study, decisionLog].every((part) => part !== undefined)).toBe(true)
  expect(parseResult(JSON.parse(JSON.stringify(before)))).toEqual(before)
})
