import type { Us } from '@scalp/canonical'

/** When failures are too many. */
export interface KillSwitchOptions {
  /** 5 unless told. */
  readonly threshold?: number
  /** 300 unless told; a failure exactly this old still counts. */
  readonly windowSeconds?: number
}

/** Counts failures within a window, and stays thrown once there were too many, until it is reset. */
export class KillSwitch {
  readonly #threshold: number
  readonly #windowUs: number
  #failures: Us[] = []
  #isThrown = false

  constructor({ threshold = 5, windowSeconds = 300 }: KillSwitchOptions = {}) {
    this.#threshold = threshold
    this.#windowUs = windowSeconds * 1_000_000
  }

  /** True from the failure that was one too many until {@link reset}. */
  get isThrown(): boolean {
    return this.#isThrown
  }

  /** Failures within the window before the last one. */
  get failures(): number {
    return this.#failures.length
  }

  /** Counts a failure and answers whether the switch is thrown. */
  fail(atUs: Us): boolean {
    this.#failures = this.#failures.filter((us) => atUs - us <= this.#windowUs)
    this.#failures.push(atUs)
    if (this.#failures.length >= this.#threshold) this.#isThrown = true
    return this.#isThrown
  }

  reset(): void {
    this.#failures = []
    this.#isThrown = false
  }
}
