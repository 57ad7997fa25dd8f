import type { JournalEntry, Us } from '@scalp/canonical'
import type { ManagedState } from '@scalp/engine'

/** What a keeper works with. */
export interface ManagedKeeperOptions {
  readonly read: () => ManagedState
  readonly nowUs: () => Us
  readonly append: (entry: JournalEntry) => void
  /** Makes durable what was appended. */
  readonly record: () => void
}

const MS_BETWEEN_PRICES = 1_000

/**
 * Keeps exits that are watched on our side in the journal, so that they guard their positions after a restart too.
 *
 * One that was placed, fired, filled or ended is written as soon as its turn is over, before anything else is heard; the best
 * prices that trailing stops have seen once a second at most.
 */
export class ManagedKeeper {
  readonly #options: ManagedKeeperOptions
  #saved: string
  #savedMs = Number.NEGATIVE_INFINITY
  #isAsked = false

  constructor(options: ManagedKeeperOptions) {
    this.#options = options
    this.#saved = JSON.stringify(options.read())
  }

  /** Hears every entry of the engine; within a turn, so the state is read when that is over. */
  hear({ type }: JournalEntry): void {
    if (
      this.#isAsked ||
      !(type.startsWith('managed-') || type === 'order-filled' || type === 'position-settled')
    )
      return
    this.#isAsked = true
    queueMicrotask(() => {
      this.#isAsked = false
      this.save()
    })
  }

  /** Now and then: what moved without an entry. */
  look(): void {
    if (performance.now() - this.#savedMs >= MS_BETWEEN_PRICES) this.save()
  }

  save(): void {
    const state = this.#options.read()
    const text = JSON.stringify(state)
    if (text === this.#saved) return
    this.#saved = text
    this.#savedMs = performance.now()
    this.#options.append({ type: 'managed-state', atUs: Math.round(this.#options.nowUs()), state })
    this.#options.record()
  }
}
