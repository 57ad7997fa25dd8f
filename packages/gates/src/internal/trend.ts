import type { TrendFacts } from '../facts.js'

/** A price at least this far above its 50-day average has recovered, percent. */
const RECOVERY_PERCENT = 5

/**
 * Tells whether an underlying is in a bear market. The first rule that decides ends it:
 * a death cross in a downtrend; more than 20 % under the 52-week high; under 95 % of the 200-day average
 * for ten days. The last two need a downtrend (below the 50-day average) and yield to a recovery.
 */
export function judgeTrend(trend: TrendFacts): { readonly isBear: boolean; readonly reason: string } {
  if (trend.bearMarket !== undefined) return trend.bearMarket
  const vsSma50 = trend.vsSma50Percent ?? Number.NaN
  const isDown = vsSma50 < 0
  const hasRecovered = vsSma50 >= RECOVERY_PERCENT
  if (trend.isDeathCross && isDown) return { isBear: true, reason: 'death cross in a downtrend' }
  if ((trend.vs52WeekHighPercent ?? Number.NaN) < -20) {
    if (isDown) return { isBear: true, reason: 'more than 20 % under the 52-week high' }
    if (hasRecovered) return { isBear: false, reason: 'recovered' }
  }
  const isBelow200 = (trend.vsSma200Percent ?? Number.NaN) < -5 && trend.daysBelowSma200 >= 10
  if (isBelow200 && isDown) return { isBear: true, reason: 'ten days far below the 200-day average' }
  return { isBear: false, reason: 'no bear market' }
}
