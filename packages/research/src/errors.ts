import { ScalpError } from '@scalp/canonical'

/** Thrown when what is to be varied cannot be: a name, a range or a constraint is wrong. */
export class SweepPlanError extends ScalpError {
  override readonly name = 'SweepPlanError'
  constructor(problem: string, { hint, cause }: { hint?: string; cause?: unknown } = {}) {
    super(problem, {
      code: 'SWEEP_PLAN',
      hint: hint ?? 'Write an axis as name=1,2,3 or name=1..9/2 or name=log:0.1..10.',
      details: {},
      cause,
    })
  }
}

/** Thrown when the same run gave another result: code or data are not what they were, or something is not determined. */
export class ResultDiffersError extends ScalpError {
  override readonly name = 'ResultDiffersError'
  constructor({ key, kept, offered }: { key: string; kept: string; offered: string }) {
    super(`Run ${key.slice(0, 12)} gave result ${offered.slice(0, 12)}, and ${kept.slice(0, 12)} before.`, {
      code: 'RESULT_DIFFERS',
      hint: 'A strategy must take time and chance from its context only. scalp-backtest verify --lookahead tells more.',
      details: { key, kept, offered },
    })
  }
}

/** Thrown when no run of the store goes by a name. */
export class UnknownRunError extends ScalpError {
  override readonly name = 'UnknownRunError'
  constructor({ wanted, found }: { wanted: string; found: number }) {
    super(found === 0 ? `No run starts with ${wanted}.` : `${found} runs start with ${wanted}.`, {
      code: 'RUN_UNKNOWN',
      hint: 'scalp-backtest runs list shows what there is; give enough of a key to name one.',
      details: { wanted, found },
    })
  }
}
