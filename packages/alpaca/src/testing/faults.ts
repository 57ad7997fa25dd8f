/** What happens to a request instead of its answer, or to it. */
export type RestFault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly html?: boolean
      /** Seconds of a `Retry-After` header; none unless told. */
      readonly retryAfter?: number
    }
  /** The socket is reset before the request is handled. */
  | { readonly kind: 'reset' }
  /** The request is handled, and the socket reset instead of the answer. */
  | { readonly kind: 'lose-answer' }
  /** The request is handled, and answered with this status. */
  | { readonly kind: 'hide-answer'; readonly status: number }
  /** The request is handled and answered late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The answer is no JSON. */
  | { readonly kind: 'garbage' }

/** Which requests a fault is for: every one unless told. */
export interface RestFaultTarget {
  readonly method?: string
  /** The start of the path. */
  readonly path?: string
  /** How many requests, 1 unless told. */
  readonly times?: number
}

/** Faults that wait for requests. */
export class RestFaults {
  readonly #waiting: { readonly fault: RestFault; readonly target: RestFaultTarget; left: number }[] = []

  /** Lets the next requests that fit fail. */
  next(fault: RestFault, target: RestFaultTarget = {}): void {
    this.#waiting.push({ fault, target, left: target.times ?? 1 })
  }

  clear(): void {
    this.#waiting.length = 0
  }

  /** The fault of a request, used up by it. */
  take(method: string, path: string): RestFault | undefined {
    const at = this.#waiting.findIndex(
      ({ target }) =>
        (target.method === undefined || target.method === method) && path.startsWith(target.path ?? '/'),
    )
    const waiting = this.#waiting[at]
    if (waiting === undefined) return undefined
    if (--waiting.left <= 0) this.#waiting.splice(at, 1)
    return waiting.fault
  }
}

/** How the streams misbehave; set freely. */
export interface StreamFaults {
  /** Upgrades that are answered with this status instead of 101. */
  refuseUpgrades: { status: number; times: number } | undefined
  /** A dropped client's slot stays taken so long; Alpaca's is about 90,000. */
  zombieMs: number
  /** Nothing is sent but pongs: open and silent. */
  isSilent: boolean
  /** Pings are not answered. */
  isDeaf: boolean
  /** Trade updates sent twice: how many. */
  duplicateUpdates: number
  /** Trade updates held back until after the next: how many. */
  reorderUpdates: number
  /** Trade updates lost: how many. */
  loseUpdates: number
  /** Bytes waiting for a client beyond which it is slow: 407 and a close. */
  slowClientBytes: number
  /** Server closes the socket after 402, 404, 406 and 409. */
  closesAfterFatal: boolean
}

/** Streams that do as they should. */
export function noStreamFaults(): StreamFaults {
  return {
    refuseUpgrades: undefined,
    zombieMs: 0,
    isSilent: false,
    isDeaf: false,
    duplicateUpdates: 0,
    reorderUpdates: 0,
    loseUpdates: 0,
    slowClientBytes: 16_000_000,
    closesAfterFatal: true,
  }
}
