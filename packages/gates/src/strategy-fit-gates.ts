import { defineGate, type Gate } from './gate.js'
import { factsOf } from './internal/intent.js'
import { ageMsOf, describe, toResult, withAge } from './internal/result.js'
import { combinedOf, isStrong } from './internal/sentiment.js'

/**
 * Marks an implied volatility that is neither cheap (rank below `low`) nor dear (above `high`).
 *
 * Points: 5 when cheap, or dear with strong sentiment; -5 in between or unknown.
 */
export function ivRankGate({
  low = 30,
  high = 60,
}: {
  readonly low?: number
  readonly high?: number
} = {}): Gate {
  const allowed = `below ${low} or above ${high}`
  return defineGate({
    name: 'iv_rank_extremes',
    stage: 'strategy_fit',
    severity: 'soft',
    reason: 'GATES_FAILED',
    check(intent, context) {
      const facts = factsOf(intent, context)
      const value = facts?.ivRank ?? Number.NaN
      const passed = value < low || value > high
      const isBoosted = value < low || (value > high && isStrong(combinedOf(facts?.sentiment)))
      const failedOrPlain = passed ? 0 : -5
      return toResult({
        passed,
        value,
        limit: allowed,
        unit: '',
        message: describe({ what: 'IV rank', value, decimals: 1, unit: '', passed, allowed }),
        resumes: `with an IV rank ${allowed}`,
        points: isBoosted ? 5 : failedOrPlain,
      })
    },
  })
}

/** Refuses when the size of delta is outside the range (ends included), or unknown. */
export function deltaGate({
  min = 0.1,
  max = 0.8,
}: {
  readonly min?: number
  readonly max?: number
} = {}): Gate {
  const allowed = `${min} to ${max}`
  return defineGate({
    name: 'delta_in_range',
    stage: 'strategy_fit',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check({ instrument }, { nowUs, greeks }) {
      const value = Math.abs(greeks?.delta(instrument) ?? Number.NaN)
      const passed = value >= min && value <= max
      const result = toResult({
        passed,
        value,
        limit: allowed,
        unit: '',
        message: describe({ what: 'delta', value, decimals: 2, unit: '', passed, allowed }),
        resumes: `with a delta of ${allowed}: try another strike`,
      })
      return withAge(result, ageMsOf(nowUs, greeks?.sourceUs(instrument) ?? Number.NaN))
    },
  })
}
