import { measureDependence } from './analysis.js'
import { computeMetrics } from './metrics.js'
import type { BacktestResult } from './result.js'

/** Below this many trades no figure carries a conclusion. */
export const THIN_SAMPLE = 30

/** Says in sentences what is weak about a result; empty when none of the checks found anything. */
export function findWeaknesses(result: BacktestResult): readonly string[] {
  const metrics = computeMetrics(result)
  const { gross, costShare, pnlWithoutBestTrade, pnlWithoutBestDay, shareOfTop, staleShare } =
    measureDependence(result.trades)
  const found: string[] = []
  const say = (isWeak: boolean, sentence: string): void => {
    if (isWeak) found.push(sentence)
  }
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
  say(
    result.manifest.data.isSynthetic,
    'The data are synthetic: nothing here is evidence about a real market.',
  )
  say(metrics.trades === 0, 'No trades: there is nothing to judge.')
  say(
    metrics.trades > 0 && metrics.trades < THIN_SAMPLE,
    `Too few trades to conclude: ${metrics.trades}, fewer than ${THIN_SAMPLE}.`,
  )
  say(gross > 0 && metrics.totalPnl < 0, 'Gross positive but net negative: costs are larger than the edge.')
  say(
    costShare !== null && costShare > 0.5 && metrics.totalPnl >= 0,
    `Fees take ${percent(costShare ?? 0)} of the gross profit.`,
  )
  say(
    shareOfTop.top1 !== null && shareOfTop.top1 > 0.3,
    `One trade makes ${percent(shareOfTop.top1 ?? 0)} of the net profit.`,
  )
  say(metrics.totalPnl > 0 && pnlWithoutBestTrade <= 0, 'Without its best trade the run loses.')
  say(metrics.totalPnl > 0 && pnlWithoutBestDay <= 0, 'Without its best day the run loses.')
  say(
    staleShare !== null && staleShare > 0.05,
    `${percent(staleShare ?? 0)} of the entries filled on quotes older than five seconds.`,
  )
  say(
    metrics.bounds !== null && metrics.totalPnl > 0 && metrics.bounds.worst <= 0,
    'The profit lies within what sampled quotes leave open: with every fill at its worst the run loses.',
  )
  say(
    metrics.forcedExits > 0,
    `${metrics.forcedExits} trades ended at an old mark because their quotes had vanished.`,
  )
  say(
    result.dataQuality.missingDays.length > 0,
    `${result.dataQuality.missingDays.length} trading days have no data.`,
  )
  return found
}
