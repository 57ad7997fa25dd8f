import type { JournalEntry } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { RiskMonitor, type RiskMonitorOptions } from './index.js'

const SECOND = 1_000_000

function watch(options: Partial<RiskMonitorOptions> = {}): { risk: RiskMonitor; entries: JournalEntry[] } {
  const entries: JournalEntry[] = []
  return { risk: new RiskMonitor({ ...options, record: (entry) => entries.push(entry) }), entries }
}

test.each([
  ['feed-failures', (risk: RiskMonitor, us: number) => risk.feedFailed(us)],
  ['broker-failures', (risk: RiskMonitor, us: number) => risk.brokerFailed(us)],
] as const)(
  'five %s in 300 s throw it, one exactly 300 s old counts, an older one does not',
  (cause, fail) => {
    const spaced = (gaps: readonly number[]) => {
      const { risk, entries } = watch()
      let us = 0
      for (const gap of gaps) fail(risk, (us += gap * SECOND))
      return { state: risk.state, causes: entries.map((entry) => entry['cause']) }
    }
    expect(spaced([0, 75, 75, 75])).toEqual({ state: 'active', causes: [] })
    expect(spaced([0, 75, 75, 75, 75])).toEqual({ state: 'reduce-only', causes: [cause] })
    expect(spaced([0, 75, 75, 75, 75.000001])).toEqual({ state: 'active', causes: [] })
  },
)

test('the daily loss counts from the opening equity, and reaches its limit exactly', () => {
  const { risk } = watch({ losses: { dailyLossPct: 10 } })
  risk.append({ type: 'session-opened', atUs: 0, equityMicros: 50_000_000_000 })
  risk.equity(45_000_000_001, 1)
  expect(risk.state).toBe('active')
  risk.append({ type: 'order-filled', atUs: 2, equityMicros: 45_000_000_000 })
  expect(risk.killSwitchDevice.reasons).toMatchObject([
    { cause: 'daily-loss', value: 10, limit: 10, unit: '%' },
  ])
})

test('the drawdown counts from the highest equity, over days', () => {
  const { risk } = watch({ losses: { drawdownPct: 20 } })
  for (const equityMicros of [100, 125, 110, 100.1]) risk.equity(equityMicros * 1e9, 1)
  expect(risk.state).toBe('active')
  risk.append({ type: 'session-opened', atUs: 2, equityMicros: 100e9 })
  expect(risk.killSwitchDevice.reasons).toMatchObject([{ cause: 'drawdown', value: 20 }])
})

test('unknown equity reaches no limit and becomes no peak', () => {
  const { risk } = watch({ losses: { drawdownPct: 20, dailyLossPct: 5 } })
  risk.equity(Number.NaN, 1)
  risk.equity(100e9, 2)
  risk.equity(Number.NaN, 3)
  expect(risk.losses.snapshot()).toMatchObject({ peakMicros: 100e9, sessionStartMicros: 100e9 })
  expect(risk.state).toBe('active')
})

test('a row of losses throws it; a trade that makes nothing is one, a gain ends the row', () => {
  const { risk } = watch({ losses: { losingStreak: 3 } })
  const close = (netMicros: number) => risk.append({ type: 'position-closed', atUs: 1, trade: { netMicros } })
  for (const net of [-1, 0, 5, -1, 0]) close(net)
  expect(risk.state).toBe('active')
  close(-1)
  expect(risk.killSwitchDevice.reasons).toMatchObject([{ cause: 'losing-streak', value: 3 }])
})

test('the clock must be wrong three times in a row, and an unknown reading is wrong', () => {
  const { risk } = watch()
  for (const skew of [1_001, Number.NaN, 1_000, -1_001, 2_000]) risk.clockRead(skew, 1)
  expect(risk.state).toBe('active')
  risk.clockRead(Number.NaN, 2)
  expect(risk.killSwitchDevice.reasons).toMatchObject([{ cause: 'clock-skew', value: null, limit: 1_000 }])
})

test('a full disk and an account that does not agree throw it', () => {
  const { risk, entries } = watch()
  risk.diskFull(1, 7)
  risk.reconciliationFailed(2, 1)
  expect(entries.map((entry) => [entry['cause'], entry['state']])).toEqual([
    ['disk-full', 'reduce-only'],
    ['reconciliation', 'reduce-only'],
  ])
})

test('after a re-arm failures, losses and the peak start anew', () => {
  const { risk } = watch({ losses: { drawdownPct: 20, losingStreak: 1 } })
  risk.equity(100e9, 1)
  risk.equity(70e9, 2)
  for (let i = 0; i < 5; i++) risk.feedFailed(i)
  expect(risk.state).toBe('reduce-only')
  risk.rearm({ atUs: 9, by: 'ada', equityMicros: 70e9 })
  risk.equity(60e9, 10)
  risk.feedFailed(11)
  expect(risk.state).toBe('active')
  risk.equity(56e9, 12)
  expect(risk.state).toBe('reduce-only')
})

test('losses survive a restart', () => {
  const one = watch({ losses: { drawdownPct: 20 } }).risk
  one.equity(100e9, 1)
  const two = watch({ losses: { drawdownPct: 20 } }).risk
  two.losses.restore(JSON.parse(JSON.stringify(one.losses.snapshot())))
  two.equity(80e9, 2)
  expect(two.state).toBe('reduce-only')
})

test('limits that are no positive number are refused', () => {
  expect(() => watch({ losses: { dailyLossPct: 0 } })).toThrow(
    expect.objectContaining({ code: 'RISK_LIMIT' }),
  )
  expect(() => watch({ feedFailures: { threshold: Number.NaN, windowSeconds: 1 } })).toThrow('threshold')
})
