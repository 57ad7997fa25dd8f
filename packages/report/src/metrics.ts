import { toDollars } from '@scalp/canonical'
import type { BacktestResult, TradeRecord } from './result.js'
import { exposurePct, type MonthlyReturn, monthlyReturns, recoveryDays, turnover } from './time-metrics.js'

/** What the metrics are computed from: a result, or a part of one. */
export type MetricsInput = Pick<BacktestResult, 'startingEquityMicros' | 'trades' | 'dailyEquity' | 'equity'>

/** Trades, profit and win rate of a group. */
export interface GroupMetrics {
  readonly trades: number
  readonly pnl: number
  readonly winRate: number
}

/** Figures of a run, net of fees, in dollars and percent; null where a figure is undefined. */
export interface Metrics {
  readonly trades: number
  readonly winners: number
  readonly losers: number
  readonly breakeven: number
  /** Fraction, 0 without trades. */
  readonly winRate: number
  readonly grossProfit: number
  readonly grossLoss: number
  readonly totalPnl: number
  readonly avgWin: number | null
  readonly avgLoss: number | null
  readonly largestWin: number
  readonly largestLoss: number
  /** Null without losses. */
  readonly profitFactor: number | null
  readonly expectancy: number | null
  readonly avgPnlPct: number | null
  readonly avgHoldSeconds: number | null
  readonly totalFees: number
  readonly endingEquity: number
  readonly totalReturnPct: number
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly maxDrawdown: number
  readonly maxDrawdownPct: number
  readonly maxDrawdownDaily: number
  readonly maxDrawdownDailyPct: number
  readonly cagrPct: number
  readonly calmar: number | null
  readonly maxConsecutiveWins: number
  readonly maxConsecutiveLosses: number
  readonly worstDay: number
  readonly avgEntryQuoteAgeMs: number | null
  readonly monthlyReturns: readonly MonthlyReturn[]
  /** Share of trading time with a position open, percent. */
  readonly exposurePct: number
  /** Premium bought and sold over the mean daily equity. */
  readonly turnover: number
  /** The most trading days below a peak of the daily closes. */
  readonly recoveryDays: number
  /** Fees over profit before fees; null unless that is positive. */
  readonly costShare: number | null
  /** Means of the best and the worst mark of each trade against its entry, percent: MFE and MAE. */
  readonly avgMaxGainPct: number | null
  readonly avgMaxDrawdownPct: number | null
  /** Trades that ended though their quotes had vanished. */
  readonly forcedExits: number
  /** Net profit if every fill of sampled quotes had been at its best, likely, or worst; null without samples. */
  readonly bounds: ProfitBounds | null
}

/** Net profit in dollars between what is known of prices around each fill. */
export interface ProfitBounds {
  readonly best: number
  readonly expected: number
  readonly worst: number
}

const DAYS_A_YEAR = 252

/** Computes every figure; source of the formulas: section 14 of our behavioural specification, standard definitions. */
export function computeMetrics(input: MetricsInput): Metrics {
  const pnls = input.trades.map(({ netMicros }) => toDollars(netMicros))
  const wins = pnls.filter((pnl) => pnl > 0)
  const losses = pnls.filter((pnl) => pnl < 0)
  const start = toDollars(input.startingEquityMicros)
  const daily = input.dailyEquity.map(({ equityMicros }) => toDollars(equityMicros))
  const end = daily.at(-1) ?? start
  const grossProfit = sum(wins)
  const grossLoss = -sum(losses)
  const returns = daily.map((equity, day) => (equity / (daily[day - 1] ?? start) - 1) * 100)
  const intraday = drawdown(
    start,
    input.equity.length > 0 ? input.equity.map(({ equityMicros }) => toDollars(equityMicros)) : daily,
  )
  const byDay = drawdown(start, daily)
  const cagrPct = daily.length === 0 ? 0 : ((end / start) ** (DAYS_A_YEAR / daily.length) - 1) * 100
  const ages = input.trades.flatMap(({ entryQuoteAgeMs }) =>
    entryQuoteAgeMs === null ? [] : [entryQuoteAgeMs],
  )
  return {
    trades: pnls.length,
    winners: wins.length,
    losers: losses.length,
    breakeven: pnls.length - wins.length - losses.length,
    winRate: pnls.length === 0 ? 0 : wins.length / pnls.length,
    grossProfit,
    grossLoss,
    totalPnl: grossProfit - grossLoss,
    avgWin: mean(wins),
    avgLoss: losses.length === 0 ? null : grossLoss / losses.length,
    largestWin: wins.length === 0 ? 0 : Math.max(...wins),
    largestLoss: losses.length === 0 ? 0 : Math.min(...losses),
    profitFactor: grossLoss === 0 ? null : grossProfit / grossLoss,
    expectancy: mean(pnls),
    avgPnlPct: mean(input.trades.map(({ pnlPct }) => pnlPct)),
    avgHoldSeconds: mean(input.trades.map(({ holdSeconds }) => holdSeconds)),
    totalFees: toDollars(input.trades.reduce((fees, { feesMicros }) => fees + feesMicros, 0)),
    endingEquity: end,
    totalReturnPct: ((end - start) / start) * 100,
    sharpe: sharpeOf(returns),
    sortino: sortinoOf(returns),
    maxDrawdown: intraday.dollars,
    maxDrawdownPct: intraday.percent,
    maxDrawdownDaily: byDay.dollars,
    maxDrawdownDailyPct: byDay.percent,
    cagrPct,
    calmar: intraday.percent === 0 ? null : cagrPct / intraday.percent,
    maxConsecutiveWins: longestRun(pnls, (pnl) => pnl > 0),
    maxConsecutiveLosses: longestRun(pnls, (pnl) => pnl < 0),
    worstDay: daily.reduce((worst, equity, day) => Math.min(worst, equity - (daily[day - 1] ?? start)), 0),
    avgEntryQuoteAgeMs: mean(ages),
    monthlyReturns: monthlyReturns(input.startingEquityMicros, input.dailyEquity),
    exposurePct: exposurePct(input.dailyEquity, input.trades),
    turnover: turnover(input.dailyEquity, input.trades),
    recoveryDays: recoveryDays(input.startingEquityMicros, input.dailyEquity),
    costShare: costShareOf(input.trades),
    avgMaxGainPct: mean(input.trades.map(({ maxGainPct }) => maxGainPct)),
    avgMaxDrawdownPct: mean(input.trades.map(({ maxDrawdownPct }) => maxDrawdownPct)),
    forcedExits: input.trades.filter(({ flags }) => flags?.includes('forced-exit')).length,
    bounds: boundsOf(input.trades),
  }
}

/** Fees over profit before fees; null unless that is positive. */
export function costShareOf(trades: readonly TradeRecord[]): number | null {
  const gross = sum(trades.map(({ grossMicros }) => grossMicros))
  return gross > 0 ? sum(trades.map(({ feesMicros }) => feesMicros)) / gross : null
}

/** A trade without bounds has one result only. */
function boundsOf(trades: readonly TradeRecord[]): ProfitBounds | null {
  if (!trades.some(({ bounds }) => bounds != null)) return null
  const total = (of: 'bestMicros' | 'expectedMicros' | 'worstMicros'): number =>
    toDollars(sum(trades.map(({ bounds, netMicros }) => bounds?.[of] ?? netMicros)))
  return { best: total('bestMicros'), expected: total('expectedMicros'), worst: total('worstMicros') }
}

/** Trades, profit and win rate by a key of each trade, in the order of the keys. */
export function groupTrades(
  trades: readonly TradeRecord[],
  keyOf: (trade: TradeRecord) => string,
): ReadonlyMap<string, GroupMetrics> {
  const groups = new Map<string, TradeRecord[]>()
  for (const trade of trades) {
    const key = keyOf(trade)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [trade])
    else group.push(trade)
  }
  const keys = [...groups.keys()].sort(compareKeys)
  return new Map(
    keys.map((key) => {
      const group = groups.get(key) ?? []
      const winners = group.filter(({ netMicros }) => netMicros > 0).length
      const pnl = toDollars(group.reduce((total, { netMicros }) => total + netMicros, 0))
      return [key, { trades: group.length, pnl, winRate: winners / group.length }]
    }),
  )
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Weekdays as the week goes, numbers by size ("up to 2 %" before "up to 10 %", "over 10 %" last), else by letter. */
function compareKeys(a: string, b: string): number {
  const weekday = WEEKDAYS.indexOf(a) - WEEKDAYS.indexOf(b)
  if (WEEKDAYS.includes(a) && WEEKDAYS.includes(b)) return weekday
  return rankOf(a) - rankOf(b) || (a < b ? -1 : 1)
}

function rankOf(key: string): number {
  const bucket = /^(?:(up to|over) )?(-?[\d.]+)(?: (?:%|ms))?$/.exec(key)
  if (bucket === null) return key === 'unknown' ? Number.MAX_VALUE : 0
  return Number(bucket[2]) + (bucket[1] === 'over' ? 1e-6 : 0)
}

function sharpeOf(returns: readonly number[]): number | null {
  const average = mean(returns)
  if (average === null || returns.length < 2) return null
  const deviation = Math.sqrt(sum(returns.map((r) => (r - average) ** 2)) / (returns.length - 1))
  return deviation === 0 ? null : (average / deviation) * Math.sqrt(DAYS_A_YEAR)
}

function sortinoOf(returns: readonly number[]): number | null {
  const average = mean(returns)
  const downside = Math.sqrt(sum(returns.map((r) => Math.min(r, 0) ** 2)) / returns.length)
  return average === null || !(downside > 0) ? null : (average / downside) * Math.sqrt(DAYS_A_YEAR)
}

/** Deepest fall from a peak, in dollars and in percent, each on its own; the start is the first peak. */
function drawdown(start: number, equity: readonly number[]): { dollars: number; percent: number } {
  let peak = start
  let dollars = 0
  let percent = 0
  for (const value of equity) {
    peak = Math.max(peak, value)
    dollars = Math.max(dollars, peak - value)
    percent = Math.max(percent, ((peak - value) / peak) * 100)
  }
  return { dollars, percent }
}

function longestRun(values: readonly number[], holds: (value: number) => boolean): number {
  let longest = 0
  let run = 0
  for (const value of values) {
    run = holds(value) ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length
}
