import { LiveSilenceError } from './errors.js'

/** Tells when nothing was heard for so long, or a quarter longer; one timer, however often it is touched. */
export class Watchdog {
  readonly #ms: number
  readonly #onSilence: (error: LiveSilenceError) => void
  #timer: NodeJS.Timeout | undefined
  #isTouched = false
  /** Quarters of the time that have passed in silence. */
  #quarters = 0

  constructor(ms: number, onSilence: (error: LiveSilenceError) => void) {
    this.#ms = ms
    this.#onSilence = onSilence
  }

  /** Starts to wait, anew if it waits already. */
  start(): void {
    this.stop()
    this.#timer = setInterval(() => this.#check(), this.#ms / 4)
    this.#isTouched = false
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

  #check(): void {
    this.#quarters = this.#isTouched ? 0 : this.#quarters + 1
    this.#isTouched = false
    if (this.#quarters < 4) return
    this.stop()
    this.#onSilence(new LiveSilenceError({ ms: this.#ms }))
  }
}
