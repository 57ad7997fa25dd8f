import type { Micros, Us } from '@scalp/canonical'
import { RiskLimitError } from './errors.js'
import type { KillReason } from './kill-switch.js'

/** How much may be lost; a limit that is left out does not hold. Percents are positive numbers. */
export interface LossLimits {
  /** Of the equity at the session's start. */
  readonly dailyLossPct?: number
  /** Of the highest equity so far. */
  readonly drawdownPct?: number
  /** Losing trades in a row; a trade that makes nothing loses. */
  readonly losingStreak?: number
}

/** What must survive a restart; plain JSON. */
export interface LossState {
  readonly version: 1
  readonly sessionStartMicros: Micros | null
  readonly peakMicros: Micros | null
  readonly losses: number
}

/** Watches equity and trades, and tells which limit they have reached. */
export class LossMonitor {
  readonly #limits: LossLimits
  #sessionStartMicros: Micros = Number.NaN
  #peakMicros: Micros = Number.NaN
  #losses = 0

  constructor(limits: LossLimits) {
    for (const [limit, value] of Object.entries(limits))
      if (!(value > 0)) throw new RiskLimitError({ limit, value })
    this.#limits = limits
  }

  /** Losing trades in a row so far. */
  get losses(): number {
    return this.#losses
  }

  /** The equity at the session's opening, which the daily loss is measured from. */
  startSession(equityMicros: Micros): void {
    if (equityMicros > 0) this.#sessionStartMicros = equityMicros
  }

  /** Takes the equity of now. Unknown equity reaches no limit; entries are the gates' to refuse then. */
  onEquity(equityMicros: Micros, atUs: Us): readonly KillReason[] {
    if (Number.isNaN(this.#sessionStartMicros)) this.startSession(equityMicros)
    if (!(equityMicros <= this.#peakMicros) && Number.isFinite(equityMicros)) this.#peakMicros = equityMicros
    const { dailyLossPct, drawdownPct } = this.#limits
    const lossPct = lostPct(this.#sessionStartMicros, equityMicros)
    const fallPct = lostPct(this.#peakMicros, equityMicros)
    const reasons: KillReason[] = []
    if (dailyLossPct !== undefined && lossPct >= dailyLossPct)
      reasons.push(reason('daily-loss', atUs, lossPct, dailyLossPct, '%', 'with a new session and a re-arm'))
    if (drawdownPct !== undefined && fallPct >= drawdownPct)
      reasons.push(
        reason('drawdown', atUs, fallPct, drawdownPct, '%', 'with a re-arm, which forgets the peak'),
      )
    return reasons
  }

  /** Takes a trade that has ended, its profit after fees. */
  onTrade(netMicros: Micros, atUs: Us): readonly KillReason[] {
    this.#losses = netMicros > 0 ? 0 : this.#losses + 1
    const { losingStreak } = this.#limits
    return losingStreak !== undefined && this.#losses >= losingStreak
      ? [reason('losing-streak', atUs, this.#losses, losingStreak, 'trades', 'with a re-arm')]
      : []
  }

  /** After a re-arm: the present equity is the new peak and the new start, and the row of losses is over. */
  rearm(equityMicros: Micros): void {
    this.#losses = 0
    this.#peakMicros = equityMicros
    this.#sessionStartMicros = equityMicros
  }

  snapshot(): LossState {
    return {
      version: 1,
      sessionStartMicros: orNull(this.#sessionStartMicros),
      peakMicros: orNull(this.#peakMicros),
      losses: this.#losses,
    }
  }

  restore({ sessionStartMicros, peakMicros, losses }: LossState): void {
    this.#sessionStartMicros = sessionStartMicros ?? Number.NaN
    this.#peakMicros = peakMicros ?? Number.NaN
    this.#losses = losses
  }
}

function lostPct(from: Micros, to: Micros): number {
  return ((from - to) / from) * 100
}

function orNull(value: Micros): Micros | null {
  return Number.isFinite(value) ? value : null
}

function reason(
  cause: KillReason['cause'],
  atUs: Us,
  value: number,
  limit: number,
  unit: string,
  resumes: string,
): KillReason {
  return { cause, atUs, value, limit, unit, resumes }
}
