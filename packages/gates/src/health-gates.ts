import { defineGate, type Gate } from './gate.js'
import { underlyingOf } from './internal/intent.js'

/** Refuses while the kill switch is on. Passes where no health is wired, as in a backtest. */
export function killSwitchGate(): Gate {
  return defineGate({
    name: 'kill_switch',
    stage: 'health',
    severity: 'hard',
    reason: 'KILL_SWITCH_ACTIVE',
    check: (_, { health }) =>
      health?.killSwitch === true
        ? refused('the kill switch is on', 'when the kill switch is reset', 'on', 'off')
        : PASSED,
  })
}

/** Refuses while the feed is silent or connecting. Passes where no health is wired, as in a backtest. */
export function feedDegradedGate(): Gate {
  return defineGate({
    name: 'feed_healthy',
    stage: 'health',
    severity: 'hard',
    reason: 'FEED_DEGRADED',
    check: (_, { health }) =>
      health?.feedDegraded === true
        ? refused('the feed is degraded', 'when the feed is back', 'degraded', 'healthy')
        : PASSED,
  })
}

/** Refuses before the first quote of the contract and the first price of its underlying. */
export function dataGate(): Gate {
  return defineGate({
    name: 'data_received',
    stage: 'health',
    severity: 'hard',
    reason: 'NO_DATA',
    check({ instrument }, { quotes, prices, instruments }) {
      const symbol = underlyingOf(instruments.get(instrument))
      if (!quotes.has(instrument)) return refused('no quote yet', 'with the first quote')
      if (prices.get(symbol) === undefined)
        return refused(`no price of ${symbol} yet`, `with the first price of ${symbol}`)
      return PASSED
    },
  })
}

const PASSED = { passed: true, value: null, limit: null, message: 'OK', resumes: '' } as const

function refused(
  message: string,
  resumes: string,
  value: string | null = null,
  limit = 'received',
): ReturnType<Gate['check']> {
  return { passed: false, value, limit, message, resumes }
}
