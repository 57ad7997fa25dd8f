import { setTimeout as sleep } from 'node:timers/promises'

/** Ends a request when the caller says so, or when nothing has come for too long. */
export class Watch {
  readonly signal: AbortSignal
  isTimedOut = false
  readonly #own = new AbortController()
  readonly #callers: AbortSignal | undefined
  readonly #timeoutMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number, callers: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs
    this.#callers = callers
    this.signal = callers === undefined ? this.#own.signal : AbortSignal.any([callers, this.#own.signal])
    this.touch()
  }

  get isAborted(): boolean {
    return this.#callers?.aborted === true
  }

  get reason(): unknown {
    return this.#callers?.reason
  }

  /** Something came: the wait begins anew. */
  touch(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.isTimedOut = true
      this.#own.abort()
    }, this.#timeoutMs).unref()
  }

  /** The reader is at work, and it is not the server that is slow. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

/** Waits; when the caller gives up, throws what the caller gave. */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
