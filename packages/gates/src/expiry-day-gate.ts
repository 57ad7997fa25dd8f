import { defineGate, type Gate, type GateResult } from './gate.js'
import { optionOf } from './internal/intent.js'
import { inapplicable, toResult } from './internal/result.js'

/** How the expiry-day gate is set. */
export interface ExpiryDayOptions {
  /** Minutes before the close from which nothing expiring today is opened. */
  readonly minutes?: number
  /** Minutes for single underlyings. */
  readonly minutesOf?: Readonly<Record<string, number>>
}

/**
 * Refuses to open what expires today in the last minutes of the session, and what has expired.
 *
 * Source: brokers stop opening orders on expiry day at 15:15 New York time for options on shares and 15:30 for
 * those on broad funds, and close from then on what could not be exercised. Counted from the close, so that a
 * short day has its own cut-off.
 */
export function expiryDayGate({
  minutes = 45,
  minutesOf = { SPY: 30, QQQ: 30 },
}: ExpiryDayOptions = {}): Gate {
  return defineGate({
    name: 'expiry_day',
    stage: 'account_rules',
    severity: 'hard',
    reason: 'EXPIRY_DAY',
    check({ instrument }, { nowUs, instruments, calendar }) {
      const option = optionOf(instruments.get(instrument))
      if (option === undefined) return inapplicable('it never expires')
      const limit = minutesOf[option.underlying] ?? minutes
      if (calendar === undefined)
        return refused(Number.NaN, limit, 'the trading date is unknown', 'with a calendar')
      const today = calendar.tradingDate(nowUs)
      if (option.expiry > today) return inapplicable('it expires later', limit)
      if (option.expiry < today)
        return refused(Number.NaN, limit, `expired on ${option.expiry}`, 'with a later expiry')
      const session = calendar.session(nowUs)
      const left = session === undefined ? Number.NaN : (session.closeUs - nowUs) / 60e6
      if (left > limit)
        return toResult({ passed: true, value: left, limit, unit: 'min', message: 'OK', resumes: '' })
      const message = Number.isNaN(left)
        ? 'no session now'
        : `${left.toFixed(1)} min until the close of expiry day, allowed more than ${limit}`
      return refused(left, limit, message, 'with a later expiry')
    },
  })
}

function refused(value: number, limit: number, message: string, resumes: string): GateResult {
  return toResult({ passed: false, value, limit, unit: 'min', message, resumes })
}
