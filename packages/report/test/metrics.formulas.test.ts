import { expect, test } from 'vitest'
import { computeMetrics, groupTrades } from '../src/metrics.js'
import type { TradeRecord } from '../src/result.js'
import { sampleResult } from './sample.js'

const template = sampleResult(1, 1).trades[0] as TradeRecord
const USD = 1_000_000

/** 09:30 in New York of a winter day, in µs. */
const openOf = (date: string): number => Date.parse(`${date}T14:30:00Z`) * 1_000
const MINUTE = 60 * USD

/**
 * Five trades over four trading days across a month's end, starting from 1,000 dollars.
 *
 * | day        | trade | gross | fees | net  | equity at the close |
 * | 2024-01-30 | A     | +120  | 20   | +100 | 1,100               |
 * | 2024-01-31 | B     | -180  | 20   | -200 |   900               |
 * | 2024-02-01 | C, D  |  +60, +10 | 10, 10 | +50, 0 | 950         |
 * | 2024-02-02 | E     | +310  | 10   | +300 | 1,250               |
 */
const trade = (date: string, fields: Partial<TradeRecord>): TradeRecord => ({
  ...template,
  entryUs: openOf(date) + 30 * MINUTE,
  exitUs: openOf(date) + 60 * MINUTE,
  contracts: 1,
  entryMicros: 2 * USD,
  exitMicros: 3 * USD,
  feesMicros: 10 * USD,
  holdSeconds: 1_800,
  ...fields,
})
const trades = [
  trade('2024-01-30', {
    grossMicros: 120 * USD,
    feesMicros: 20 * USD,
    netMicros: 100 * USD,
    pnlPct: 50,
    maxGainPct: 60,
    maxDrawdownPct: -10,
    trigger: 'burst',
    entryQuoteAgeMs: 100,
  }),
  trade('2024-01-31', {
    grossMicros: -180 * USD,
    feesMicros: 20 * USD,
    netMicros: -200 * USD,
    pnlPct: -100,
    maxGainPct: 0,
    maxDrawdownPct: -90,
    trigger: 'burst',
    entryQuoteAgeMs: 300,
  }),
  trade('2024-02-01', {
    grossMicros: 60 * USD,
    netMicros: 50 * USD,
    pnlPct: 25,
    maxGainPct: 30,
    maxDrawdownPct: -5,
    trigger: 'vwap',
    entryQuoteAgeMs: null,
  }),
  trade('2024-02-01', {
    grossMicros: 10 * USD,
    netMicros: 0,
    pnlPct: 0,
    maxGainPct: 5,
    maxDrawdownPct: -5,
    trigger: 'vwap',
    entryQuoteAgeMs: null,
    entryUs: openOf('2024-02-01') + 45 * MINUTE,
    exitUs: openOf('2024-02-01') + 90 * MINUTE,
  }),
  trade('2024-02-02', {
    grossMicros: 310 * USD,
    netMicros: 300 * USD,
    pnlPct: 150,
    maxGainPct: 155,
    maxDrawdownPct: -40,
    trigger: 'burst',
    entryQuoteAgeMs: 200,
    holdSeconds: 900,
  }),
]
const dailyEquity = [
  { date: '2024-01-30', equityMicros: 1_100 * USD },
  { date: '2024-01-31', equityMicros: 900 * USD },
  { date: '2024-02-01', equityMicros: 950 * USD },
  { date: '2024-02-02', equityMicros: 1_250 * USD },
]
/** Between the closes the equity went to 1,200 on the first day and to 840 on the second. */
const equity = [
  { atUs: openOf('2024-01-30') + 5 * MINUTE, equityMicros: 1_200 * USD },
  { atUs: openOf('2024-01-30') + 60 * MINUTE, equityMicros: 1_100 * USD },
  { atUs: openOf('2024-01-31') + 5 * MINUTE, equityMicros: 840 * USD },
  { atUs: openOf('2024-02-02') + 5 * MINUTE, equityMicros: 1_250 * USD },
]
const metrics = computeMetrics({ startingEquityMicros: 1_000 * USD, trades, dailyEquity, equity })
const near = (actual: number | null, expected: number): void => expect(actual).toBeCloseTo(expected, 9)

test('counts trades by their result, and a trade of nothing is neither won nor lost', () => {
  expect(metrics).toMatchObject({ trades: 5, winners: 3, losers: 1, breakeven: 1 })
  near(metrics.winRate, 3 / 5)
})

test('gross profit 100 + 50 + 300 = 450, gross loss 200, so total 250 and factor 2.25', () => {
  expect(metrics).toMatchObject({ grossProfit: 450, grossLoss: 200, totalPnl: 250, profitFactor: 2.25 })
})

test('averages: win 450 / 3 = 150, loss 200 / 1, expectancy 250 / 5 = 50', () => {
  expect(metrics).toMatchObject({
    avgWin: 150,
    avgLoss: 200,
    expectancy: 50,
    largestWin: 300,
    largestLoss: -200,
  })
})

test('means over all trades: percent (50 - 100 + 25 + 0 + 150) / 5 = 25, hold (4 × 1,800 + 900) / 5 = 1,620 s', () => {
  near(metrics.avgPnlPct, 25)
  near(metrics.avgHoldSeconds, 1_620)
  near(metrics.avgEntryQuoteAgeMs, (100 + 300 + 200) / 3)
})

test('MFE is the mean of the best marks, (60 + 0 + 30 + 5 + 155) / 5 = 50, MAE of the worst, -150 / 5 = -30', () => {
  near(metrics.avgMaxGainPct, 50)
  near(metrics.avgMaxDrawdownPct, -30)
})

test('return (1,250 - 1,000) / 1,000 = 25 %; annualised over 4 of 252 days, 1.25^63 - 1', () => {
  near(metrics.totalReturnPct, 25)
  expect(metrics.cagrPct / 1e8).toBeCloseTo((1.25 ** 63 - 1) / 1e6, 6)
})

/**
 * Daily returns: +10, -18.1818…, +5.5555…, +31.5789… percent; mean 7.2381711855.
 * Squared deviations 7.6277… + 646.18… + 2.83… + 592.48… = 1249.13…, over 3, root 20.4053….
 */
test('Sharpe is mean over standard deviation (n - 1) of the daily returns, times the root of 252', () => {
  const r = [10, (900 / 1_100 - 1) * 100, (950 / 900 - 1) * 100, (1_250 / 950 - 1) * 100]
  expect(r[1]).toBeCloseTo(-18.181818181818, 9)
  expect(metrics.sharpe).toBeCloseTo(5.631, 3)
})

test('Sortino divides by the root of the mean square of the losing days over ALL days: 18.1818 / 2 = 9.0909', () => {
  const mean = (10 - 200 / 11 + 50 / 9 + 600 / 19) / 4
  near(metrics.sortino, (mean / (200 / 11 / 2)) * Math.sqrt(252))
})

test('drawdown on the intraday curve: from 1,200 to 840 is 360 dollars and 30 %', () => {
  near(metrics.maxDrawdown, 360)
  near(metrics.maxDrawdownPct, 30)
})

test('drawdown on daily closes: from 1,100 to 900 is 200 dollars and 18.18 %', () => {
  near(metrics.maxDrawdownDaily, 200)
  near(metrics.maxDrawdownDailyPct, 200 / 11)
})

test('dollars and percent of a drawdown are maximised each on its own', () => {
  /** From 100 to 60 is 40 dollars and 40 %; from 1,000 to 900 is 100 dollars and 10 %. */
  const both = computeMetrics({
    startingEquityMicros: 100 * USD,
    trades: [],
    dailyEquity: [60, 1_000, 900].map((dollars, day) => ({
      date: `2024-01-0${day + 2}`,
      equityMicros: dollars * USD,
    })),
    equity: [],
  })
  expect(both).toMatchObject({ maxDrawdown: 100, maxDrawdownPct: 40 })
})

test('Calmar is the annualised return over the drawdown in percent', () => {
  near((metrics.calmar ?? 0) / metrics.cagrPct, 1 / 30)
})

test('a month runs from month-end to month-end: January 900 / 1,000, February 1,250 / 900', () => {
  expect(metrics.monthlyReturns.map(({ month }) => month)).toEqual(['2024-01', '2024-02'])
  near(metrics.monthlyReturns[0]?.returnPct ?? 0, -10)
  near(metrics.monthlyReturns[1]?.returnPct ?? 0, (1_250 / 900 - 1) * 100)
})

test('exposure counts time once: 30 + 30 + 60 + 30 minutes of 4 × 390, overlapping trades together', () => {
  near(metrics.exposurePct, (150 / 1_560) * 100)
})

test('exposure of a trade held overnight counts trading time only', () => {
  const overnight = trade('2024-01-30', { exitUs: openOf('2024-01-31') + 30 * MINUTE })
  /** 10:00 to 16:00 is 360 minutes, and 30 minutes of the next day, of 4 × 390. */
  near(
    computeMetrics({ startingEquityMicros: 1_000 * USD, trades: [overnight], dailyEquity, equity })
      .exposurePct,
    (390 / 1_560) * 100,
  )
})

test('turnover is premium bought and sold, 5 × (2 + 3) × 100 = 2,500, over the mean equity of 1,050', () => {
  near(metrics.turnover, 2_500 / 1_050)
})

test('recovery: the peak of day 1 is passed on day 4, three trading days later', () => {
  expect(metrics.recoveryDays).toBe(3)
})

test('a peak that is never passed counts to the end', () => {
  const falling = dailyEquity.slice(0, 3)
  expect(
    computeMetrics({ startingEquityMicros: 1_000 * USD, trades, dailyEquity: falling, equity }).recoveryDays,
  ).toBe(2)
})

test('fees 20 + 20 + 10 + 10 + 10 = 70 of 320 gross', () => {
  expect(metrics.totalFees).toBe(70)
  near(metrics.costShare, 70 / 320)
})

test('runs of wins and losses, and the worst day', () => {
  expect(metrics).toMatchObject({ maxConsecutiveWins: 1, maxConsecutiveLosses: 1, worstDay: -200 })
})

test('groups hold trades, profit and win rate each', () => {
  expect([...groupTrades(trades, ({ trigger }) => trigger)]).toEqual([
    ['burst', { trades: 3, pnl: 200, winRate: 2 / 3 }],
    ['vwap', { trades: 2, pnl: 50, winRate: 1 / 2 }],
  ])
})

test('bounds add up over the run; a trade without them counts as it is, and forced exits are counted', () => {
  const bounds = { bestMicros: 120 * USD, expectedMicros: 105 * USD, worstMicros: 80 * USD }
  const bounded = trades.map((each, at) => (at === 0 ? { ...each, bounds, flags: ['forced-exit'] } : each))
  const found = computeMetrics({ startingEquityMicros: 1_000 * USD, trades: bounded, dailyEquity, equity })
  expect(found.bounds).toEqual({ best: 270, expected: 255, worst: 230 })
  expect(found.forcedExits).toBe(1)
  expect(metrics.bounds).toBeNull()
})

test('what is undefined is null, and nothing divides by zero', () => {
  const empty = computeMetrics({ startingEquityMicros: 1_000 * USD, trades: [], dailyEquity: [], equity: [] })
  expect(empty).toMatchObject({
    winRate: 0,
    profitFactor: null,
    expectancy: null,
    avgWin: null,
    avgLoss: null,
    sharpe: null,
    sortino: null,
    calmar: null,
    costShare: null,
    avgMaxGainPct: null,
    monthlyReturns: [],
    exposurePct: 0,
    turnover: 0,
    recoveryDays: 0,
  })
  const won = computeMetrics({
    startingEquityMicros: 1_000 * USD,
    trades: [trades[0] as TradeRecord],
    dailyEquity: dailyEquity.slice(0, 1),
    equity: [],
  })
  expect(won).toMatchObject({ profitFactor: null, sharpe: null, sortino: null, calmar: null })
})
