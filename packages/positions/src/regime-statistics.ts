import { type Micros, toDollars } from '@scalp/canonical'

/** Sums over the closed positions of an underlying. */
export interface SymbolTotals {
  readonly trades: number
  readonly wins: number
  /** The rest, those at exactly zero included. */
  readonly losses: number
  readonly pnlMicros: Micros
  /** Sum of the percents. */
  readonly pnlPercent: number
}

/** The statistics of an underlying as they are shown. */
export interface SymbolStatistics {
  readonly trades: number
  readonly wins: number
  readonly losses: number
  /** Percent, one decimal. */
  readonly winRate: number
  /** Percent, one decimal. */
  readonly avgPnlPercent: number
  /** Dollars, two decimals. */
  readonly totalPnlDollars: number
}

/** Statistics over all underlyings. */
export interface StatisticsSummary extends SymbolStatistics {
  /** Underlyings that do much worse than the others, enough trades given. */
  readonly underperformers: readonly string[]
}

const NONE: SymbolTotals = { trades: 0, wins: 0, losses: 0, pnlMicros: 0, pnlPercent: 0 }
const MIN_TRADES = 4
const MAX_AVERAGE_PERCENT = 5
const MIN_OTHERS_PERCENT = 15

/** The totals with one more closed position. */
export function withTrade(
  totals: SymbolTotals | undefined,
  { pnlMicros, pnlPercent }: { readonly pnlMicros: Micros; readonly pnlPercent: number },
): SymbolTotals {
  const { trades, wins, losses, ...sums } = totals ?? NONE
  const isWin = pnlMicros > 0
  return {
    trades: trades + 1,
    wins: wins + (isWin ? 1 : 0),
    losses: losses + (isWin ? 0 : 1),
    pnlMicros: sums.pnlMicros + pnlMicros,
    pnlPercent: sums.pnlPercent + pnlPercent,
  }
}

/** Rounds totals for the screen. */
export function toStatistics({
  trades,
  wins,
  losses,
  pnlMicros,
  pnlPercent,
}: SymbolTotals): SymbolStatistics {
  return {
    trades,
    wins,
    losses,
    winRate: trades === 0 ? 0 : round((wins / trades) * 100, 10),
    avgPnlPercent: trades === 0 ? 0 : round(pnlPercent / trades, 10),
    totalPnlDollars: round(toDollars(pnlMicros), 100),
  }
}

/** Sums all underlyings and names those that lag: four trades, average below 5 % while the others average above 15 %. */
export function summarize(bySymbol: ReadonlyMap<string, SymbolTotals>): StatisticsSummary {
  const all = [...bySymbol.values()]
  const sum = (pick: (totals: SymbolTotals) => number): number =>
    all.reduce((a, totals) => a + pick(totals), 0)
  const total = {
    trades: sum(({ trades }) => trades),
    wins: sum(({ wins }) => wins),
    losses: sum(({ losses }) => losses),
    pnlMicros: sum(({ pnlMicros }) => pnlMicros),
    pnlPercent: sum(({ pnlPercent }) => pnlPercent),
  }
  return { ...toStatistics(total), underperformers: underperformersOf(bySymbol) }
}

function underperformersOf(bySymbol: ReadonlyMap<string, SymbolTotals>): readonly string[] {
  const rated = [...bySymbol]
    .filter(([, { trades }]) => trades >= MIN_TRADES)
    .map(([symbol, { pnlPercent, trades }]) => ({ symbol, average: pnlPercent / trades }))
  return rated
    .filter(({ symbol, average }) => {
      const others = rated.filter((other) => other.symbol !== symbol)
      const mean = others.reduce((sum, other) => sum + other.average, 0) / others.length
      return average < MAX_AVERAGE_PERCENT && mean > MIN_OTHERS_PERCENT
    })
    .map(({ symbol }) => symbol)
}

function round(value: number, per: number): number {
  return Math.round(value * per) / per || 0
}
