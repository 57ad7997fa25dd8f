import { defineGate, type Gate } from '@scalp/gates'

/** Refuses a contract whose spread is wider than `maxMicros`, or unknown: percent says little of cheap contracts. */
export function calmQuoteGate({ maxMicros = 100_000 }: { readonly maxMicros?: number } = {}): Gate {
  return defineGate({
    name: 'calm_quote',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'SPREAD_TOO_WIDE',
    check({ instrument }, { quotes }) {
      const value = quotes.spreadMicros(instrument)
      const passed = value <= maxMicros
      return {
        passed,
        value: Number.isNaN(value) ? null : value,
        limit: maxMicros,
        unit: 'micro-dollars',
        message: passed ? 'OK' : `spread ${value}, allowed at most ${maxMicros}`,
        resumes: passed ? '' : `with a spread of at most ${maxMicros}`,
      }
    },
  })
}
