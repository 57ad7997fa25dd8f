/** How many requests a key may send. */
export interface TokenBucketOptions {
  /** The limit in any 60 seconds. */
  readonly perMinute: number
  /** Tokens that only urgent requests (cancels, exits, look-ups of unknown orders) may take; 0 unless told. */
  readonly reserve?: number
  /** A clock that never goes back, in ms. */
  readonly nowMs?: () => number
  readonly wait?: (ms: number) => Promise<void>
}

/**
 * Shares a limit of requests a minute among all callers.
 *
 * Half of the limit may go at once and the other half comes back evenly over the minute, so that no 60 s hold
 * more than the limit. Callers wait in the order they came; urgent ones go first.
 */
export class TokenBucket {
  readonly #capacity: number
  readonly #perMs: number
  readonly #reserve: number
  readonly #nowMs: () => number
  readonly #wait: (ms: number) => Promise<void>
  #tokens: number
  #filledMs: number
  #blockedUntilMs = 0
  #isServing = false
  readonly #urgent: (() => void)[] = []
  readonly #normal: (() => void)[] = []

  constructor({ perMinute, reserve = 0, nowMs = monotonicMs, wait = sleep }: TokenBucketOptions) {
    this.#capacity = Math.max(1, Math.floor(perMinute / 2))
    this.#perMs = (perMinute - this.#capacity) / 60_000
    this.#reserve = Math.min(reserve, this.#capacity - 1)
    this.#nowMs = nowMs
    this.#wait = wait
    this.#tokens = this.#capacity
    this.#filledMs = nowMs()
  }

  /** Whole tokens that are there now. */
  get available(): number {
    this.#refill()
    return Math.floor(this.#tokens)
  }

  /** Takes a token, and waits for it where there is none. */
  take(isUrgent = false): Promise<void> {
    return new Promise((resolve) => {
      if (isUrgent) this.#urgent.push(resolve)
      else this.#normal.push(resolve)
      void this.#serve()
    })
  }

  /** Learns from an answer how many requests the server still allows. */
  observe(remaining: number): void {
    this.#refill()
    if (remaining >= 0 && remaining < this.#tokens) this.#tokens = remaining
  }

  /** Lets nobody through for a while: the server said 429. */
  block(ms: number): void {
    this.#refill()
    this.#tokens = Math.min(this.#tokens, 1)
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, this.#nowMs() + ms)
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return
    this.#isServing = true
    while (this.#urgent.length > 0 || this.#normal.length > 0) {
      const waitMs = this.#waitMs()
      if (waitMs > 0) await this.#wait(waitMs)
      else {
        this.#tokens -= 1
        const next = this.#urgent.shift() ?? this.#normal.shift()
        next?.()
      }
    }
    this.#isServing = false
  }

  #waitMs(): number {
    this.#refill()
    const needed = this.#urgent.length > 0 ? 1 : 1 + this.#reserve
    const forTokensMs = this.#tokens >= needed ? 0 : Math.ceil((needed - this.#tokens) / this.#perMs)
    /** At most 50 ms at a time, so that an urgent caller does not wait behind a normal one. */
    return Math.min(50, Math.max(forTokensMs, this.#blockedUntilMs - this.#nowMs(), 0))
  }

  #refill(): void {
    const nowMs = this.#nowMs()
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#filledMs) * this.#perMs)
    this.#filledMs = nowMs
  }
}

const shared = new Map<string, TokenBucket>()

/** The one bucket of a key at a host, made at first use: the limit holds for the key, not for a client. */
export function bucketOf(
  { host, keyId }: { readonly host: string; readonly keyId: string },
  options: TokenBucketOptions,
): TokenBucket {
  const name = `${host} ${keyId}`
  const known = shared.get(name)
  if (known !== undefined) return known
  const bucket = new TokenBucket(options)
  shared.set(name, bucket)
  return bucket
}

/** Waits, as timers do. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Milliseconds of a clock that never goes back. */
export function monotonicMs(): number {
  return performance.now()
}
