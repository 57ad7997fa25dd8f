import { formatUsd, toMicros } from '@scalp/canonical'
import { measureDependence } from './analysis.js'
import { type Evidence, weighEvidence } from './evidence.js'
import { computeMetrics } from './metrics.js'
import type { BacktestResult } from './result.js'
import { type Capacity, type CostSensitivity, measureCapacity, measureCosts } from './sensitivity.js'
import { THIN_SAMPLE } from './thin-sample.js'

/** A result in words. */
export interface Verdict {
  /** `none` without trades, `thin` with too few, `losing`, `weak` where a check failed, `holds` where none did. */
  readonly tone: 'none' | 'thin' | 'losing' | 'weak' | 'holds'
  readonly headline: string
  /** What is weak, in sentences. */
  readonly weaknesses: readonly string[]
  /** Checks that found nothing, in sentences. */
  readonly passed: readonly string[]
}

/** What a verdict is made from; computed from the result where it is left out. */
export interface VerdictParts {
  readonly evidence?: Evidence
  readonly costs?: CostSensitivity
  readonly capacity?: Capacity | null
}

const CONFIDENT = 0.95

/** Says in sentences what is weak about a result; empty when none of the checks found anything. */
export function findWeaknesses(result: BacktestResult): readonly string[] {
  return judgeResult(result).weaknesses
}

/** Says in sentences what is weak about a result, and which checks found nothing. */
export function judgeResult(result: BacktestResult, parts: VerdictParts = {}): Verdict {
  const metrics = computeMetrics(result)
  const weaknesses: string[] = []
  const passed: string[] = []
  const say = (isWeak: boolean, sentence: string, otherwise?: string): void => {
    if (isWeak) weaknesses.push(sentence)
    else if (otherwise !== undefined) passed.push(otherwise)
  }
  const { trades, totalPnl } = metrics
  say(
    result.manifest.data.isSynthetic,
    'The data are synthetic: nothing here is evidence about a real market.',
  )
  say(trades === 0, 'No trades: there is nothing to judge.')
  say(trades > 0 && trades < THIN_SAMPLE, `Too few trades to conclude: ${trades}, fewer than ${THIN_SAMPLE}.`)
  if (trades > 0) {
    judgeEvidence(parts.evidence ?? weighEvidence(result), totalPnl, say)
    judgeDependence(result, totalPnl, say)
    judgeCosts(parts.costs ?? measureCosts(result.trades), totalPnl, say)
    judgeFills(result, totalPnl, parts.capacity ?? measureCapacity(result), say)
  }
  const { missingDays } = result.dataQuality
  say(missingDays.length > 0, `${missingDays.length} trading days have no data.`)
  return { ...headlineOf(trades, totalPnl, weaknesses, result), weaknesses, passed }
}

type Say = (isWeak: boolean, sentence: string, otherwise?: string) => void

function headlineOf(
  trades: number,
  totalPnl: number,
  weaknesses: readonly string[],
  { manifest }: BacktestResult,
): Pick<Verdict, 'tone' | 'headline'> {
  if (trades === 0) return { tone: 'none', headline: 'Nothing was traded.' }
  if (trades < THIN_SAMPLE) return { tone: 'thin', headline: 'Too few trades to conclude anything.' }
  if (totalPnl <= 0) return { tone: 'losing', headline: 'It loses money after costs.' }
  const count = weaknesses.length - (manifest.data.isSynthetic ? 1 : 0)
  if (count === 0)
    return { tone: 'holds', headline: 'No check found a weakness. That is not proof of an edge.' }
  return {
    tone: 'weak',
    headline: `It makes money here, and ${count === 1 ? 'one check speaks' : `${count} checks speak`} against it.`,
  }
}

function judgeEvidence({ expectancy, sharpe, drawdown }: Evidence, totalPnl: number, say: Say): void {
  if (expectancy !== null && !Number.isNaN(expectancy.low)) {
    say(
      expectancy.high < 0,
      `A trade loses ${usd(-expectancy.estimate)} on average; all of the interval from ${usd(expectancy.low)} to ${usd(expectancy.high)} is a loss.`,
    )
    say(
      expectancy.low <= 0 && expectancy.high >= 0,
      `A trade makes ${usd(expectancy.estimate)} on average, and the true figure may be anything from ${usd(expectancy.low)} to ${usd(expectancy.high)}: that holds zero.`,
      expectancy.low > 0
        ? `A trade makes ${usd(expectancy.estimate)} on average; the interval from ${usd(expectancy.low)} to ${usd(expectancy.high)} leaves zero out.`
        : undefined,
    )
  }
  const { probabilistic, minimumDays, days, deflated } = sharpe
  if (totalPnl > 0 && probabilistic !== null && minimumDays !== null) {
    const needed = Number.isFinite(minimumDays)
      ? `${Math.ceil(minimumDays)} trading days`
      : 'no number of days'
    say(
      probabilistic < CONFIDENT,
      `The Sharpe ratio is above zero with a probability of ${percent(probabilistic)} only. It takes ${needed} like these to show it, and there are ${days}.`,
      `The Sharpe ratio is above zero with a probability of ${percent(probabilistic)}; ${needed} would have shown it.`,
    )
  }
  if (totalPnl > 0 && deflated !== null)
    say(
      deflated.probability < CONFIDENT,
      `After ${deflated.trials} trials the best is expected to reach a Sharpe ratio of ${deflated.luck.toFixed(2)} by luck. That this run is better than that has a probability of ${percent(deflated.probability)}.`,
      `Even after ${deflated.trials} trials the Sharpe ratio is more than luck, with a probability of ${percent(deflated.probability)}.`,
    )
  if (drawdown !== null)
    say(
      drawdown.rank < 0.1 && drawdown.drawdown > 0,
      `The order of the trades was lucky: in ${percent(1 - drawdown.rank)} of all orders the same trades fall deeper, in one of twenty by more than ${usd(drawdown.worst5)}.`,
      `The deepest fall is no lucky order: half of all orders of these trades fall deeper than ${usd(drawdown.median)}.`,
    )
}

function judgeDependence({ trades }: BacktestResult, totalPnl: number, say: Say): void {
  const found = measureDependence(trades)
  const { top1, top10 } = found.shareOfTop
  const isProfit = totalPnl > 0
  say(top1 !== null && top1 > 0.3, `One trade makes ${percent(top1 ?? 0)} of the net profit.`)
  say(
    isProfit && trades.length >= 100 && top10 !== null && top10 >= 1,
    `The best ten of ${trades.length} trades make ${percent(top10 ?? 0)} of the net profit.`,
  )
  say(isProfit && found.pnlWithoutBestTrade <= 0, 'Without its best trade the run loses.')
  say(isProfit && found.pnlWithoutBestDay <= 0, 'Without its best day the run loses.')
  say(
    isProfit && found.months > 1 && found.pnlWithoutBestMonth <= 0,
    'Without its best month the run loses.',
    isProfit && found.pnlWithoutBestTrade > 0 && found.pnlWithoutBestDay > 0
      ? `It makes money without its best trade and without its best day${found.months > 1 ? ', and without its best month' : ''}.`
      : undefined,
  )
}

function judgeCosts({ cases, breakEvenFees }: CostSensitivity, totalPnl: number, say: Say): void {
  const pnlOf = (name: string): number => cases.find((one) => one.name === name)?.pnl ?? Number.NaN
  const gross = pnlOf('No fees')
  const share = gross > 0 ? (gross - pnlOf('As it was')) / gross : null
  say(gross > 0 && totalPnl < 0, 'Gross positive but net negative: costs are larger than the edge.')
  say(share !== null && share > 0.5 && totalPnl >= 0, `Fees take ${percent(share ?? 0)} of the gross profit.`)
  if (totalPnl <= 0) return
  say(
    pnlOf('Fees × 2') <= 0,
    'With fees twice as high the run loses.',
    breakEvenFees === null
      ? undefined
      : `Fees could be ${breakEvenFees.toFixed(1)} times as high before the profit is gone.`,
  )
  say(
    pnlOf('Fills half a spread worse') <= 0,
    'With fills half a spread worse the run loses.',
    'It makes money with fills half a spread worse.',
  )
}

function judgeFills(result: BacktestResult, totalPnl: number, capacity: Capacity | null, say: Say): void {
  const { staleShare } = measureDependence(result.trades)
  const { bounds, forcedExits } = computeMetrics(result)
  say(
    staleShare !== null && staleShare > 0.05,
    `${percent(staleShare ?? 0)} of the entries filled on quotes older than five seconds.`,
  )
  say(
    bounds !== null && totalPnl > 0 && bounds.worst <= 0,
    'The profit lies within what sampled quotes leave open: with every fill at its worst the run loses.',
  )
  say(bounds !== null && totalPnl <= 0 && bounds.best <= 0, 'Even with every fill at its best the run loses.')
  say(forcedExits > 0, `${forcedExits} trades ended at an old mark because their quotes had vanished.`)
  const fits = capacity?.steps[0]?.fits ?? 1
  say(
    fits < 0.9,
    `${percent(1 - fits)} of the trades were larger than the size displayed where they filled.`,
    capacity === null
      ? undefined
      : `Half of the fills met ${capacity.medianSize} displayed contracts or more.`,
  )
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

function usd(dollars: number): string {
  const cents = Math.round(Math.abs(dollars) * 100) / 100
  return formatUsd(toMicros(dollars < 0 && cents > 0 ? -cents : cents))
}
