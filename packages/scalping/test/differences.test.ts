import type { InstrumentIndex } from '@scalp/canonical'
import { expect, test } from 'vitest'
import {
  breakoutSignal,
  EXIT_PRIORITY,
  ExitManager,
  PriceLevels,
  positionSize,
  rankContracts,
  SessionVwap,
  scalpConfigSchema,
  VelocityTracker,
  VolumeAnalyzer,
} from '../src/index.js'

/**
 * Where ours differs from the reference on purpose. Every shared vector holds as it stands; these are the cases that
 * the vectors leave out because the two disagree. Each names the defect of the reference and shows what ours does.
 */
const row = {
  instrument: 1 as InstrumentIndex,
  symbol: 'X',
  strikeMicros: 250e6,
  dte: 1,
  bidMicros: 1e6,
  askMicros: 1.02e6,
  askSize: 10,
  openInterest: 500,
  volume: 500,
  quoteAgeMs: 0,
}
const rules = scalpConfigSchema.parse({})

const differences: readonly { readonly reason: string; readonly holds: () => void }[] = [
  {
    reason: 'D28: the reference ranks a crossed quote first, for its negative spread; ours refuses it',
    holds: () => {
      const crossed = { ...row, bidMicros: 1.1e6, askMicros: 1e6 }
      const { chosen, rejected } = rankContracts([crossed], 250e6, () => 0.4, rules)
      expect(chosen).toBeUndefined()
      expect(rejected).toEqual([{ symbol: 'X', reason: 'quote' }])
    },
  },
  {
    reason: 'section 10: the reference falls back to a default delta; ours knows an unknown one is none',
    holds: () => {
      const { rejected } = rankContracts([row], 250e6, () => Number.NaN, rules)
      expect(rejected).toEqual([{ symbol: 'X', reason: 'delta_unknown' }])
    },
  },
  {
    reason:
      'section 10: equal scores go by ask, strike and symbol; in the reference by the order of the input',
    holds: () => {
      const [a, b] = [
        { ...row, symbol: 'A' },
        { ...row, symbol: 'B' },
      ]
      const first = (rows: (typeof row)[]) => rankContracts(rows, 250e6, () => 0.4, rules).chosen?.row.symbol
      expect([first([a, b]), first([b, a])]).toEqual(['A', 'A'])
    },
  },
  {
    reason: 'D25: a sparse feed measures less than the window in the reference; asOf measures the whole',
    holds: () => {
      const tracker = new VelocityTracker({ windows: [30], anchor: 'asOf' })
      for (const [seconds, price] of [
        [0, 100e6],
        [40, 101e6],
        [60, 101e6],
      ] as const) {
        tracker.add(seconds * 1e6, price)
      }
      expect(tracker.changePct(30)).toBeCloseTo(1, 9)
    },
  },
  {
    reason: 'D27: a put/call ratio without calls is 1 in the reference; unknown in ours',
    holds: () => {
      const volume = new VolumeAnalyzer()
      volume.add(0, 1 as InstrumentIndex, 'P', 10)
      expect(volume.putCallRatio(5)).toBeNaN()
    },
  },
  {
    reason:
      'D27: the baseline of the reference holds the window it is compared with; that of signals precedes it',
    holds: () => {
      const minute = 60_000_000
      const [own, reference] = [new VolumeAnalyzer(), new VolumeAnalyzer({ mode: 'inclusive' })]
      for (const analyzer of [own, reference]) {
        for (let at = 0; at <= 30; at++) analyzer.add(at * minute, 1 as InstrumentIndex, 'C', 10)
        analyzer.add(31 * minute, 1 as InstrumentIndex, 'C', 10_000)
      }
      expect(own.rightRatio('C', 31 * minute)).toBeGreaterThan(100)
      expect(reference.rightRatio('C', 31 * minute)).toBeLessThanOrEqual(6)
    },
  },
  {
    reason: 'D22: bands of the reference are 0 wide at the first tick; ours are not there before the second',
    holds: () => {
      const vwap = new SessionVwap()
      vwap.add(100e6, 5)
      expect(vwap.bands()).toBeUndefined()
    },
  },
  {
    reason:
      'D20: the reference counts a pivot again at each update; ours once, so strength stays what was seen',
    holds: () => {
      const levels = new PriceLevels()
      for (const price of [105, 103, 100, 102, 104, 105, 106, 107]) levels.addPoint(0, price)
      expect(levels.supports.map(({ strength }) => strength)).toEqual([1])
    },
  },
  {
    reason:
      'D20: a breakout of the reference needs no crossing; ours needs the price before on the other side',
    holds: () => {
      const levels = new PriceLevels()
      for (let count = 0; count < 2; count++) {
        for (const price of [95, 97, 100, 97, 95]) levels.addPoint(0, price)
      }
      expect(breakoutSignal(levels, 101, 102, 1, 2)).toBeUndefined()
      expect(breakoutSignal(levels, 99, 102, 1, 2)).toMatchObject({ trigger: 'breakout' })
    },
  },
  {
    reason:
      'the time stop of the reference hides its longest hold and both spare small winners; ours are two rules',
    holds: () => {
      const manager = new ExitManager(
        { ...rules, timeStopMinutes: 5, maxHoldMinutes: 15, exitPriority: EXIT_PRIORITY },
        { openedUs: 0, priceMicros: 1e6, direction: 'up', expiryUs: 1e15 },
      )
      const tick = { bidMicros: 1.01e6, velocityPct: Number.NaN, closeUs: 1e15 }
      const at = (minutes: number) =>
        manager.check({ ...tick, nowUs: minutes * 60e6, quoteUs: minutes * 60e6 })
      expect([at(5), at(15)]).toEqual([undefined, 'time_exit'])
    },
  },
  {
    reason:
      'D19: the reference closes a same-day option at its first quote; ours minutes before it stops trading',
    holds: () => {
      const manager = new ExitManager(rules, {
        openedUs: 0,
        priceMicros: 1e6,
        direction: 'up',
        expiryUs: 3_600e6,
      })
      const tick = { bidMicros: 1e6, velocityPct: Number.NaN, closeUs: 1e15 }
      const at = (us: number) => manager.check({ ...tick, nowUs: us, quoteUs: us })
      expect([at(60e6), at(3_300e6)]).toEqual([undefined, 'expiration'])
    },
  },
  {
    reason: 'D32: the reference raises a size to 1 also when it cannot be paid; 0 of ours refuses',
    holds: () => {
      const input = { equityMicros: 1e9, riskPct: 2, priceMicros: 3e6, stopLossPct: 15, maxContracts: 50 }
      expect(positionSize(input, { cashMicros: 100e6 })).toBe(0)
    },
  },
  {
    reason:
      'D57: the reference takes a reversal at the dead band of the burst itself; ours has its own threshold',
    holds: () => {
      const own = { ...rules, momentumReversal: true, reversalThresholdPct: 0.3, reversalMinHoldSeconds: 20 }
      const manager = new ExitManager(own, { openedUs: 0, priceMicros: 1e6, direction: 'up', expiryUs: 1e15 })
      const tick = { bidMicros: 1e6, closeUs: 1e15 }
      const at = (us: number, velocityPct: number) =>
        manager.check({ ...tick, nowUs: us, quoteUs: us, velocityPct })
      expect([at(10e6, -1), at(20e6, -0.1), at(20e6, -0.4)]).toEqual([
        undefined,
        undefined,
        'momentum_reversal',
      ])
    },
  },
]

test.each(differences)('$reason', ({ holds }) => holds())
