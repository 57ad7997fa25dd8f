import { toDollars } from '@scalp/canonical'
import { costShareOf, type GroupMetrics, groupTrades } from './metrics.js'
import { type NewYorkClock, newYork } from './new-york.js'
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
  return keysOf(trades).map(({ name, keyOf }) => ({ name, groups: groupTrades(trades, keyOf) }))
}

/** One way to split trades: its groups in order, and the group of each trade as a place among them. */
export interface Dimension {
  readonly name: string
  readonly groups: readonly string[]
  readonly of: readonly number[]
}

/** The groups that each trade belongs to, for a pivot. */
export function dimensionsOf({ trades }: Pick<BacktestResult, 'trades'>): readonly Dimension[] {
  return keysOf(trades).map(({ name, keyOf }) => {
    const keys = trades.map(keyOf)
    const groups = [...groupTrades(trades, keyOf).keys()]
    const places = new Map(groups.map((key, place) => [key, place]))
    return { name, groups, of: keys.map((key) => places.get(key) ?? 0) }
  })
}

interface Key {
  readonly name: string
  readonly keyOf: (trade: TradeRecord) => string
}

function keysOf(trades: readonly TradeRecord[]): readonly Key[] {
  const isMixed = new Set(trades.map(({ strategy }) => strategy)).size > 1
  /** Each trade is put on the clock once: it is the dear part. */
  const clocks = new Map(trades.map((trade) => [trade, newYork(trade.entryUs)]))
  const entered = (trade: TradeRecord): NewYorkClock => clocks.get(trade) ?? newYork(trade.entryUs)
  return [
    ...(isMixed ? [{ name: 'Strategy', keyOf: ({ strategy }: TradeRecord) => strategy ?? 'unknown' }] : []),
    { name: 'Trigger', keyOf: ({ trigger }) => trigger },
    { name: 'Exit reason', keyOf: ({ exitReason }) => exitReason },
    { name: 'Direction', keyOf: ({ right }) => (right === 'C' ? 'call' : 'put') },
    { name: 'Days to expiry', keyOf: ({ dte }) => String(dte) },
    { name: 'Hour of entry, New York', keyOf: (trade) => `${entered(trade).hour}:00` },
    { name: 'Weekday', keyOf: (trade) => entered(trade).weekday },
    { name: 'Month', keyOf: (trade) => entered(trade).date.slice(0, 7) },
    { name: 'Underlying', keyOf: ({ underlying }) => underlying },
    { name: 'Spread at entry', keyOf: ({ spreadPct }) => bucket(spreadPct, [1, 2, 5, 10], '%') },
    { name: 'Moneyness', keyOf: moneyness },
    {
      name: 'Quote age at entry',
      keyOf: ({ entryQuoteAgeMs }) => bucket(entryQuoteAgeMs, [100, 1000, 5000, 60_000], 'ms'),
    },
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
