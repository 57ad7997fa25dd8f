import { defineGate, type Gate } from './gate.js'
import { factsOf } from './internal/intent.js'

/** Reports by which factor to size in a nervous market: 0 from `panic`, 0.5 from `elevated`, else 1; always passes. */
export function vixSizeGate({
  elevated = 25,
  panic = 35,
}: {
  readonly elevated?: number
  readonly panic?: number
} = {}): Gate {
  return defineGate({
    name: 'vix_elevated_modifier',
    stage: 'position_modifiers',
    severity: 'soft',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const vix = factsOf(intent, context)?.vix ?? 0
      const calmOrElevated = vix >= elevated ? 0.5 : 1
      const value = vix >= panic ? 0 : calmOrElevated
      return { passed: true, value, limit: null, unit: 'x', message: 'OK', resumes: '' }
    },
  })
}

/** Reports points for good hours: 5 for minutes 30 to 120 of the session, 3 for 270 to 330; always passes. */
export function tradingHoursBoostGate(): Gate {
  return defineGate({
    name: 'trading_hours_boost',
    stage: 'position_modifiers',
    severity: 'soft',
    reason: 'GATES_FAILED',
    check(_, { nowUs, calendar }) {
      const openUs = calendar?.session(nowUs)?.openUs ?? Number.NaN
      const minutes = (nowUs - openUs) / 60e6
      const lateOrNone = minutes >= 270 && minutes <= 330 ? 3 : 0
      const value = minutes >= 30 && minutes <= 120 ? 5 : lateOrNone
      return { passed: true, value, limit: null, unit: 'points', message: 'OK', resumes: '' }
    },
  })
}
