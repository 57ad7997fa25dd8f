import { compileExpression } from 'filtrex'
import type { Point } from './axis.js'
import { SweepPlanError } from './errors.js'

/** Says which settings are worth a trial. */
export type Constraint = (settings: Point) => boolean

/**
 * Reads a constraint such as `stopLossPct < takeProfitPct and maxDte >= minDte`, by the language of filtrex. Names are
 * settings, with dots where they nest; those that are not varied have the value of the base.
 *
 * @throws {@link SweepPlanError} When it cannot be read; the constraint itself throws when a name or a type is wrong.
 */
export function parseConstraint(text: string): Constraint {
  let holds: (settings: Point) => unknown
  try {
    holds = compileExpression(text) as (settings: Point) => unknown
  } catch (cause) {
    throw new SweepPlanError(`The constraint "${text}" cannot be read.`, { hint: HINT, cause })
  }
  return (settings) => {
    const answer = holds(settings)
    if (typeof answer === 'boolean') return answer
    const problem =
      answer instanceof Error ? answer.message : `it gives ${String(answer)}, neither true nor false`
    throw new SweepPlanError(`The constraint "${text}" fails: ${problem}.`, { hint: HINT })
  }
}

const HINT = 'Write it as stopLossPct < takeProfitPct and maxDte >= minDte, with strings in double quotes.'
