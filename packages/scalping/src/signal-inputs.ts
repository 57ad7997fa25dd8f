import { toDollars } from '@scalp/canonical'
import type { ScalpSignal } from './signal-generator.js'

/** Plain values of a decision, for its log line. */
export type SignalInputs = Readonly<Record<string, number | string | boolean | null>>

const SHOWN = 5

/** What a signal was decided on, with the best contracts and how many failed at what. Prices in dollars. */
export function describeSignal(signal: ScalpSignal): SignalInputs {
  const { choice, ranking, technical } = signal
  const { row } = choice
  return {
    trigger: signal.trigger,
    underlying: toDollars(signal.underlyingMicros),
    velocityPct: round(signal.velocityPct, 3),
    volumeRatio: Number.isNaN(signal.volumeRatio) ? null : round(signal.volumeRatio, 2),
    thresholdPct: round(signal.thresholdPct, 3),
    marginPct: round(signal.marginPct, 3),
    confidence: signal.confidence,
    contract: row.symbol,
    dte: row.dte,
    delta: round(choice.delta, 3),
    bid: toDollars(row.bidMicros),
    ask: toDollars(row.askMicros),
    spreadPct: round(choice.spreadPct, 2),
    score: round(choice.score, 3),
    ...(technical?.level !== undefined && {
      level: toDollars(technical.level.priceMicros),
      strength: technical.level.strength,
    }),
    ranking: ranking.ranked
      .slice(0, SHOWN)
      .map((other) => `${other.row.symbol} ${other.score.toFixed(3)}`)
      .join(', '),
    rejected: countReasons(ranking.rejected.map(({ reason }) => reason)),
  }
}

function countReasons(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${reason} ${count}`).join(', ')
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
