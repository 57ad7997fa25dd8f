import type { JournalEntry, Us } from '@scalp/canonical'
import { KillSwitchStateError } from './errors.js'

/** What can stop trading. */
export type KillCause =
  | 'manual'
  | 'feed-failures'
  | 'broker-failures'
  | 'daily-loss'
  | 'drawdown'
  | 'losing-streak'
  | 'clock-skew'
  | 'disk-full'
  | 'reconciliation'

/**
 * What may happen.
 *
 * - `active`: everything.
 * - `reduce-only`: no entry; strategies go on closing what they hold.
 * - `halted`: strategies are not heard; only a flatten or a person closes.
 *
 * What only reduces a position passes in every state.
 */
export type TradingState = 'active' | 'reduce-only' | 'halted'

/** Why trading stopped. */
export interface KillReason {
  readonly cause: KillCause
  readonly atUs: Us
  /** What was measured; null when it was nobody's number, as with a person's wish. */
  readonly value: number | null
  readonly limit: number | null
  readonly unit: string
  /** What would let it go on, in a clause. */
  readonly resumes: string
}

/** What must survive a restart; plain JSON. */
export interface KillSwitchState {
  readonly version: 1
  readonly state: TradingState
  /** All causes since the last re-arm, the first first. */
  readonly reasons: readonly KillReason[]
  /** True when positions are to be closed and are not known to be. */
  readonly mustFlatten: boolean
}

/** How a kill switch acts. */
export interface KillSwitchOptions {
  /** The state each cause leads to; `reduce-only` unless told, `halted` for `manual`. */
  readonly stateOf?: Partial<Record<KillCause, 'reduce-only' | 'halted'>>
  /** Causes that also close what is held; none unless told. */
  readonly flattenOn?: readonly KillCause[]
}

const RANK: Readonly<Record<TradingState, number>> = { active: 0, 'reduce-only': 1, halted: 2 }

/**
 * Stops trading and stays stopped, over restarts too, until a person arms it again.
 *
 * Every change comes back as a journal entry `kill-switch`: record it at once, and hand the last one to
 * {@link KillSwitch.restore} at the next start.
 */
export class KillSwitch {
  readonly #options: KillSwitchOptions
  #state: TradingState = 'active'
  #reasons: readonly KillReason[] = []
  #mustFlatten = false

  constructor(options: KillSwitchOptions = {}) {
    this.#options = options
  }

  get state(): TradingState {
    return this.#state
  }

  /** Causes since the last re-arm, the first first. */
  get reasons(): readonly KillReason[] {
    return this.#reasons
  }

  /** True while positions are to be closed. */
  get mustFlatten(): boolean {
    return this.#mustFlatten
  }

  /** True when entries are refused: the word of a `HealthReader`. */
  get killSwitch(): boolean {
    return this.#state !== 'active'
  }

  /** Stops trading. A cause that is on already changes nothing and answers undefined. */
  trip(reason: KillReason): JournalEntry | undefined {
    if (this.#reasons.some(({ cause }) => cause === reason.cause)) return undefined
    const { stateOf = {}, flattenOn = [] } = this.#options
    const state = stateOf[reason.cause] ?? (reason.cause === 'manual' ? 'halted' : 'reduce-only')
    this.#reasons = [...this.#reasons, reason]
    if (RANK[state] > RANK[this.#state]) this.#state = state
    if (flattenOn.includes(reason.cause)) this.#mustFlatten = true
    return this.#entry('tripped', reason.atUs, { cause: reason.cause })
  }

  /** A person's wish, with or without closing what is held. It passes even when the switch is on. */
  halt({
    atUs,
    by,
    flatten,
  }: {
    readonly atUs: Us
    readonly by: string
    readonly flatten: boolean
  }): JournalEntry {
    const reason: KillReason = {
      cause: 'manual',
      atUs,
      value: null,
      limit: null,
      unit: '',
      resumes: `when ${by}, or somebody else, arms it again`,
    }
    this.#reasons = [...this.#reasons.filter(({ cause }) => cause !== 'manual'), reason]
    this.#state = 'halted'
    if (flatten) this.#mustFlatten = true
    return this.#entry('tripped', atUs, { cause: 'manual', by })
  }

  /** Tells that all that had to be closed is closed. */
  flattened(atUs: Us): JournalEntry | undefined {
    if (!this.#mustFlatten) return undefined
    this.#mustFlatten = false
    return this.#entry('flattened', atUs, {})
  }

  /** Lets trading go on; only a person may. Answers undefined when it was on. */
  rearm({ atUs, by }: { readonly atUs: Us; readonly by: string }): JournalEntry | undefined {
    if (this.#state === 'active') return undefined
    this.#state = 'active'
    this.#reasons = []
    this.#mustFlatten = false
    return this.#entry('armed', atUs, { by })
  }

  snapshot(): KillSwitchState {
    return { version: 1, state: this.#state, reasons: this.#reasons, mustFlatten: this.#mustFlatten }
  }

  /**
   * Takes back what {@link snapshot} or the last journal entry `kill-switch` told.
   *
   * @throws {@link KillSwitchStateError} On another version.
   */
  restore({ version, state, reasons, mustFlatten }: KillSwitchState): void {
    if (version !== 1) throw new KillSwitchStateError({ version })
    this.#state = state
    this.#reasons = reasons
    this.#mustFlatten = mustFlatten
  }

  #entry(change: string, atUs: Us, more: Readonly<Record<string, unknown>>): JournalEntry {
    return { type: 'kill-switch', atUs, change, ...more, ...this.snapshot() }
  }
}
