import type { OrderIntent, Us } from '@scalp/canonical'
import type { AbstainReason, GateContext } from './gate.js'
import { underlyingOf } from './internal/intent.js'
import { withUnit } from './internal/result.js'
import type { Evaluation } from './pipeline.js'

/** Ages of what a decision rested on, seconds (sentiment: hours as seconds too); null when never received. */
export interface DataFreshness {
  readonly quoteAge: number | null
  readonly greeksAge: number | null
  readonly underlyingAge: number | null
  readonly sentimentAge: number | null
  /** True only when every freshness gate of the pipeline was evaluated and passed. */
  readonly allFresh: boolean
}

/** Why nothing was done, for the log and the screen. */
export interface Abstain {
  /** `SYMBOL-micros`: a pure function of the decision, so that replays agree. */
  readonly id: string
  readonly generatedUs: Us
  readonly underlying: string
  readonly reason: AbstainReason
  /** Every failed gate so far, soft ones included. */
  readonly failedGates: readonly Evaluation[]
  readonly dataFreshness: DataFreshness
  /** One line: what would let it pass, and where it stands now. */
  readonly resumeCondition: string
}

/** Builds the record of a hard failure. */
export function toAbstain({
  intent: { instrument: index },
  context,
  results,
  failure,
  freshnessGates,
}: {
  readonly intent: OrderIntent
  readonly context: GateContext
  readonly results: readonly Evaluation[]
  readonly failure: Evaluation
  readonly freshnessGates: number
}): Abstain {
  const { nowUs, quotes, prices, greeks, facts } = context
  const instrument = context.instruments.get(index)
  const underlying = underlyingOf(instrument)
  const fresh = results.filter(({ stage, passed }) => stage === 'data_freshness' && passed).length
  const sentimentHours = facts?.get(underlying)?.sentiment?.ageHours
  return {
    id: `${instrument.symbol}-${nowUs}`,
    generatedUs: nowUs,
    underlying,
    reason: failure.reason,
    failedGates: results.filter(({ passed }) => !passed),
    dataFreshness: {
      quoteAge: ageOf(nowUs, quotes.sourceUs(index)),
      greeksAge: ageOf(nowUs, greeks?.sourceUs(index)),
      underlyingAge: ageOf(nowUs, prices.get(underlying)?.sourceUs),
      sentimentAge: sentimentHours === undefined ? null : sentimentHours * 3_600,
      allFresh: freshnessGates > 0 && fresh === freshnessGates,
    },
    resumeCondition: toResumeCondition(failure),
  }
}

/** One line of what would let a failed gate pass and where it stands now; a value of 0 is a value. */
export function toResumeCondition({ gate, resumes, value, unit }: Evaluation): string {
  const now = typeof value === 'number' ? withUnit(Number(value.toFixed(3)), unit) : (value ?? 'unknown')
  return `${gate}: ${resumes} (now ${now})`
}

function ageOf(nowUs: Us, sourceUs: Us = Number.NaN): number | null {
  return Number.isNaN(sourceUs) ? null : (nowUs - sourceUs) / 1_000_000
}
