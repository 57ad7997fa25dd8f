/** How long to wait between attempts to connect. */
export interface BackoffOptions {
  /** 1 unless told. */
  readonly baseSeconds?: number
  /** 60 unless told. */
  readonly maxSeconds?: number
}

/**
 * The wait in seconds before an attempt, counted from 1, without jitter: base, doubled each time, up to max.
 *
 * @example
 * backoffSeconds(3) // 4
 */
export function backoffSeconds(
  attempt: number,
  { baseSeconds = 1, maxSeconds = 60 }: BackoffOptions = {},
): number {
  return Math.min(baseSeconds * 2 ** (attempt - 1), maxSeconds)
}

/** Spreads a wait by up to ± 20 %, so that clients dropped together do not come back together. */
export function withJitter(seconds: number, chance: number): number {
  return seconds * (0.8 + 0.4 * chance)
}
