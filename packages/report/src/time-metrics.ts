import { toDollars } from '@scalp/canonical'
import { newYorkUs } from './new-york.js'
import type { BacktestResult, TradeRecord } from './result.js'

/** The return of a month, from the month-end before it (at first: the starting equity) to its own. */
export interface MonthlyReturn {
  /** `YYYY-MM`. */
  readonly month: string
  readonly returnPct: number
}

type Daily = BacktestResult['dailyEquity']

/** Month-end equity over the previous month-end, minus one, in percent; one entry a month with a trading day. */
export function monthlyReturns(startingEquityMicros: number, daily: Daily): readonly MonthlyReturn[] {
  const ends = new Map<string, number>()
  for (const { date, equityMicros } of daily) ends.set(date.slice(0, 7), equityMicros)
  let before = startingEquityMicros
  return Array.from(ends, ([month, equityMicros]) => {
    const returnPct = (equityMicros / before - 1) * 100
    before = equityMicros
    return { month, returnPct }
  })
}

/**
 * Share of trading time with a position open, percent: the union of all holding times inside 09:30 to 16:00 of
 * the trading days, over the trading days times six and a half hours. Early closes count as whole days.
 */
export function exposurePct(daily: Daily, trades: readonly TradeRecord[]): number {
  if (daily.length === 0) return 0
  const spans = trades
    .map(({ entryUs, exitUs }) => ({ from: entryUs, to: exitUs }))
    .sort((a, b) => a.from - b.from)
  let held = 0
  let whole = 0
  for (const { date } of daily) {
    const openUs = newYorkUs(date, 9, 30)
    const closeUs = newYorkUs(date, 16, 0)
    whole += closeUs - openUs
    let upTo = openUs
    for (const { from, to } of spans) {
      const start = Math.max(from, upTo)
      const end = Math.min(to, closeUs)
      if (end <= start) continue
      held += end - start
      upTo = end
    }
  }
  return (held / whole) * 100
}

/** Premium bought and sold, over the mean of the daily closing equity; 0 without a day. */
export function turnover(daily: Daily, trades: readonly TradeRecord[]): number {
  if (daily.length === 0) return 0
  const traded = trades.reduce(
    (total, { entryMicros, exitMicros, contracts, multiplier = 100 }) =>
      total + (entryMicros + exitMicros) * contracts * multiplier,
    0,
  )
  const mean = daily.reduce((total, { equityMicros }) => total + equityMicros, 0) / daily.length
  return toDollars(traded) / toDollars(mean)
}

/** The most trading days from a peak of the daily closes until it was passed, or until the end where it never was. */
export function recoveryDays(startingEquityMicros: number, daily: Daily): number {
  let peak = startingEquityMicros
  let since = 0
  let longest = 0
  for (const { equityMicros } of daily) {
    if (equityMicros >= peak) {
      if (since > 0) longest = Math.max(longest, since + 1)
      peak = equityMicros
      since = 0
    } else {
      since++
      longest = Math.max(longest, since)
    }
  }
  return longest
}
