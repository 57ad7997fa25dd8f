import { type ApprovedOrder, type OrderIntent, type Refusal, toOrderId } from '@scalp/canonical'
import type { AbstainReason, Gate, GateContext, GateResult } from './gate.js'

/** The verdict on an intent. */
export type Review =
  | { readonly approved: true; readonly order: ApprovedOrder }
  | { readonly approved: false; readonly reason: AbstainReason; readonly refusals: readonly Refusal[] }

/** How often a gate refused. */
export interface RefusalCount {
  readonly gate: string
  readonly code: AbstainReason
  readonly count: number
}

/** What a gate keeper is made of. */
export interface GateKeeperOptions {
  /** In order; the first hard one that fails ends the review. */
  readonly gates: readonly Gate[]
  /** Starts the ids of the orders it approves. */
  readonly idPrefix?: string
}

/** Decides on intents: the only place where an order is approved. */
export class GateKeeper {
  readonly #gates: readonly Gate[]
  readonly #prefix: string
  readonly #counts = new Map<string, { code: AbstainReason; count: number }>()
  #sequence = 0

  constructor({ gates, idPrefix = 'order' }: GateKeeperOptions) {
    this.#gates = gates
    this.#prefix = idPrefix
  }

  /**
   * Reviews an intent. One that only reduces a position passes without a gate: a limit must never trap us.
   *
   * @param reducing Signed contracts that orders already working would take off the position.
   */
  review(intent: OrderIntent, context: GateContext, reducing = 0): Review {
    if (this.#isReducing(intent, context, reducing))
      return { approved: true, order: this.#approve(intent, context, true) }
    for (const gate of this.#gates) {
      if (gate.severity !== 'hard') continue
      const result = gate.check(intent, context)
      if (!result.passed) return this.#refuse(gate, result)
    }
    return { approved: true, order: this.#approve(intent, context, false) }
  }

  /** Refusals so far, by gate, in the order of the gates. */
  refusals(): readonly RefusalCount[] {
    return this.#gates.flatMap(({ name }) => {
      const counted = this.#counts.get(name)
      return counted === undefined ? [] : [{ gate: name, ...counted }]
    })
  }

  #isReducing(
    { instrument, side, contracts }: OrderIntent,
    { positions }: GateContext,
    reducing: number,
  ): boolean {
    const left = positions.contracts(instrument) + reducing
    return side === 'sell' ? left >= contracts : -left >= contracts
  }

  #approve(intent: OrderIntent, { nowUs }: GateContext, reduces: boolean): ApprovedOrder {
    this.#sequence++
    return {
      ...intent,
      id: toOrderId(this.#prefix, this.#sequence),
      decidedUs: nowUs,
      reduces,
    } as ApprovedOrder
  }

  #refuse({ name, reason }: Gate, { value, limit, unit, ageMs, resumes }: GateResult): Review {
    const counted = this.#counts.get(name) ?? { code: reason, count: 0 }
    counted.count++
    this.#counts.set(name, counted)
    const refusal: Refusal = {
      code: reason,
      gate: name,
      value,
      limit,
      resumes,
      ...(unit === undefined ? {} : { unit }),
      ...(ageMs === undefined ? {} : { ageMs }),
    }
    return { approved: false, reason, refusals: [refusal] }
  }
}

/** Makes a gate keeper. */
export function createGateKeeper(options: GateKeeperOptions): GateKeeper {
  return new GateKeeper(options)
}
