import { defineGate, type Gate } from './gate.js'
import { ageMsOf, atLeast, atMost, withAge } from './internal/result.js'

/** Refuses when the spread is wider than `maxPercent` of the mid, unknown, crossed or one-sided. */
export function spreadGate({ maxPercent = 10 }: { readonly maxPercent?: number } = {}): Gate {
  return defineGate({
    name: 'spread_acceptable',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'SPREAD_TOO_WIDE',
    check({ instrument }, { nowUs, quotes }) {
      const result = atMost({
        what: 'spread',
        value: quotes.isTradable(instrument) ? quotes.spreadPercent(instrument) : Number.NaN,
        limit: maxPercent,
        unit: '%',
        resumes: `when the spread narrows to ${maxPercent} %`,
      })
      return withAge(result, ageMsOf(nowUs, quotes.sourceUs(instrument)))
    },
  })
}

/** Refuses when fewer than `min` contracts are open, or nobody knows how many. */
export function openInterestGate({ min = 500 }: { readonly min?: number } = {}): Gate {
  return defineGate({
    name: 'open_interest_sufficient',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'LIQUIDITY_INSUFFICIENT',
    check({ instrument }, { nowUs, quotes }) {
      const result = atLeast({
        what: 'open interest',
        value: quotes.openInterest(instrument),
        limit: min,
        unit: 'contracts',
        resumes: `with open interest of at least ${min}: try nearby strikes`,
      })
      return withAge(result, ageMsOf(nowUs, quotes.openInterestUs?.(instrument) ?? Number.NaN))
    },
  })
}

/** Refuses when fewer than `min` contracts traded today, or nobody knows how many. */
export function volumeGate({ min = 100 }: { readonly min?: number } = {}): Gate {
  return defineGate({
    name: 'volume_sufficient',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'LIQUIDITY_INSUFFICIENT',
    check({ instrument }, { nowUs, quotes }) {
      const result = atLeast({
        what: 'volume',
        value: quotes.volume(instrument),
        limit: min,
        unit: 'contracts',
        resumes: `with a volume of at least ${min}: try nearby strikes`,
      })
      return withAge(result, ageMsOf(nowUs, quotes.volumeUs?.(instrument) ?? Number.NaN))
    },
  })
}
