import { toDollars } from '@scalp/canonical'
import {
  bootstrapInterval,
  deflatedSharpe,
  estimateSharpe,
  type Interval,
  meanOf,
  minimumTrackRecord,
  probabilisticSharpe,
  shuffleTrades,
} from '@scalp/statistics'
import type { BacktestResult } from './result.js'
import { THIN_SAMPLE } from './thin-sample.js'

const DAYS_A_YEAR = 252

/** What a Sharpe ratio of daily returns is worth as evidence; null where the sample is too small to tell. */
export interface SharpeEvidence {
  readonly days: number
  /** Annualised, with its standard error. */
  readonly sharpe: number | null
  readonly standardError: number | null
  readonly skewness: number | null
  readonly kurtosis: number | null
  /** Probability that the true ratio is above 0. */
  readonly probabilistic: number | null
  /** Trading days it takes to show a ratio like this one above 0 with 95 %; `Infinity` when it is not above 0. */
  readonly minimumDays: number | null
  /** Corrected for how often one looked; null without a ledger of trials. */
  readonly deflated: DeflatedEvidence | null
}

/** A Sharpe ratio against the best that luck alone would have brought. */
export interface DeflatedEvidence {
  readonly trials: number
  /** Independent trials they are taken as. */
  readonly effectiveTrials: number
  readonly probability: number
  /** Annualised ratio that the best of so many trials without skill is expected to reach. */
  readonly luck: number
}

/** How deep the same trades could have fallen in another order. Dollars. */
export interface DrawdownLuck {
  readonly drawdown: number
  readonly median: number
  /** One order in twenty falls deeper. */
  readonly worst5: number
  /** Share of the orders that fell at most as deep: near 0, the order was lucky. */
  readonly rank: number
}

/** What a result is worth as evidence of an edge. */
export interface Evidence {
  readonly trades: number
  /** Fewer trades than {@link THIN_SAMPLE}: all below is null. */
  readonly isThin: boolean
  /** Mean net dollars a trade, with a 95 % interval; blocks of a day's trades are drawn whole. */
  readonly expectancy: Interval | null
  readonly sharpe: SharpeEvidence
  readonly drawdown: DrawdownLuck | null
}

/** Weighs a result. The draws come from fixed seeds: equal results give equal figures. */
export function weighEvidence({
  trades,
  dailyEquity,
  startingEquityMicros,
  study,
}: Pick<BacktestResult, 'trades' | 'dailyEquity' | 'startingEquityMicros' | 'study'>): Evidence {
  const isThin = trades.length < THIN_SAMPLE
  const nets = trades.map(({ netMicros }) => toDollars(netMicros))
  /** Enough for two digits of a percentile, and bounded for runs of many trades. */
  const samples = Math.max(500, Math.min(2_000, Math.round(8e6 / Math.max(1, nets.length))))
  const meanBlock = Math.max(1, nets.length / Math.max(1, dailyEquity.length))
  return {
    trades: trades.length,
    isThin,
    expectancy: isThin ? null : bootstrapInterval(nets, meanOf, { samples, meanBlock }),
    sharpe: sharpeEvidence(dailyEquity, startingEquityMicros, isThin, study),
    drawdown: isThin ? null : shuffleTrades(nets, { samples }),
  }
}

function sharpeEvidence(
  daily: BacktestResult['dailyEquity'],
  startingEquityMicros: number,
  isThin: boolean,
  study: BacktestResult['study'],
): SharpeEvidence {
  let before = startingEquityMicros
  const returns = daily.map(({ equityMicros }) => {
    const change = equityMicros / before - 1
    before = equityMicros
    return change
  })
  const estimate = estimateSharpe(returns)
  const year = Math.sqrt(DAYS_A_YEAR)
  const ledger = study?.ledger ?? null
  const isUnknown = isThin || Number.isNaN(estimate.sharpe)
  const known = (value: number): number | null => (isUnknown || Number.isNaN(value) ? null : value)
  const trials = ledger === null ? 1 : (ledger.effectiveTrials ?? ledger.trials)
  const { probability, luck } = deflatedSharpe(estimate, trials, ledger?.sharpeVariance ?? 0)
  return {
    days: returns.length,
    sharpe: known(estimate.sharpe * year),
    standardError: known(estimate.standardError * year),
    skewness: known(estimate.skewness),
    kurtosis: known(estimate.kurtosis),
    probabilistic: known(probabilisticSharpe(estimate)),
    minimumDays: known(minimumTrackRecord(estimate)),
    deflated:
      isUnknown || ledger === null || Number.isNaN(probability)
        ? null
        : { trials: ledger.trials, effectiveTrials: trials, probability, luck: luck * year },
  }
}
