import { type Micros, US_PER_MINUTE, US_PER_SECOND, type Us } from '@scalp/canonical'
import type { ExitState } from './scalper-state.js'
import { toDirection } from './velocity-tracker.js'

/** An exit that a rule of the {@link ExitManager} decides. */
export type RuleExit =
  | 'market_close'
  | 'expiration'
  | 'stale_quote'
  | 'momentum_reversal'
  | 'take_profit'
  | 'trailing_stop'
  | 'stop_loss'
  | 'time_stop'
  | 'time_exit'
/** Every reason a scalp can end for; those that are no rule are set by callers. */
export type ExitReason = RuleExit | 'manual' | 'kill_switch' | 'daily_loss_limit' | 'eod' | 'external'

/** When to leave. `null` turns a rule off. Percent numbers of the entry price. */
export interface ExitRules {
  readonly takeProfitPct: number
  readonly stopLossPct: number
  readonly trailingActivationPct: number | null
  readonly trailingDistancePct: number
  readonly momentumReversal: boolean
  readonly reversalThresholdPct: number
  readonly reversalMinHoldSeconds: number
  /** Leaves what is not in profit. */
  readonly timeStopMinutes: number | null
  /** Leaves whatever it stands at. */
  readonly maxHoldMinutes: number | null
  readonly marketCloseExitMinutes: number
  readonly expirationExitMinutes: number
  readonly maxQuoteSilenceSeconds: number | null
  /** The first that holds is the reason. A rule left out is off. */
  readonly exitPriority: readonly RuleExit[]
}

/** A position as it was opened: by its fill, not by its signal. */
export interface ExitEntry {
  readonly openedUs: Us
  readonly priceMicros: Micros
  /** What the underlying should do: up for a call. */
  readonly direction: 'up' | 'down'
  /** When the contract stops trading. */
  readonly expiryUs: Us
}

/** What an exit is decided on. Unknown is `NaN`. */
export interface ExitTick {
  readonly nowUs: Us
  /** What a seller gets; `NaN` without a usable quote. */
  readonly bidMicros: Micros
  /** Change of the underlying over the momentum window, in percent. */
  readonly velocityPct: number
  /** Close of today's session; `NaN` without one. */
  readonly closeUs: Us
  /** Receive time of the last usable quote. */
  readonly quoteUs: Us
}

/** The order in which the rules are tested unless told otherwise. */
export const EXIT_PRIORITY: readonly RuleExit[] = [
  'market_close',
  'expiration',
  'stale_quote',
  'momentum_reversal',
  'take_profit',
  'trailing_stop',
  'stop_loss',
  'time_stop',
  'time_exit',
]

/** Watches one open scalp and says when to leave, the same live and in a backtest. */
export class ExitManager {
  readonly #rules: ExitRules
  #entry: ExitEntry
  #pnlPct = 0
  #maxGainPct = 0
  #maxDrawdownPct = 0
  #trailingLevelPct = 0
  #isTrailing = false

  constructor(rules: ExitRules, entry: ExitEntry) {
    this.#rules = rules
    this.#entry = entry
  }

  /** Of the entry price at the last usable bid, in percent. */
  get pnlPct(): number {
    return this.#pnlPct
  }

  /** Highest gain so far, at least 0. */
  get maxGainPct(): number {
    return this.#maxGainPct
  }

  /** Lowest so far, at most 0. */
  get maxDrawdownPct(): number {
    return this.#maxDrawdownPct
  }

  get isTrailing(): boolean {
    return this.#isTrailing
  }

  /** 0 until armed; then it only rises. */
  get trailingLevelPct(): number {
    return this.#trailingLevelPct
  }

  get entry(): ExitEntry {
    return this.#entry
  }

  /** Takes a better knowledge of the entry price, after a further partial fill. */
  reprice(priceMicros: Micros): undefined {
    this.#entry = { ...this.#entry, priceMicros }
  }

  /** What must survive a restart. */
  snapshot(): ExitState {
    return {
      pnlPct: this.#pnlPct,
      maxGainPct: this.#maxGainPct,
      maxDrawdownPct: this.#maxDrawdownPct,
      trailingLevelPct: this.#trailingLevelPct,
      isTrailing: this.#isTrailing,
    }
  }

  /** Takes back what {@link snapshot} gave. */
  restore({ pnlPct, maxGainPct, maxDrawdownPct, trailingLevelPct, isTrailing }: ExitState): undefined {
    this.#pnlPct = pnlPct
    this.#maxGainPct = maxGainPct
    this.#maxDrawdownPct = maxDrawdownPct
    this.#trailingLevelPct = trailingLevelPct
    this.#isTrailing = isTrailing
  }

  /** Takes a mark and gives the reason to leave, undefined to stay. */
  check(tick: ExitTick): RuleExit | undefined {
    this.#mark(tick.bidMicros)
    for (const reason of this.#rules.exitPriority) if (this.#holds(reason, tick)) return reason
    return undefined
  }

  #mark(bidMicros: Micros): undefined {
    const { priceMicros } = this.#entry
    const pnlPct = ((bidMicros - priceMicros) / priceMicros) * 100
    if (!(bidMicros >= 0 && Number.isFinite(pnlPct))) return
    this.#pnlPct = pnlPct
    this.#maxGainPct = Math.max(this.#maxGainPct, pnlPct)
    this.#maxDrawdownPct = Math.min(this.#maxDrawdownPct, pnlPct)
    const { trailingActivationPct, trailingDistancePct } = this.#rules
    if (trailingActivationPct === null) return
    if (pnlPct >= trailingActivationPct) this.#isTrailing = true
    if (this.#isTrailing) this.#trailingLevelPct = this.#maxGainPct - trailingDistancePct
  }

  #holds(reason: RuleExit, { nowUs, bidMicros, velocityPct, closeUs, quoteUs }: ExitTick): boolean {
    const rules = this.#rules
    const { openedUs, direction, expiryUs } = this.#entry
    const heldUs = nowUs - openedUs
    const isMarked = bidMicros >= 0 && bidMicros < Number.POSITIVE_INFINITY
    switch (reason) {
      case 'market_close':
        return nowUs >= closeUs - rules.marketCloseExitMinutes * US_PER_MINUTE
      case 'expiration':
        return nowUs >= expiryUs - rules.expirationExitMinutes * US_PER_MINUTE
      case 'stale_quote':
        return (
          rules.maxQuoteSilenceSeconds !== null &&
          nowUs - (quoteUs > openedUs ? quoteUs : openedUs) >= rules.maxQuoteSilenceSeconds * US_PER_SECOND
        )
      case 'momentum_reversal': {
        if (!rules.momentumReversal || heldUs < rules.reversalMinHoldSeconds * US_PER_SECOND) return false
        const moved = toDirection(velocityPct, rules.reversalThresholdPct)
        return moved !== 'flat' && moved !== direction
      }
      case 'take_profit':
        return isMarked && this.#pnlPct >= rules.takeProfitPct
      case 'trailing_stop':
        return isMarked && this.#isTrailing && this.#pnlPct <= this.#trailingLevelPct
      case 'stop_loss':
        return isMarked && this.#pnlPct <= -rules.stopLossPct
      case 'time_stop':
        return (
          rules.timeStopMinutes !== null &&
          heldUs >= rules.timeStopMinutes * US_PER_MINUTE &&
          isMarked &&
          this.#pnlPct <= 0
        )
      case 'time_exit':
        return rules.maxHoldMinutes !== null && heldUs >= rules.maxHoldMinutes * US_PER_MINUTE
      default:
        return reason satisfies never
    }
  }
}
