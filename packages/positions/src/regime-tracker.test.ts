import { createOptionId } from '@scalp/canonical'
import { expect, test } from 'vitest'
import { type RegimeAction, RegimeTracker } from './index.js'

function opening(id: string, action: RegimeAction = 'BUY_CALL', underlying = 'TSLA') {
  const option = createOptionId({ underlying, expiry: '2024-02-02', right: 'C', strike: 250 })
  return { id, option, action, contracts: 1, fillMicros: 1_000_000, openedUs: 0 }
}

test('a sold position gains when the price falls, and its exits are reversed', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a', 'SELL_CALL'))
  expect(tracker.update('a', { nowUs: 1, currentMicros: 610_000 })?.signal).toBeNull()
  const gain = tracker.update('a', { nowUs: 2, currentMicros: 600_000 })
  expect(gain?.signal).toMatchObject({ trigger: 'take_profit', pnlMicros: 40_000_000, urgency: 'medium' })
  const loss = tracker.update('a', { nowUs: 3, currentMicros: 1_200_000 })
  expect(loss?.signal).toMatchObject({ trigger: 'stop_loss', pnlMicros: -20_000_000, urgency: 'high' })
})

test('the signal repeats while its rule holds, the event comes once per trigger', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  const types = (currentMicros: number) =>
    tracker.update('a', { nowUs: 1, currentMicros })?.events.map(({ type }) => type)
  expect(types(1_400_000)).toEqual(['position-updated', 'exit-signal'])
  expect(types(1_500_000)).toEqual(['position-updated'])
  expect(tracker.update('a', { nowUs: 1 })?.signal?.trigger).toBe('take_profit')
  expect(types(800_000)).toEqual(['position-updated', 'exit-signal'])
})

test('a snoozed trigger is silent until its time, another one is not', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  tracker.update('a', { nowUs: 0, currentMicros: 1_400_000 })
  tracker.dismiss('a', { nowUs: 1_000_000, seconds: 60 })
  const silent = tracker.update('a', { nowUs: 60_999_999, currentMicros: 1_450_000 })
  expect(silent).toMatchObject({ signal: null, position: { status: 'open', exitReason: null } })
  expect(tracker.update('a', { nowUs: 2_000_000, currentMicros: 800_000 })?.signal?.trigger).toBe('stop_loss')
  tracker.dismiss('a')
  tracker.update('a', { nowUs: 3_000_000, currentMicros: 1_400_000 })
  tracker.dismiss('a', { nowUs: 3_000_000, seconds: 1 })
  expect(tracker.update('a', { nowUs: 3_999_999 })?.signal).toBeNull()
  expect(tracker.update('a', { nowUs: 4_000_000 })?.signal?.trigger).toBe('take_profit')
})

test('dismiss without a snooze signals again at the next update', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  tracker.update('a', { nowUs: 0, currentMicros: 1_400_000 })
  expect(tracker.dismiss('a')?.position).toMatchObject({ status: 'open', exitReason: null })
  expect(tracker.update('a', { nowUs: 1 })?.events).toHaveLength(2)
})

test('closing twice counts once, and a loss of nothing is a loss', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  expect(tracker.close('a', { closeMicros: 1_000_000, nowUs: 5 })?.events).toHaveLength(1)
  const again = tracker.close('a', { closeMicros: 9_000_000, nowUs: 6 })
  expect(again).toMatchObject({ events: [], position: { closeMicros: 1_000_000, closedUs: 5 } })
  expect(tracker.close('nobody', { closeMicros: 1, nowUs: 1 })).toBeUndefined()
  expect(tracker.update('a', { nowUs: 7, currentMicros: 2_000_000 })).toBeUndefined()
  expect(tracker.statistics()).toEqual({
    TSLA: { trades: 1, wins: 0, losses: 1, winRate: 0, avgPnlPercent: 0, totalPnlDollars: 0 },
  })
})

test('a free position has no percent and no profit exit', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition({ ...opening('a'), fillMicros: 0 })
  expect(tracker.update('a', { nowUs: 1, currentMicros: 0 })).toMatchObject({
    signal: null,
    position: { pnlPercent: 0 },
  })
})

test('impossible numbers and ids in use are refused', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  const code = (run: () => unknown) =>
    expect(run).toThrow(expect.objectContaining({ code: 'POSITION_INPUT' }))
  code(() => tracker.openPosition(opening('a')))
  code(() => tracker.openPosition({ ...opening('b'), contracts: 0 }))
  code(() => tracker.openPosition({ ...opening('b'), contracts: 1.5 }))
  code(() => tracker.openPosition({ ...opening('b'), fillMicros: Number.NaN }))
  code(() => tracker.update('a', { nowUs: 1, currentMicros: -1 }))
  code(() => tracker.close('a', { nowUs: 1, closeMicros: Number.NaN }))
  expect(tracker.totals()).toEqual({ openCount: 1, exposureMicros: 100_000_000, pnlMicros: 0 })
})

test('clearing forgets positions and keeps statistics', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  tracker.openPosition(opening('b'))
  tracker.close('a', { closeMicros: 1_100_000, nowUs: 1 })
  expect(tracker.clearClosed()).toBe(1)
  expect(tracker.positions().map(({ id }) => id)).toEqual(['b'])
  expect(tracker.clearAll()).toBe(1)
  expect(tracker.summary()).toMatchObject({ trades: 1, wins: 1, winRate: 100, avgPnlPercent: 10 })
})

test('an underlying lags with four trades below 5 % while the others average above 15 %', () => {
  const tracker = new RegimeTracker({ maxPositions: 100 })
  const trade = (underlying: string, count: number, closeMicros: number) => {
    for (let i = 0; i < count; i++) {
      const id = `${tracker.positions().length}`
      tracker.openPosition(opening(id, 'BUY_CALL', underlying))
      tracker.close(id, { closeMicros, nowUs: 1 })
    }
  }
  trade('AMD', 3, 1_040_000)
  trade('TSLA', 4, 1_160_000)
  expect(tracker.summary().underperformers).toEqual([])
  trade('AMD', 1, 1_040_000)
  expect(tracker.summary().underperformers).toEqual(['AMD'])
  trade('TSLA', 4, 1_140_000)
  expect(tracker.summary().underperformers).toEqual([])
})

test('a snapshot of another version is refused and changes nothing', () => {
  const tracker = new RegimeTracker()
  tracker.openPosition(opening('a'))
  const other = { ...tracker.snapshot(), version: 2 as 1, positions: [] }
  expect(() => tracker.restore(other)).toThrow(expect.objectContaining({ code: 'SNAPSHOT_VERSION' }))
  expect(tracker.open()).toHaveLength(1)
})
