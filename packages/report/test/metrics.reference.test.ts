import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { computeMetrics, groupTrades } from '../src/metrics.js'
import type { TradeRecord } from '../src/result.js'
import { sampleResult } from './sample.js'

interface ReferenceTrade {
  exitDate: string
  pnlDollars: number
  pnlPct: number
  holdSeconds: number
  trigger: string
  exitReason: string
  signalType: string
  dte: number
}
interface Case {
  id: string
  startingEquity: number
  tradingDays: string[]
  trades: ReferenceTrade[]
  expect: Record<string, unknown>
}
const shared =
  process.env['SCALP_FIXTURES'] ?? fileURLToPath(new URL('../../../../shared/fixtures', import.meta.url))
const own = fileURLToPath(new URL('./fixtures', import.meta.url))
const cases = [own, `${shared}/reference`].flatMap((folder) =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.endsWith('.json'))
    .map(
      (name) =>
        JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as {
          format?: { name?: string }
          cases: Case[]
        },
    )
    .filter(({ format }) => format?.name === 'metrics')
    .flatMap((file) => file.cases),
)
const isRequired = process.env['CI'] !== undefined && process.env['SCALP_REQUIRE_FIXTURES'] !== undefined

test.skipIf(!existsSync(shared) && !isRequired)('the shared vectors are there', () => {
  expect(existsSync(`${shared}/reference`)).toBe(true)
  expect(cases.length).toBeGreaterThan(0)
})

const template = sampleResult(1, 1).trades[0] as TradeRecord

for (const { id, startingEquity, tradingDays, trades: given, expect: expected } of cases) {
  test(`metrics agree with the reference: ${id}`, () => {
    const trades = given.map(
      (trade): TradeRecord => ({
        ...template,
        netMicros: Math.round(trade.pnlDollars * 1e6),
        pnlPct: trade.pnlPct,
        holdSeconds: trade.holdSeconds,
        trigger: trade.trigger,
        exitReason: trade.exitReason,
        right: trade.signalType.endsWith('CALL') ? 'C' : 'P',
        dte: trade.dte,
      }),
    )
    const dailyEquity = tradingDays.map((date) => ({
      date,
      equityMicros: given
        .filter(({ exitDate }) => exitDate <= date)
        .reduce(
          (total, { pnlDollars }) => total + Math.round(pnlDollars * 1e6),
          Math.round(startingEquity * 1e6),
        ),
    }))
    const metrics = computeMetrics({
      startingEquityMicros: Math.round(startingEquity * 1e6),
      trades,
      dailyEquity,
      equity: [],
    })
    const groups: Record<string, ReturnType<typeof groupTrades>> = {
      Trigger: groupTrades(trades, ({ trigger }) => trigger),
      Exit: groupTrades(trades, ({ exitReason }) => exitReason),
      Direction: groupTrades(trades, ({ right }) => (right === 'C' ? 'SCALP_CALL' : 'SCALP_PUT')),
      Dte: groupTrades(trades, ({ dte }) => String(dte)),
    }
    const actual: Record<string, unknown> = { ...metrics, totalTrades: metrics.trades }
    actual['avgPnl'] = metrics.expectancy ?? 0
    actual['avgPnlPct'] = metrics.avgPnlPct ?? 0
    actual['avgHoldSeconds'] = metrics.avgHoldSeconds ?? 0
    actual['dailyEquity'] = Object.fromEntries(
      dailyEquity.map(({ date, equityMicros }) => [date, equityMicros / 1e6]),
    )
    for (const [name, group] of Object.entries(groups)) {
      for (const [word, field] of [
        ['trades', 'trades'],
        ['pnl', 'pnl'],
        ['winRate', 'winRate'],
      ] as const)
        actual[`${word}By${name}`] = Object.fromEntries([...group].map(([key, value]) => [key, value[field]]))
    }
    for (const [name, value] of Object.entries(expected)) same(actual[name], value, name)
  })
}

function same(actual: unknown, expected: unknown, name: string): void {
  if (typeof expected === 'number') {
    expect(typeof actual, name).toBe('number')
    const off = Math.abs((actual as number) - expected)
    expect(off, `${name}: ${actual} for ${expected}`).toBeLessThanOrEqual(
      Math.max(1e-7, 1e-9 * Math.abs(expected)),
    )
  } else if (typeof expected === 'object' && expected !== null) {
    const inner = (actual ?? {}) as Record<string, unknown>
    expect(Object.keys(inner).sort(), name).toEqual(Object.keys(expected).sort())
    for (const [key, value] of Object.entries(expected)) same(inner[key], value, `${name}.${key}`)
  } else expect(actual, name).toEqual(expected)
}
