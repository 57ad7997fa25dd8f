import type { Micros } from '@scalp/canonical'
import { CostCeilingError, QueryError } from './errors.js'
import { getCost } from './metadata-api.js'
import type { CallOptions } from './options.js'
import type { Transport } from './transport.js'
import type { RangeQuery } from './types.js'

/**
 * Asks what data would cost; undefined, and nothing is asked, without a ceiling.
 *
 * @throws {@link CostCeilingError} When that, and what was `spent` before, is above the ceiling.
 */
export async function checkCost(
  transport: Transport,
  method: string,
  query: RangeQuery & CallOptions,
  maxCostMicros: Micros,
  spent: Micros = 0,
): Promise<Micros | undefined> {
  if (!(maxCostMicros >= 0)) {
    throw new QueryError({
      parameter: 'maxCostMicros',
      reason: `is ${maxCostMicros}`,
      hint: 'Give a ceiling in micro-dollars ($1 is 1_000_000), or Infinity for none: the call is billed.',
    })
  }
  if (maxCostMicros === Number.POSITIVE_INFINITY) return undefined
  const value = spent + (await getCost(transport, query))
  if (value > maxCostMicros) throw new CostCeilingError({ method, value, threshold: maxCostMicros })
  return value
}
