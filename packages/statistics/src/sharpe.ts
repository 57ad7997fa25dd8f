import { normalCdf } from '@scalp/pricing'
import { type Moments, momentsOf } from './moments.js'
import { normalQuantile } from './normal-quantile.js'

/** A Sharpe ratio per period of its returns, with what its uncertainty hangs on. */
export interface SharpeEstimate extends Moments {
  /** Mean over deviation, per period; not annualised. `NaN` when the returns do not vary. */
  readonly sharpe: number
  /** Standard error of `sharpe`, also of returns that are not normal. */
  readonly standardError: number
}

/**
 * Estimates the Sharpe ratio of excess returns.
 *
 * Source of the standard error: E. Mertens (2002), as used by D. Bailey and M. López de Prado, "The Sharpe Ratio
 * Efficient Frontier", Journal of Risk 15 (2012): `√((1 − γ₃·SR + (γ₄ − 1)/4·SR²) / (n − 1))`.
 */
export function estimateSharpe(returns: ArrayLike<number>): SharpeEstimate {
  const moments = momentsOf(returns)
  const sharpe = moments.mean / moments.deviation
  return { ...moments, sharpe, standardError: standardErrorOf({ ...moments, sharpe }) }
}

/** A Sharpe ratio with the shape of its returns, as {@link estimateSharpe} gives it or a paper states it. */
export type SharpeShape = Pick<SharpeEstimate, 'count' | 'sharpe' | 'skewness' | 'kurtosis'>

/**
 * Gives the probability that the true Sharpe ratio is above a benchmark, both per period.
 *
 * Source: probabilistic Sharpe ratio, Bailey and López de Prado (2012), equation 11.
 */
export function probabilisticSharpe(estimate: SharpeShape, benchmark = 0): number {
  return normalCdf((estimate.sharpe - benchmark) / standardErrorOf(estimate))
}

/**
 * Gives how many periods a track record needs for its Sharpe ratio to be above a benchmark with a confidence;
 * `Infinity` when the ratio is not above it at all.
 *
 * Source: minimum track record length, Bailey and López de Prado (2012), equation 13.
 */
export function minimumTrackRecord(estimate: SharpeShape, benchmark = 0, confidence = 0.95): number {
  const above = estimate.sharpe - benchmark
  if (above <= 0) return Number.POSITIVE_INFINITY
  return 1 + varianceFactor(estimate) * (normalQuantile(confidence) / above) ** 2
}

/**
 * Gives the Sharpe ratio to expect of the best of `trials` strategies without any skill whose ratios vary by
 * `variance`; 0 for a single trial.
 *
 * Source: false strategy theorem, Bailey and López de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio
 * Management 40 (2014), equation 6, with the Euler–Mascheroni constant.
 */
export function expectedMaximumSharpe(trials: number, variance: number): number {
  if (!(trials > 1)) return trials === 1 ? 0 : Number.NaN
  const best =
    (1 - EULER) * normalQuantile(1 - 1 / trials) + EULER * normalQuantile(1 - 1 / (trials * Math.E))
  return Math.sqrt(variance) * best
}

/** What the deflated Sharpe ratio is made of. */
export interface DeflatedSharpe {
  /** Probability that the ratio is above what luck alone would bring; below 0.95 is no evidence. */
  readonly probability: number
  /** The ratio that the best of so many strategies without skill is expected to reach, per period. */
  readonly luck: number
}

/**
 * Corrects a Sharpe ratio for how often one looked: {@link probabilisticSharpe} against
 * {@link expectedMaximumSharpe} of the trials.
 *
 * @param trials How many independent strategies were tried; see {@link effectiveTrials}.
 * @param variance Variance of their Sharpe ratios, per period.
 */
export function deflatedSharpe(estimate: SharpeShape, trials: number, variance: number): DeflatedSharpe {
  const luck = expectedMaximumSharpe(trials, variance)
  return { probability: probabilisticSharpe(estimate, luck), luck }
}

/**
 * Gives how many independent trials a number of correlated ones amounts to.
 *
 * Source: Bailey and López de Prado (2014), appendix A.3: `ρ̄ + (1 − ρ̄)·M` with the average correlation ρ̄.
 */
export function effectiveTrials(trials: readonly ArrayLike<number>[]): number {
  const count = trials.length
  if (count < 2) return count
  /** The average over pairs, from the variance of the sum of standardised series: O(n) instead of O(n²). */
  const length = trials[0]?.length ?? 0
  const sum = new Float64Array(length)
  let varying = 0
  for (const trial of trials) {
    const { mean, deviation } = momentsOf(trial)
    if (!(deviation > 0)) continue
    varying++
    for (let i = 0; i < length; i++) sum[i] = (sum[i] as number) + ((trial[i] as number) - mean) / deviation
  }
  if (varying < 2) return varying
  let square = 0
  for (let i = 0; i < length; i++) square += (sum[i] as number) ** 2
  const average = (square / (length - 1) - varying) / (varying * (varying - 1))
  const correlation = Math.min(1, Math.max(0, average))
  return correlation + (1 - correlation) * varying
}

const EULER = 0.5772156649015329

function standardErrorOf(shape: SharpeShape): number {
  return Math.sqrt(varianceFactor(shape) / (shape.count - 1))
}

/** Never below 0: a sample of extreme skew can make the estimate negative. */
function varianceFactor({ sharpe, skewness, kurtosis }: SharpeShape): number {
  return Math.max(0, 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe)
}
