import type { Micros } from '@scalp/canonical'
import { defineGate, type Gate, type GateContext } from './gate.js'
import { costMicros, multiplierOf, underlyingOf } from './internal/intent.js'
import { atMost, toResult } from './internal/result.js'

/** Refuses when the cash does not pay for the order at its limit, else at the ask. */
export function cashGate(): Gate {
  return defineGate({
    name: 'cash_available',
    stage: 'portfolio_constraints',
    severity: 'hard',
    reason: 'PORTFOLIO_CONSTRAINT',
    check(intent, context) {
      const need = costMicros(intent, context)
      const { cashMicros } = context.account
      const passed = cashMicros >= need
      return toResult({
        passed,
        value: cashMicros / 1e6,
        limit: Number.isNaN(need) ? null : need / 1e6,
        unit: 'USD',
        message: passed ? 'OK' : `cash ${dollars(cashMicros)}, needed ${dollars(need)}`,
        resumes: `with ${dollars(need)} of cash: reduce the size`,
      })
    },
  })
}

/** Refuses when the order costs more than `maxPercent` of the equity, or there is none. */
export function positionSizeGate({ maxPercent = 20 }: { readonly maxPercent?: number } = {}): Gate {
  return defineGate({
    name: 'position_size_limit',
    stage: 'portfolio_constraints',
    severity: 'hard',
    reason: 'PORTFOLIO_CONSTRAINT',
    check(intent, context) {
      const equity = context.account.equityMicros
      const resumes = `with at most ${maxPercent} % of equity: reduce the size`
      if (!(equity > 0))
        return { passed: false, value: 0, limit: maxPercent, unit: '%', message: 'no equity', resumes }
      const value = (costMicros(intent, context) * 100) / equity
      return atMost({ what: 'position of equity', value, limit: maxPercent, unit: '%', resumes })
    },
  })
}

/** Marks more than `maxPercent` of the equity in one underlying, the order included. */
export function sectorConcentrationGate({ maxPercent = 25 }: { readonly maxPercent?: number } = {}): Gate {
  return defineGate({
    name: 'sector_concentration',
    stage: 'portfolio_constraints',
    severity: 'soft',
    reason: 'PORTFOLIO_CONSTRAINT',
    check(intent, context) {
      const symbol = underlyingOf(context.instruments.get(intent.instrument))
      const total = exposureMicros(symbol, context) + costMicros(intent, context)
      const equity = context.account.equityMicros
      return atMost({
        what: `exposure to ${symbol}`,
        value: equity > 0 ? (total * 100) / equity : Number.NaN,
        limit: maxPercent,
        unit: '%',
        resumes: `with at most ${maxPercent} % of equity in ${symbol}: reduce the size`,
      })
    },
  })
}

/** What is held in an underlying, at the mid, else at what was paid. */
function exposureMicros(symbol: string, { positions, instruments, quotes }: GateContext): Micros {
  let exposure = 0
  for (const { instrument: index, contracts, averageMicros } of positions.open()) {
    const instrument = instruments.get(index)
    if (underlyingOf(instrument) !== symbol) continue
    const mid = quotes.midMicros(index)
    const price = Number.isNaN(mid) ? averageMicros : mid
    exposure += Math.abs(contracts) * price * multiplierOf(instrument)
  }
  return exposure
}

function dollars(micros: Micros): string {
  return Number.isNaN(micros) ? 'an unknown amount' : `${Math.round(micros / 1e6)} dollars`
}
