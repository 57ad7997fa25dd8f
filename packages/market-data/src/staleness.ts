import { US_PER_SECOND, type Us } from '@scalp/canonical'

/** What an age says. */
export type Freshness = 'missing' | 'fresh' | 'stale'

/** Up to which age each kind of data counts as fresh, seconds. */
export interface StalenessThresholds {
  readonly quoteSeconds: number
  readonly greeksSeconds: number
  readonly underlyingSeconds: number
  readonly ivRankSeconds: number
  /** How far ahead of ours a clock may be before its data counts as stale. */
  readonly skewSeconds: number
}

/** Quote 5 s, Greeks 90 s, underlying 5 s, IV rank 900 s, clock skew 1 s. */
export const defaultStaleness: StalenessThresholds = {
  quoteSeconds: 5,
  greeksSeconds: 90,
  underlyingSeconds: 5,
  ivRankSeconds: 900,
  skewSeconds: 1,
}

/** Tells the freshness of data by its source time, `NaN` when it never came; a source time too far ahead is a wrong clock. */
export function freshness(sourceUs: Us, nowUs: Us, maxSeconds: number, skewSeconds = 1): Freshness {
  const ageUs = nowUs - sourceUs
  if (Number.isNaN(ageUs)) return 'missing'
  return ageUs <= maxSeconds * US_PER_SECOND && ageUs >= -skewSeconds * US_PER_SECOND ? 'fresh' : 'stale'
}
