import type { TrendFacts } from '../facts.js'

/**
 * Tells whether an underlying is in a bear market: below its 50-day average, and in a death cross, or more than
 * 20 % under the 52-week high, or under 95 % of the 200-day average for ten days. A price back above the 50-day
 * average ends all three, so a recovery needs no rule of its own.
 */
export function judgeTrend(trend: TrendFacts): { readonly isBear: boolean; readonly reason: string } {
  if (trend.bearMarket !== undefined) return trend.bearMarket
  if (Number.isNaN(trend.vsSma50Percent))
    return { isBear: true, reason: 'not to be ruled out, as the distance to the 50-day average is unknown' }
  if (!((trend.vsSma50Percent ?? Number.NaN) < 0)) return { isBear: false, reason: 'not in a downtrend' }
  if (trend.isDeathCross) return { isBear: true, reason: 'death cross in a downtrend' }
  if ((trend.vs52WeekHighPercent ?? Number.NaN) < -20)
    return { isBear: true, reason: 'more than 20 % under the 52-week high' }
  if ((trend.vsSma200Percent ?? Number.NaN) < -5 && trend.daysBelowSma200 >= 10)
    return { isBear: true, reason: 'ten days far below the 200-day average' }
  return { isBear: false, reason: 'no bear market' }
}
