import { type ApprovedOrder, type OrderIntent, type Refusal, toOrderId } from '@scalp/canonical'
import type { Abstain } from './abstain.js'
import type { AbstainReason, Gate, GateContext } from './gate.js'
import { underlyingOf } from './internal/intent.js'
import { createPipeline, type Evaluation, type Pipeline } from './pipeline.js'
import { RefusalLog, type RefusalSnapshot } from './refusal-log.js'

/** The verdict on an intent. */
export type Review =
  | { readonly approved: true; readonly order: ApprovedOrder; readonly confidenceCap: number }
  | {
      readonly approved: false
      readonly reason: AbstainReason
      readonly refusals: readonly Refusal[]
      /** Absent when the intent itself is malformed. */
      readonly abstain?: Abstain
    }

/** How often a gate refused. */
export interface RefusalCount {
  readonly gate: string
  readonly code: string
  readonly count: number
}

/** What a gate keeper is made of: a pipeline, or a plain list of gates. */
export type GateKeeperOptions = {
  /** Starts the ids of the orders it approves; unique among the keepers of a run. */
  readonly idPrefix?: string
} & (
  | {
      /** In order; the first hard one that fails ends the review. */
      readonly gates: readonly Gate[]
      readonly pipeline?: never
    }
  | { readonly pipeline: Pipeline; readonly gates?: never }
)

/** Decides on intents: the only place where an order is approved. */
export class GateKeeper {
  readonly #pipeline: Pipeline
  readonly #prefix: string
  readonly #log = new RefusalLog()
  #sequence = 0

  constructor({ gates, pipeline, idPrefix = 'order' }: GateKeeperOptions) {
    this.#pipeline = pipeline ?? createPipeline(gates.map((gate) => ({ name: gate.stage, gates: [gate] })))
    this.#prefix = idPrefix
  }

  /**
   * Reviews an intent. One that only reduces a position passes without a gate: a limit must never trap us.
   *
   * @param reducing Signed contracts that orders already working would add: negative off a long, positive off a short.
   */
  review(intent: OrderIntent, context: GateContext, reducing = 0): Review {
    const fault = faultOf(intent)
    if (fault !== undefined) return this.#refuse(intent, context, 'INVALID_INTENT', [fault])
    if (isReducing(intent, context, reducing))
      return { approved: true, order: this.#approve(intent, context, true), confidenceCap: 100 }
    const { abstain, results, confidenceCap } = this.#pipeline.run(intent, context)
    if (abstain === null)
      return { approved: true, order: this.#approve(intent, context, false), confidenceCap }
    /** A hard failure ends the run, so it is the last that was evaluated. */
    const refusals = results.slice(-1).map(toRefusal)
    return { ...this.#refuse(intent, context, abstain.reason, refusals), abstain }
  }

  /** Refusals so far by gate, in the order of the first of each. */
  refusals(): readonly RefusalCount[] {
    return this.#log.snapshot().gates.map(({ gate, code, count }) => ({ gate, code, count }))
  }

  /** How often a gate refused so far. */
  refusalCount(gate: string): number {
    return this.#log.count(gate)
  }

  /** Refusals so far by gate and underlying, with first and last times and the last refusal in full; plain JSON. */
  refusalSnapshot(): RefusalSnapshot {
    return this.#log.snapshot()
  }

  #approve(intent: OrderIntent, { nowUs }: GateContext, reduces: boolean): ApprovedOrder {
    this.#sequence++
    const id = toOrderId(this.#prefix, this.#sequence)
    return { ...intent, id, decidedUs: nowUs, reduces } as ApprovedOrder
  }

  #refuse(
    { instrument }: OrderIntent,
    { nowUs, instruments }: GateContext,
    reason: AbstainReason,
    refusals: readonly Refusal[],
  ): Extract<Review, { approved: false }> {
    const underlying = underlyingOf(instruments.get(instrument))
    for (const refusal of refusals) this.#log.record(refusal, underlying, nowUs)
    return { approved: false, reason, refusals }
  }
}

/** Makes a gate keeper. */
export function createGateKeeper(options: GateKeeperOptions): GateKeeper {
  return new GateKeeper(options)
}

function isReducing(
  { instrument, side, contracts }: OrderIntent,
  { positions }: GateContext,
  reducing: number,
): boolean {
  const left = positions.contracts(instrument) + reducing
  return side === 'sell' ? left >= contracts : -left >= contracts
}

/** What is wrong with an intent whatever the market says; also with one that reduces. */
function faultOf({ contracts, limitMicros }: OrderIntent): Refusal | undefined {
  if (!(Number.isSafeInteger(contracts) && contracts > 0))
    return malformed(contracts, 'a positive integer', 'with a whole number of contracts')
  if (limitMicros !== undefined && !(Number.isFinite(limitMicros) && limitMicros >= 0))
    return malformed(limitMicros, 'a price', 'with a known limit price')
  return undefined
}

function malformed(value: number, limit: string, resumes: string): Refusal {
  const known = Number.isFinite(value) ? value : null
  return { code: 'INVALID_INTENT', gate: 'intent_valid', value: known, limit, resumes }
}

function toRefusal({ gate, reason, value, limit, unit, ageMs, resumes }: Evaluation): Refusal {
  return {
    code: reason,
    gate,
    value,
    limit,
    resumes,
    ...(unit === '' ? {} : { unit }),
    ...(ageMs === null ? {} : { ageMs }),
  }
}
