import { createHash } from 'node:crypto'
import type { BacktestResult } from './result.js'

/** A result before its hash is known. */
export type Unhashed = Omit<BacktestResult, 'manifest'>

/**
 * SHA-256 over what a run decided and what came of it: trades, equity, decisions.
 *
 * Left out is what may differ between runs that are the same: paths, file formats, versions, counts of records
 * by format, thread counts.
 */
export function hashResult({
  period,
  startingEquityMicros,
  endingEquityMicros,
  equity,
  dailyEquity,
  trades,
  decisions,
}: Unhashed): string {
  const outcome = { period, startingEquityMicros, endingEquityMicros, equity, dailyEquity, trades, decisions }
  return createHash('sha256').update(canonicalJson(outcome)).digest('hex')
}

/** JSON with the keys of every object in order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
