import { toDollars } from '@scalp/canonical'
import { costShareOf, type GroupMetrics, groupTrades } from './metrics.js'
import { newYork } from './new-york.js'
import type { BacktestResult, TradeRecord } from './result.js'

/** How much of a result hangs on few trades, and what costs and stale quotes took; null where undefined. */
export interface Dependence {
  /** Net dollars without the best trade. */
  readonly pnlWithoutBestTrade: number
  /** Net dollars without the best day of exits. */
  readonly pnlWithoutBestDay: number
  /** Net dollars without the best calendar month of exits. */
  readonly pnlWithoutBestMonth: number
  /** Months with an exit. */
  readonly months: number
  /** Share of the net profit made by the best 1, 3 and 10 trades, 0..; null without a net profit. */
  readonly shareOfTop: {
    readonly top1: number | null
    readonly top3: number | null
    readonly top10: number | null
  }
  /** Fees as a share of gross profit before fees; null unless that is above 0. */
  readonly costShare: number | null
  /** Profit before fees, dollars. */
  readonly gross: number
  /** Share of the entries with a known quote age that filled on a quote older than five seconds; null without. */
  readonly staleShare: number | null
}

const STALE_MS = 5000

/** Measures how far a result depends on outliers, costs and old quotes. */
export function measureDependence(trades: readonly TradeRecord[]): Dependence {
  const pnls = trades.map(({ netMicros }) => netMicros).sort((a, b) => b - a)
  const net = total(pnls)
  const days = groupTrades(trades, ({ exitUs }) => newYork(exitUs).date)
  const bestDay = [...days.values()].reduce((best, { pnl }) => Math.max(best, pnl), 0)
  const months = groupTrades(trades, ({ exitUs }) => newYork(exitUs).date.slice(0, 7))
  const bestMonth = [...months.values()].reduce((best, { pnl }) => Math.max(best, pnl), 0)
  const gross = total(trades.map(({ grossMicros }) => grossMicros))
  const ages = trades.flatMap(({ entryQuoteAgeMs }) => (entryQuoteAgeMs === null ? [] : [entryQuoteAgeMs]))
  const share = (count: number): number | null => (net > 0 ? total(pnls.slice(0, count)) / net : null)
  return {
    pnlWithoutBestTrade: toDollars(net - Math.max(0, pnls[0] ?? 0)),
    pnlWithoutBestDay: toDollars(net) - bestDay,
    pnlWithoutBestMonth: toDollars(net) - bestMonth,
    months: months.size,
    shareOfTop: { top1: share(1), top3: share(3), top10: share(10) },
    costShare: costShareOf(trades),
    gross: toDollars(gross),
    staleShare: ages.length === 0 ? null : ages.filter((age) => age > STALE_MS).length / ages.length,
  }
}

/** One table of groups. */
export interface Breakdown {
  readonly name: string
  readonly groups: ReadonlyMap<string, GroupMetrics>
}

/** Splits the trades by trigger, exit, direction, DTE, hour, weekday, month, symbol, spread, moneyness, quote age. */
export function breakDown({ trades }: Pick<BacktestResult, 'trades'>): readonly Breakdown[] {
  const isMixed = new Set(trades.map(({ strategy }) => strategy)).size > 1
  const by = (name: string, keyOf: (trade: TradeRecord) => string): Breakdown => ({
    name,
    groups: groupTrades(trades, keyOf),
  })
  return [
    ...(isMixed ? [by('Strategy', ({ strategy }) => strategy ?? 'unknown')] : []),
    by('Trigger', ({ trigger }) => trigger),
    by('Exit reason', ({ exitReason }) => exitReason),
    by('Direction', ({ right }) => (right === 'C' ? 'call' : 'put')),
    by('Days to expiry', ({ dte }) => String(dte)),
    by('Hour of entry, New York', ({ entryUs }) => `${newYork(entryUs).hour}:00`),
    by('Weekday', ({ entryUs }) => newYork(entryUs).weekday),
    by('Month', ({ entryUs }) => newYork(entryUs).date.slice(0, 7)),
    by('Underlying', ({ underlying }) => underlying),
    by('Spread at entry', ({ spreadPct }) => bucket(spreadPct, [1, 2, 5, 10], '%')),
    by('Moneyness', moneyness),
    by('Quote age at entry', ({ entryQuoteAgeMs }) =>
      bucket(entryQuoteAgeMs, [100, 1000, 5000, 60_000], 'ms'),
    ),
  ]
}

function moneyness({ right, strikeThousandths, underlyingAtEntryMicros: spot }: TradeRecord): string {
  if (spot === null || spot <= 0) return 'unknown'
  const distance = ((spot - strikeThousandths * 1000) / spot) * 100 * (right === 'C' ? 1 : -1)
  if (Math.abs(distance) <= 0.25) return 'at the money (within 0.25 %)'
  return distance > 0 ? 'in the money' : 'out of the money'
}

function bucket(value: number | null, bounds: readonly number[], unit: string): string {
  if (value === null) return 'unknown'
  const bound = bounds.find((limit) => value <= limit)
  return bound === undefined ? `over ${bounds.at(-1)} ${unit}` : `up to ${bound} ${unit}`
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
