import { type Micros, toDollars } from '@scalp/canonical'
import type { ContractRanking, RankedContract } from './contract-choice.js'
import type { ExitManager } from './exit-manager.js'
import type { ScalpSignal, SignalMarket } from './signal-generator.js'

/** Plain values of a decision, for its log line. */
export type SignalInputs = Readonly<Record<string, number | string | boolean | null>>

const SHOWN = 8

/** What a signal was decided on, with the contracts that lost and how many failed at what. Prices in dollars. */
export function describeSignal(signal: ScalpSignal): SignalInputs {
  const { choice, ranking, technical } = signal
  return {
    trigger: signal.trigger,
    underlying: toDollars(signal.underlyingMicros),
    velocityPct: round(signal.velocityPct, 3),
    volumeRatio: orNull(signal.volumeRatio, 2),
    thresholdPct: round(signal.thresholdPct, 3),
    marginPct: round(signal.marginPct, 3),
    confidence: signal.confidence,
    ...describeContract(choice),
    ...(technical?.level !== undefined && {
      level: toDollars(technical.level.priceMicros),
      strength: technical.level.strength,
    }),
    ...describeRanking(ranking),
  }
}

/** What is known of an underlying when something is decided on it. Prices in dollars; unknown is null. */
export function describeMarket(market: SignalMarket): SignalInputs {
  const { priceMicros, vwapMicros, velocityPct, levels } = market
  const right = velocityPct < 0 ? 'P' : 'C'
  return {
    underlying: dollars(priceMicros),
    velocityPct: orNull(velocityPct, 3),
    volumeRatio: orNull(market.volumeRatio(right), 2),
    vwap: dollars(vwapMicros),
    support: dollars(levels.nearestSupport(priceMicros)?.priceMicros),
    resistance: dollars(levels.nearestResistance(priceMicros)?.priceMicros),
  }
}

/** The contract that was or would have been bought, and those that lost against it. */
export function describeChoice(ranking: ContractRanking): SignalInputs {
  return {
    ...(ranking.chosen !== undefined && describeContract(ranking.chosen)),
    ...describeRanking(ranking),
  }
}

/** What an exit was decided on: marks and state in percent of the entry, prices in dollars. */
export function describeExit(
  exit: ExitManager,
  { bidMicros, velocityPct, heldSeconds }: { bidMicros: Micros; velocityPct: number; heldSeconds: number },
): SignalInputs {
  return {
    entry: dollars(exit.entry.priceMicros),
    bid: dollars(bidMicros),
    velocityPct: orNull(velocityPct, 3),
    pnlPct: round(exit.pnlPct, 3),
    maxGainPct: round(exit.maxGainPct, 3),
    maxDrawdownPct: round(exit.maxDrawdownPct, 3),
    trailingLevelPct: exit.isTrailing ? round(exit.trailingLevelPct, 3) : null,
    heldSeconds,
  }
}

function describeContract({ row, delta, spreadPct, score }: RankedContract): SignalInputs {
  return {
    contract: row.symbol,
    dte: row.dte,
    delta: round(delta, 3),
    bid: toDollars(row.bidMicros),
    ask: toDollars(row.askMicros),
    spreadPct: round(spreadPct, 2),
    quoteAgeMs: Math.round(row.quoteAgeMs),
    score: round(score, 3),
  }
}

function describeRanking({ ranked, rejected }: ContractRanking): SignalInputs {
  return {
    candidates: ranked.length,
    ranking: ranked
      .slice(0, SHOWN)
      .map(({ row, score }) => `${row.symbol} ${score.toFixed(3)}`)
      .join(', '),
    rejected: countReasons(rejected.map(({ reason }) => reason)),
  }
}

function countReasons(reasons: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${reason} ${count}`).join(', ')
}

function dollars(micros: Micros | undefined): number | null {
  return micros === undefined || Number.isNaN(micros) ? null : round(toDollars(micros), 4)
}

function orNull(value: number, decimals: number): number | null {
  return Number.isFinite(value) ? round(value, decimals) : null
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}
