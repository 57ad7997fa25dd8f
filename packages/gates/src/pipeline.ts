import type { OrderIntent } from '@scalp/canonical'
import { type Abstain, toAbstain } from './abstain.js'
import { confidenceCap } from './confidence.js'
import type { AbstainReason, Gate, GateContext, GateResult, Severity } from './gate.js'

/** A named list of gates that run in order. */
export interface Stage {
  readonly name: string
  readonly gates: readonly Gate[]
}

/** What one gate found within a run. */
export interface Evaluation extends Omit<GateResult, 'ageMs'> {
  readonly gate: string
  readonly stage: string
  readonly severity: Severity
  readonly reason: AbstainReason
  /** The unit of value and limit; empty for words and plain numbers. */
  readonly unit: string
  /** Age of what was compared, ms; null where it has none or the age is unknown. */
  readonly ageMs: number | null
}

/** The verdict of a pipeline. */
export interface PipelineResult {
  readonly passed: boolean
  /** Null when passed. */
  readonly abstain: Abstain | null
  /** What was evaluated, in order, up to and including the hard failure. */
  readonly results: readonly Evaluation[]
  readonly softFailures: readonly Evaluation[]
  /** How sure one may be, 0 to 100; 0 on abstain. */
  readonly confidenceCap: number
  /** The stage of the hard failure; `explain` when passed. */
  readonly stageReached: string
}

/** Gates in stages: the first hard failure ends a run. */
export interface Pipeline {
  readonly stages: readonly Stage[]
  run(intent: OrderIntent, context: GateContext): PipelineResult
}

/** Makes a pipeline of stages; they run as given. It keeps no state between runs. */
export function createPipeline(stages: readonly Stage[]): Pipeline {
  const steps = stages.flatMap(({ name, gates }) => gates.map((gate) => ({ stage: name, gate })))
  const freshnessGates = steps.filter(({ stage }) => stage === 'data_freshness').length
  return {
    stages,
    run(intent, context) {
      const results: Evaluation[] = []
      for (const { stage, gate } of steps) {
        const { name, severity, reason } = gate
        const result = gate.check(intent, context)
        const { unit = '', ageMs = null } = result
        const evaluation = { ...result, gate: name, stage, severity, reason, unit, ageMs }
        results.push(evaluation)
        if (!evaluation.passed && severity === 'hard') {
          const abstain = toAbstain({ intent, context, results, failure: evaluation, freshnessGates })
          const softFailures = softFailuresOf(results)
          return { passed: false, abstain, results, softFailures, confidenceCap: 0, stageReached: stage }
        }
      }
      return {
        passed: true,
        abstain: null,
        results,
        softFailures: softFailuresOf(results),
        confidenceCap: confidenceCap(results, intent, context),
        stageReached: 'explain',
      }
    },
  }
}

function softFailuresOf(results: readonly Evaluation[]): readonly Evaluation[] {
  return results.filter(({ passed, severity }) => !passed && severity === 'soft')
}
