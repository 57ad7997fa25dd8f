import { LiveSilenceError } from './errors.js'

/** Tells when nothing was heard for too long; one timer, however often it is touched. */
export class Watchdog {
  readonly #ms: number
  readonly #onSilence: (error: LiveSilenceError) => void
  #timer: NodeJS.Timeout | undefined
  #isTouched = false

  constructor(ms: number, onSilence: (error: LiveSilenceError) => void) {
    this.#ms = ms
    this.#onSilence = onSilence
  }

  /** Starts to wait, anew if it waits already. */
  start(): void {
    this.stop()
    this.#timer = setInterval(() => this.#check(), this.#ms / 4)
    this.#quarters = 0
  }

  /** Something was heard. */
  touch(): void {
    this.#isTouched = true
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #quarters = 0

  #check(): void {
    this.#quarters = this.#isTouched ? 0 : this.#quarters + 1
    this.#isTouched = false
    if (this.#quarters < 4) return
    this.stop()
    this.#onSilence(new LiveSilenceError({ ms: this.#ms }))
  }
}
