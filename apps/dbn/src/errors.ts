import { ScalpError } from '@scalp/canonical'

/** Thrown when a command cannot mean what was typed. */
export class CallError extends ScalpError {
  override readonly name = 'CallError'
  constructor({ problem, hint }: { problem: string; hint: string }) {
    super(problem, { code: 'CALL_INVALID', hint })
  }
}

/** Thrown when work is refused because of what it would cost. */
export class CostError extends ScalpError {
  override readonly name = 'CostError'
  constructor({ cost, limit, hint }: { cost: string; limit: string; hint: string }) {
    super(`This request costs ${cost}; ${limit}.`, { code: 'COST_REFUSED', hint, details: { cost } })
  }
}
