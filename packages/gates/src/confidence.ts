import type { OrderIntent } from '@scalp/canonical'
import type { UnderlyingFacts } from './facts.js'
import type { GateContext } from './gate.js'
import { factsOf, isBullish } from './internal/intent.js'
import type { Evaluation } from './pipeline.js'

/** What a soft failure takes when its gate names no points. */
const SOFT_FAILURE_POINTS = -10

/**
 * The highest confidence a decision may claim: 100, moved by the points of every gate evaluated and by flow and
 * technicals where supplied, within 0 and 100.
 */
export function confidenceCap(
  results: readonly Evaluation[],
  intent: OrderIntent,
  context: GateContext,
): number {
  let cap = 100
  for (const { passed, points } of results) cap += points ?? (passed ? 0 : SOFT_FAILURE_POINTS)
  const facts = factsOf(intent, context)
  if (facts !== undefined) cap += modifierPoints(facts, isBullish(intent, context))
  return Math.min(100, Math.max(0, cap))
}

function modifierPoints(facts: UnderlyingFacts, isUp: boolean): number {
  let points = 0
  if (facts.isThreeSourceAligned !== undefined) points += facts.isThreeSourceAligned ? 10 : -5
  if (facts.technicalPoints !== undefined) points += Math.min(25, Math.max(-15, facts.technicalPoints))
  /** Contrarian: many puts count for a rise, many calls for a fall. */
  const ratio = facts.putCallRatio ?? Number.NaN
  if (isUp ? ratio > 1.2 : ratio < 0.6) points += 5
  return points
}
