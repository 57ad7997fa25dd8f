import {
  deflatedSharpe,
  effectiveTrials,
  estimateSharpe,
  minimumTrackRecord,
  momentsOf,
  probabilisticSharpe,
  probabilityOfOverfitting,
  realityCheck,
} from '@scalp/statistics'
import type { RunRecord } from './trial.js'

/** Below so many days, or trades of the best, nothing is said. */
export const MIN_DAYS = 20
export const MIN_TRADES = 30

/** What can be said of the best of many; null is N/A, and `why` says why. */
export interface Verdict {
  /** Runs of the same data over the same days. */
  readonly trials: number
  /** How many independent ones they amount to. */
  readonly effectiveTrials: number | null
  /** Annualised. */
  readonly sharpe: number | null
  /** What the best of so many without skill is expected to reach, annualised. */
  readonly luckSharpe: number | null
  /** Probability that the true ratio is above 0, had it been the only trial. */
  readonly probabilisticSharpe: number | null
  /** The same, given how often one looked; below 0.95 is no evidence. */
  readonly deflatedSharpe: number | null
  /** How often the best in sample is below the median out of sample. */
  readonly overfitting: number | null
  /** White's reality check: how likely the best is that good by luck. */
  readonly realityCheck: number | null
  /** Hansen's test of the same. */
  readonly spa: number | null
  /** Days a record must have for a ratio above 0 at 95 %; null also when no length would do. */
  readonly minimumDays: number | null
  readonly days: number
  /** Why figures are missing, and what the others warn of, in sentences. */
  readonly why: readonly string[]
}

const YEAR = Math.sqrt(252)

/**
 * Judges a run as the best of all trials that were made on its data: the ledger of the project, not one sweep alone.
 * Runs of other days, or of settings that never traded, count as trials, and lend no returns where they have none.
 */
export function judgeBest(best: RunRecord, ledger: readonly RunRecord[]): Verdict {
  const peers = peersOf(best, ledger)
  const returns = peers.map(({ days }) => days.map(({ value }) => value))
  const own = best.days.map(({ value }) => value)
  const why: string[] = []
  const isThin = own.length < MIN_DAYS || best.trades < MIN_TRADES
  if (own.length < MIN_DAYS) why.push(`Too few days to judge: ${own.length}, fewer than ${MIN_DAYS}.`)
  if (best.trades < MIN_TRADES) why.push(`Too few trades to judge: ${best.trades}, fewer than ${MIN_TRADES}.`)
  const blank = { trials: peers.length, days: own.length }
  if (isThin) return { ...EMPTY, ...blank, why }
  const estimate = estimateSharpe(own)
  const independent = effectiveTrials(returns)
  const sharpes = returns.map((one) => estimateSharpe(one).sharpe).filter(Number.isFinite)
  const variance = sharpes.length > 1 ? momentsOf(sharpes).deviation ** 2 : 0
  const deflated = deflatedSharpe(estimate, Math.max(1, independent), variance)
  const isMany = peers.length > 1
  const blocks = blocksFor(own.length)
  const overfit =
    isMany && blocks >= 4 ? probabilityOfOverfitting(returns, { blocks }).probability : Number.NaN
  const check = isMany ? realityCheck(returns, { samples: 1_000, meanBlock: 5 }) : undefined
  const least = minimumTrackRecord(estimate)
  const verdict: Verdict = {
    ...blank,
    effectiveTrials: orNull(independent),
    sharpe: orNull(estimate.sharpe * YEAR),
    luckSharpe: orNull(deflated.luck * YEAR),
    probabilisticSharpe: orNull(probabilisticSharpe(estimate)),
    deflatedSharpe: orNull(deflated.probability),
    overfitting: orNull(overfit),
    realityCheck: orNull(check?.white ?? Number.NaN),
    spa: orNull(check?.spa ?? Number.NaN),
    minimumDays: orNull(Math.ceil(least)),
    why,
  }
  return { ...verdict, why: [...why, ...warningsOf(verdict)] }
}

/** Runs that asked the same question: the same data over the same days, each set of settings once. */
export function peersOf(best: RunRecord, ledger: readonly RunRecord[]): readonly RunRecord[] {
  const same = ledger.filter(
    ({ data, from, to, days }) =>
      data === best.data && from === best.from && to === best.to && days.length === best.days.length,
  )
  const byKey = new Map([best, ...same].map((run) => [run.key, run]))
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

function warningsOf({
  deflatedSharpe: deflated,
  overfitting,
  realityCheck: white,
  minimumDays,
  days,
  trials,
}: Verdict): string[] {
  const found: string[] = []
  if (deflated === null) found.push('The returns do not vary: no ratio can be judged.')
  else if (deflated < 0.95)
    found.push(
      `After ${trials} trials the deflated Sharpe ratio is ${deflated.toFixed(2)}, below 0.95: luck explains it.`,
    )
  if (overfitting !== null && overfitting > 0.2)
    found.push(
      `Choosing the best was choosing luck in ${(overfitting * 100).toFixed(0)} % of the splits (PBO).`,
    )
  if (white !== null && white > 0.05)
    found.push(
      `The best of so many is that good by luck with p = ${white.toFixed(2)} (White's reality check).`,
    )
  if (minimumDays === null) found.push('No length of record would show a ratio above 0.')
  else if (minimumDays > days)
    found.push(`The record would have to be ${minimumDays} days long, and has ${days}.`)
  return found
}

const EMPTY: Omit<Verdict, 'trials' | 'days' | 'why'> = {
  effectiveTrials: null,
  sharpe: null,
  luckSharpe: null,
  probabilisticSharpe: null,
  deflatedSharpe: null,
  overfitting: null,
  realityCheck: null,
  spa: null,
  minimumDays: null,
}

/** As many blocks as leave four days each, even, at most 16. */
function blocksFor(days: number): number {
  return Math.min(16, Math.floor(days / 4 / 2) * 2)
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
