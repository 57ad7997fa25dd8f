import { defineGate, type Gate, type GateResult } from './gate.js'
import { factsOf, isBullish } from './internal/intent.js'
import { describe, notSupplied, toResult } from './internal/result.js'
import { judgeTrend } from './internal/trend.js'

/** Refuses to follow a rise with a relative strength index above `max`. Passes where none is supplied. */
export function rsiGate({ max = 70 }: { readonly max?: number } = {}): Gate {
  return defineGate({
    name: 'rsi_overbought',
    stage: 'technical',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const value = factsOf(intent, context)?.rsi
      if (value === undefined) return notSupplied('RSI', max)
      const passed = !isBullish(intent, context) || value <= max
      const message = describe({
        what: 'RSI',
        value,
        decimals: 1,
        unit: '',
        passed,
        allowed: `at most ${max}`,
      })
      return toResult({
        passed,
        value,
        limit: max,
        unit: '',
        message,
        resumes: `with an RSI of at most ${max}`,
      })
    },
  })
}

/** Refuses within `daysBefore` days before earnings and `daysAfter` days after them, where the days are known. */
export function earningsGate({
  daysBefore = 5,
  daysAfter = 1,
}: {
  readonly daysBefore?: number
  readonly daysAfter?: number
} = {}): Gate {
  return defineGate({
    name: 'earnings_blackout',
    stage: 'risk_management',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const { daysUntilEarnings: until, daysSinceEarnings: since } = factsOf(intent, context) ?? {}
      const blocksUntil = until !== undefined && !(until > daysBefore)
      const blocksSince = since !== undefined && !(since > daysAfter)
      if (blocksUntil) {
        const message = Number.isNaN(until) ? 'the day of earnings is unknown' : `earnings in ${until} days`
        return blackout(until, daysBefore, message, 'after the earnings')
      }
      if (blocksSince) {
        const message = Number.isNaN(since) ? 'the day of earnings is unknown' : `earnings ${since} days ago`
        return blackout(since, daysAfter, message, `${daysAfter + 1} days after the earnings`)
      }
      if (until === undefined) return notSupplied('coming earnings date', daysBefore)
      return { passed: true, value: until, limit: daysBefore, unit: 'days', message: 'OK', resumes: '' }
    },
  })
}

/** Refuses from a volatility index of `limit`. Passes where none is supplied. */
export function vixPanicGate({ limit = 35 }: { readonly limit?: number } = {}): Gate {
  return defineGate({
    name: 'vix_panic',
    stage: 'risk_management',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const value = factsOf(intent, context)?.vix
      if (value === undefined) return notSupplied('VIX', limit)
      const passed = value < limit
      const message = describe({
        what: 'VIX',
        value,
        decimals: 1,
        unit: '',
        passed,
        allowed: `below ${limit}`,
      })
      return toResult({ passed, value, limit, unit: '', message, resumes: `with a VIX below ${limit}` })
    },
  })
}

/** How the trading-hours gate is set. */
export interface TradingHoursOptions {
  readonly skipOpenMinutes?: number
  readonly skipCloseMinutes?: number
  /** What to do where no calendar is wired; a day without a session always refuses. */
  readonly withoutCalendar?: 'refuse' | 'pass'
}

/** Refuses outside the session, in its first `skipOpenMinutes` and its last `skipCloseMinutes`. */
export function tradingHoursGate({
  skipOpenMinutes = 30,
  skipCloseMinutes = 15,
  withoutCalendar = 'refuse',
}: TradingHoursOptions = {}): Gate {
  return defineGate({
    name: 'trading_hours',
    stage: 'risk_management',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check(_, { nowUs, calendar }) {
      if (calendar === undefined && withoutCalendar === 'pass')
        return notSupplied('calendar', skipOpenMinutes)
      const session = calendar?.session(nowUs)
      if (session === undefined)
        return hours(false, Number.NaN, skipOpenMinutes, 'no session now', 'in the next session')
      const since = (nowUs - session.openUs) / 60e6
      const until = (session.closeUs - nowUs) / 60e6
      if (!(since >= skipOpenMinutes)) {
        const message = `${since.toFixed(1)} min since the open, allowed at least ${skipOpenMinutes}`
        return hours(false, since, skipOpenMinutes, message, `${skipOpenMinutes} min after the open`)
      }
      /** The close itself is outside, also with nothing to skip. */
      if (until >= skipCloseMinutes && until > 0) return hours(true, since, skipOpenMinutes, 'OK', '')
      const message = `${until.toFixed(1)} min until the close, allowed at least ${skipCloseMinutes}`
      return hours(false, until, skipCloseMinutes, message, 'in the next session')
    },
  })
}

/** Refuses to bet on a rise in a bear market. Passes where no trend is supplied. */
export function bearMarketGate(): Gate {
  return defineGate({
    name: 'price_sentiment_divergence',
    stage: 'risk_management',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const trend = factsOf(intent, context)?.trend
      if (trend === undefined) return notSupplied('trend')
      const { isBear, reason } = judgeTrend(trend)
      const passed = !isBear || !isBullish(intent, context)
      return toResult({
        passed,
        value: isBear ? (trend.vs52WeekHighPercent ?? Number.NaN) : Number.NaN,
        limit: 'no bear market',
        unit: '%',
        message: passed ? 'OK' : `bear market: ${reason}`,
        resumes: 'when the bear market has ended',
      })
    },
  })
}

function blackout(value: number, limit: number, message: string, resumes: string): GateResult {
  return toResult({ passed: false, value, limit, unit: 'days', message, resumes })
}

function hours(passed: boolean, value: number, limit: number, message: string, resumes: string): GateResult {
  return toResult({ passed, value, limit, unit: 'min', message, resumes })
}
