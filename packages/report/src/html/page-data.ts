import { deflateSync } from 'node:zlib'
import { dimensionsOf } from '../analysis.js'
import type { BacktestResult, TradeRecord } from '../result.js'

/** The numbers the first view draws, in dollars and seconds. */
export function pageData(result: BacktestResult): unknown {
  const { equity, startingEquityMicros, dailyEquity, trades } = result
  return {
    start: startingEquityMicros / 1e6,
    equity: [equity.map(({ atUs }) => atUs / 1e6), equity.map(({ equityMicros }) => equityMicros / 1e6)],
    band: bandOf(result),
    daily: dailyEquity.map(({ date, equityMicros }) => [date, equityMicros / 1e6]),
    trades: trades.map((trade) => [
      trade.entryUs / 1e6,
      trade.exitUs / 1e6,
      trade.symbol,
      trade.trigger,
      trade.exitReason,
      trade.contracts,
      trade.entryMicros / 1e6,
      trade.exitMicros / 1e6,
      trade.netMicros / 1e6,
      Number(trade.pnlPct.toFixed(4)),
      trade.holdSeconds,
      trade.underlying,
    ]),
    dimensions: dimensionsOf(result),
  }
}

/**
 * What is looked at later, as deflated JSON in base64: closes of the underlying, quotes around trades, decision inputs.
 * The page inflates it when a day is drawn or a trade is opened.
 */
export function pageDetail({ underlyingCloses, trades, quoteTapes = [] }: BacktestResult): string {
  const detail = {
    days: underlyingCloses.map(({ symbol, date, startUs, stepUs, closesMicros }) => ({
      symbol,
      date,
      start: startUs / 1e6,
      step: stepUs / 1e6,
      closes: closesMicros.map((close) => close / 1e6),
    })),
    tapes: Object.fromEntries(
      quoteTapes.map(
        ({ trade, startUs, atMs, bidMicros, askMicros, bidSize, askSize, entrySize, exitSize }) => [
          trade,
          {
            start: startUs / 1e6,
            at: atMs.map((ms) => ms / 1e3),
            bid: bidMicros.map(toDollars),
            ask: askMicros.map(toDollars),
            bidSize,
            askSize,
            entrySize,
            exitSize,
          },
        ],
      ),
    ),
    facts: trades.map(factsOf),
    inputs: trades.map(({ inputs }) => inputs),
  }
  return deflateSync(JSON.stringify(detail)).toString('base64')
}

function factsOf(trade: TradeRecord): Record<string, number | string | readonly number[] | null> {
  const { bounds, flags, strategy, entryQuoteAgeMs, exitQuoteAgeMs, spreadPct } = trade
  return {
    signal: trade.signalUs / 1e6,
    dte: trade.dte,
    side: trade.side,
    fees: trade.feesMicros / 1e6,
    gross: trade.grossMicros / 1e6,
    spreadPct: spreadPct === null ? null : Number(spreadPct.toFixed(2)),
    best: Number(trade.maxGainPct.toFixed(2)),
    worst: Number(trade.maxDrawdownPct.toFixed(2)),
    entryAge: entryQuoteAgeMs,
    exitAge: exitQuoteAgeMs,
    spotIn: toDollars(trade.underlyingAtEntryMicros),
    spotOut: toDollars(trade.underlyingAtExitMicros),
    bounds: bounds == null ? null : [bounds.worstMicros / 1e6, bounds.bestMicros / 1e6],
    flags: flags?.join(', ') ?? null,
    strategy: strategy ?? null,
  }
}

/** Equity if every fill so far had been at its best, and at its worst; null where no fill has bounds. */
function bandOf({ equity, trades }: BacktestResult): readonly [number[], number[]] | null {
  if (!trades.some(({ bounds }) => bounds != null)) return null
  const closed = trades.toSorted((a, b) => a.exitUs - b.exitUs)
  let [next, above, below] = [0, 0, 0]
  const best: number[] = []
  const worst: number[] = []
  for (const { atUs, equityMicros } of equity) {
    for (let trade = closed[next]; trade !== undefined && trade.exitUs <= atUs; trade = closed[++next]) {
      above += (trade.bounds?.bestMicros ?? trade.netMicros) - trade.netMicros
      below += (trade.bounds?.worstMicros ?? trade.netMicros) - trade.netMicros
    }
    best.push((equityMicros + above) / 1e6)
    worst.push((equityMicros + below) / 1e6)
  }
  return [best, worst]
}

function toDollars(micros: number | null): number | null {
  return micros === null ? null : micros / 1e6
}
