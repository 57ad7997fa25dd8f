import { US_PER_DAY, type Us } from '@scalp/canonical'
import type { Schema } from '../dbn/enums.js'
import type { StreamProgress } from './progress.js'
import { type LiveSubscription, subscriptionLines } from './subscription.js'

/** A subscription of a client, over all its sessions. */
export interface HeldSubscription {
  readonly id: number
  readonly subscription: LiveSubscription
  /** From when on its records are wanted; undefined: no session with it has started yet. */
  sinceUs: Us | undefined
}

/** What a new session subscribes to. */
export interface ResumePlan {
  readonly lines: readonly string[]
  /** Where each schema's replay starts. */
  readonly fromUs: ReadonlyMap<Schema, Us>
  /** Schemas that a replay cannot give back whole. */
  readonly lossy: ReadonlySet<Schema>
}

/**
 * Plans a session: as asked for at first, and from the last record on after a break.
 *
 * The gateway keeps 24 hours; of what is older it gives what it has.
 */
export function planSession(
  held: readonly HeldSubscription[],
  progress: StreamProgress,
  { nowUs, isAgedOut }: { readonly nowUs: Us; readonly isAgedOut: boolean },
): ResumePlan {
  const lines: string[] = []
  const fromUs = new Map<Schema, Us>()
  const lossy = new Set<Schema>()
  for (const { id, subscription, sinceUs } of held) {
    if (sinceUs === undefined) {
      lines.push(...subscriptionLines(subscription, id))
      continue
    }
    const { startUs: _, snapshot: __, ...asked } = subscription
    const { schema } = asked
    const resume = progress.resumeUs(schema)
    const wanted = resume?.us ?? sinceUs
    const isOld = wanted > 0 && nowUs - wanted > US_PER_DAY
    const startUs = isOld ? 0 : wanted
    if (isOld || isAgedOut || resume?.isWhole === false) lossy.add(schema)
    fromUs.set(schema, Math.min(fromUs.get(schema) ?? startUs, startUs))
    lines.push(...subscriptionLines(isAgedOut ? asked : { ...asked, startUs }, id))
  }
  return { lines, fromUs, lossy }
}
