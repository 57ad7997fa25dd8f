import type { Us } from '@scalp/canonical'
import { RiskLimitError } from './errors.js'

/** When failures are too many. */
export interface FailureLimit {
  readonly threshold: number
  /** A failure exactly this old still counts. */
  readonly windowSeconds: number
}

/** Counts failures within a window that ends with the newest. */
export class FailureWindow {
  readonly limit: FailureLimit
  #failures: Us[] = []

  constructor(limit: FailureLimit) {
    for (const [name, value] of Object.entries(limit))
      if (!(value > 0)) throw new RiskLimitError({ limit: name, value })
    this.limit = limit
  }

  /** Counts a failure and answers how many there were within the window. */
  fail(atUs: Us): number {
    const { windowSeconds } = this.limit
    this.#failures = this.#failures.filter((us) => atUs - us <= windowSeconds * 1_000_000)
    this.#failures.push(atUs)
    return this.#failures.length
  }

  reset(): void {
    this.#failures = []
  }
}
