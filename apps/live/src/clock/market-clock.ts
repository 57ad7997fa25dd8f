import { type Clock, type Us, wallClock } from '@scalp/canonical'

/** A clock that can say how long something is away, on a timer of this machine. */
export interface LiveClock extends Clock {
  /** Milliseconds of real time until an instant of this clock; `Infinity` when it stands still. */
  msUntil(us: Us): number
}

/** A market time that is anchored to the wall, so that two processes have the same: at `wall` it was `market`. */
export interface ClockAnchor {
  readonly wallUs: Us
  readonly marketUs: Us
  readonly speed: number
}

/** The clock of an anchor. */
export function anchoredClock({ wallUs, marketUs, speed }: ClockAnchor): MarketClock {
  return new MarketClock({ startUs: marketUs + (wallClock.nowUs() - wallUs) * speed, speed })
}

/** The time of the wall. */
export const realClock: LiveClock = {
  nowUs: () => wallClock.nowUs(),
  msUntil: (us) => (us - wallClock.nowUs()) / 1_000,
}

/**
 * The clock of a market that never was, or was long ago: it starts where told and runs as fast as told. It never
 * goes backwards.
 */
export class MarketClock implements LiveClock {
  #baseUs: Us
  #baseMs: number
  #speed: number
  #isPaused = false
  readonly #monotonicMs: () => number

  constructor({
    startUs,
    speed = 1,
    monotonicMs = () => performance.now(),
  }: {
    readonly startUs: Us
    readonly speed?: number
    readonly monotonicMs?: () => number
  }) {
    this.#baseUs = startUs
    this.#speed = speed
    this.#monotonicMs = monotonicMs
    this.#baseMs = monotonicMs()
  }

  get speed(): number {
    return this.#speed
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  nowUs(): Us {
    if (this.#isPaused) return this.#baseUs
    return this.#baseUs + Math.round((this.#monotonicMs() - this.#baseMs) * this.#speed * 1_000)
  }

  msUntil(us: Us): number {
    if (this.#isPaused) return Number.POSITIVE_INFINITY
    return (us - this.nowUs()) / 1_000 / this.#speed
  }

  setSpeed(speed: number): void {
    this.#settle()
    this.#speed = speed
  }

  pause(): void {
    this.#settle()
    this.#isPaused = true
  }

  play(): void {
    this.#settle()
    this.#isPaused = false
  }

  /** Moves on to a later instant, such as the next session's opening. */
  jumpTo(us: Us): void {
    this.#settle()
    this.#baseUs = Math.max(this.#baseUs, us)
  }

  #settle(): void {
    this.#baseUs = this.nowUs()
    this.#baseMs = this.#monotonicMs()
  }
}
