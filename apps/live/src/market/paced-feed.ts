import type { Feed, MarketSink, Tape, Us } from '@scalp/canonical'
import type { LiveClock, MarketClock } from '../clock/market-clock.js'

/** The time of a replay is that of its last event; what is due happens with the next one, exactly as in a backtest. */
export class ReplayClock implements LiveClock {
  us: Us

  constructor(us: Us) {
    this.us = us
  }

  nowUs(): Us {
    return this.us
  }

  msUntil(): number {
    return Number.POSITIVE_INFINITY
  }
}

/** What a paced feed is made of. */
export interface PacedFeedOptions {
  /** In the order that decides equal times. */
  readonly tapes: readonly Tape[]
  /** Says when an event is due; it may be paused, and its speed changed. */
  readonly pace: MarketClock
  /** Moves to the time of each event. */
  readonly clock: ReplayClock
  /** Where the session that begins with this gap does: time between sessions is passed over. */
  readonly onGap?: (fromUs: Us, toUs: Us) => void
  readonly onEnd: (error: unknown) => void
}

/** Work of one turn before sockets and timers have theirs, ms. */
const TURN_MS = 4
const IDLE_MS = 50
/** A silence so long is the time between two sessions. */
const GAP_US = 600_000_000

/** Plays recorded data as live data: several tapes merged by their times, at the pace of a clock. */
export class PacedFeed implements Feed {
  readonly #options: PacedFeedOptions
  #isWanted = false
  #playing: Promise<void> = Promise.resolve()
  events = 0

  constructor(options: PacedFeedOptions) {
    this.#options = options
  }

  start(sink: MarketSink): Promise<void> {
    this.#isWanted = true
    this.#playing = this.#play(sink).then(
      () => this.#options.onEnd(undefined),
      (error: unknown) => this.#options.onEnd(error),
    )
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#isWanted = false
    await this.#playing
    await Promise.all(this.#options.tapes.map((tape) => tape.close()))
  }

  async #play(sink: MarketSink): Promise<void> {
    const { pace, clock } = this.#options
    const live = [...this.#options.tapes]
    let turnMs = performance.now()
    while (this.#isWanted) {
      let at = 0
      for (let i = 0; i < live.length; i++) {
        const tape = live[i] as Tape
        while (tape.receivedUs === Number.POSITIVE_INFINITY) if (!(await tape.refill())) break
        if (tape.receivedUs < (live[at] as Tape).receivedUs) at = i
      }
      const tape = live[at]
      if (tape === undefined || tape.receivedUs === Number.POSITIVE_INFINITY) return
      const us = tape.receivedUs
      if (us - clock.us > GAP_US && clock.us > 0) {
        this.#options.onGap?.(clock.us, us)
        pace.jumpTo(us)
      }
      for (let ms = pace.msUntil(us); ms > 0 && this.#isWanted; ms = pace.msUntil(us)) {
        await wait(Math.min(ms, IDLE_MS))
        turnMs = performance.now()
      }
      if (!this.#isWanted) return
      clock.us = us
      tape.emit(sink)
      this.events++
      if ((this.events & 63) === 0 && performance.now() - turnMs > TURN_MS) {
        await new Promise(setImmediate)
        turnMs = performance.now()
      }
    }
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
