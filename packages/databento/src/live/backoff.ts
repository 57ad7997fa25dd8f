import type { Random } from '@scalp/canonical'

/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Default 1,000. */
  readonly firstMs?: number
  /** Default 60,000. */
  readonly maxMs?: number
}

/** The wait before attempt `attempt` (from 0): doubling, between half and all of it by chance. */
export function backoffMs(
  attempt: number,
  { firstMs = 1_000, maxMs = 60_000 }: BackoffOptions,
  random: Random,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
  return full * (0.5 + random() / 2)
}
