import type { Refusal, Us } from '@scalp/canonical'

/** How often a gate refused one underlying, and when first and last. */
export interface UnderlyingRefusals {
  readonly underlying: string
  readonly count: number
  readonly firstUs: Us
  readonly lastUs: Us
}

/** What a gate refused so far. */
export interface GateRefusals {
  readonly gate: string
  readonly code: string
  readonly count: number
  readonly firstUs: Us
  readonly lastUs: Us
  /** In the order of the first refusal of each. */
  readonly byUnderlying: readonly UnderlyingRefusals[]
  /** The last refusal: what was measured against what, and what would let it pass. */
  readonly last: Refusal
}

/** All refusals of a log at one moment; plain JSON. */
export interface RefusalSnapshot {
  readonly total: number
  /** In the order of the first refusal of each. */
  readonly gates: readonly GateRefusals[]
}

interface Tally {
  count: number
  firstUs: Us
  lastUs: Us
}

interface GateTally extends Tally {
  code: string
  last: Refusal
  readonly underlyings: Map<string, Tally>
}

/** Counts refusals by gate and underlying. Its size is bounded by gates times underlyings, not by time. */
export class RefusalLog {
  readonly #gates = new Map<string, GateTally>()
  #total = 0

  /** Counts a refusal of an intent on an underlying. */
  record(refusal: Refusal, underlying: string, nowUs: Us): void {
    this.#total++
    let gate = this.#gates.get(refusal.gate)
    if (gate === undefined) {
      gate = { ...begin(nowUs), code: refusal.code, last: refusal, underlyings: new Map() }
      this.#gates.set(refusal.gate, gate)
    }
    let own = gate.underlyings.get(underlying)
    if (own === undefined) {
      own = begin(nowUs)
      gate.underlyings.set(underlying, own)
    }
    gate.code = refusal.code
    gate.last = refusal
    add(gate, nowUs)
    add(own, nowUs)
  }

  /** How often a gate refused, in all or one underlying. */
  count(gate: string, underlying?: string): number {
    const tally = this.#gates.get(gate)
    return (underlying === undefined ? tally : tally?.underlyings.get(underlying))?.count ?? 0
  }

  /** What was refused so far, as plain JSON; later refusals do not change it. */
  snapshot(): RefusalSnapshot {
    const gates = Array.from(this.#gates, ([gate, { underlyings, last, ...tally }]) => ({
      gate,
      ...tally,
      byUnderlying: Array.from(underlyings, ([underlying, own]) => ({ underlying, ...own })),
      last: { ...last },
    }))
    return { total: this.#total, gates }
  }
}

function begin(nowUs: Us): Tally {
  return { count: 0, firstUs: nowUs, lastUs: nowUs }
}

function add(tally: Tally, nowUs: Us): void {
  tally.count++
  tally.lastUs = nowUs
}
