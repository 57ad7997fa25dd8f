import { type IsoDate, type Micros, type Right, US_PER_SECOND, type Us } from '@scalp/canonical'
import type { ContractRanking, RankedContract } from './contract-choice.js'
import type { PriceLevel, PriceLevels } from './levels.js'
import type { GeneratorState } from './scalper-state.js'
import {
  breakoutSignal,
  isBreakoutSpeed,
  type TechnicalSignal,
  type Trigger,
  vwapSignal,
} from './technical-signals.js'

/** When a signal fires. Percent numbers; the settings of the same names. */
export interface SignalRules {
  readonly enabled: boolean
  readonly momentumThresholdPutPct: number
  readonly momentumThresholdCallPct: number
  readonly volumeSpikeRatio: number
  readonly volumeRelax: number
  readonly volumeConfirmation: 'neutral' | 'auto' | 'required'
  readonly maxConfidence: number
  readonly maxDailySignals: number
  readonly minSignalIntervalSeconds: number
  readonly cooldownAfterLossSeconds: number
  readonly vwapBounce: boolean
  readonly vwapRejection: boolean
  readonly breakout: boolean
  /** A burst must be read twice within this time, in one direction; null takes the first reading. */
  readonly confirmationSeconds: number | null
  /** What uses up the interval and the daily count: a signal, or an order that was let through. */
  readonly countOn: 'signal' | 'order'
}

/** The market at the moment of an evaluation. Unknown is `NaN`. */
export interface SignalMarket {
  readonly nowUs: Us
  readonly tradingDate: IsoDate
  readonly priceMicros: Micros
  readonly previousMicros: Micros
  readonly velocityPct: number
  readonly vwapMicros: Micros
  readonly levels: PriceLevels
  /** True when option trades are fed at all. */
  readonly hasVolume: boolean
  volumeRatio(right: Right): number
  /** Why no signal is wanted now, undefined to go on: session, warm-up, position. */
  blocked(): string | undefined
  choose(right: Right): ContractRanking
  /** A breakout was taken: its level is none any more. */
  breakLevel(level: PriceLevel): void
}

/** A wish to buy a contract, and what it was decided on. */
export interface ScalpSignal {
  readonly us: Us
  readonly trigger: Trigger
  readonly right: Right
  readonly underlyingMicros: Micros
  readonly velocityPct: number
  /** `NaN` when unknown. */
  readonly volumeRatio: number
  /** 0 for technical signals. */
  readonly thresholdPct: number
  readonly marginPct: number
  readonly confidence: number
  readonly choice: RankedContract
  readonly ranking: ContractRanking
  readonly technical?: TechnicalSignal
}

const DATA_ERROR_PCT = 50

/** Decides when to buy, with its daily cap and cooldowns; keeps no market data of its own. */
export class SignalGenerator {
  readonly #rules: SignalRules
  #date: IsoDate = ''
  #today = 0
  #lastUs: Us = Number.NEGATIVE_INFINITY
  #cooldownEndUs: Us = Number.NEGATIVE_INFINITY
  #reason = ''
  #firstReadingUs: Us = Number.NEGATIVE_INFINITY
  #firstReadingRight: Right = 'C'

  constructor(rules: SignalRules) {
    this.#rules = rules
  }

  /** Why the last evaluation gave nothing; empty after a signal. */
  get reason(): string {
    return this.#reason
  }

  /** Signals counted on the current trading date. */
  get signalsToday(): number {
    return this.#today
  }

  /** The right that a velocity at or over its threshold asks for; undefined below. */
  burstRight(velocityPct: number): Right | undefined {
    const { momentumThresholdPutPct, momentumThresholdCallPct } = this.#rules
    if (velocityPct >= momentumThresholdCallPct) return 'C'
    return velocityPct < 0 && -velocityPct >= momentumThresholdPutPct ? 'P' : undefined
  }

  /** What must survive a restart. */
  snapshot(): GeneratorState {
    return {
      date: this.#date,
      signalsToday: this.#today,
      lastUs: Number.isFinite(this.#lastUs) ? this.#lastUs : null,
      cooldownEndUs: Number.isFinite(this.#cooldownEndUs) ? this.#cooldownEndUs : null,
    }
  }

  /** Takes back what {@link snapshot} gave. */
  restore({ date, signalsToday, lastUs, cooldownEndUs }: GeneratorState): undefined {
    this.#date = date
    this.#today = signalsToday
    this.#lastUs = lastUs ?? Number.NEGATIVE_INFINITY
    this.#cooldownEndUs = cooldownEndUs ?? Number.NEGATIVE_INFINITY
  }

  /** Tests the rules in their order; the first that fails ends it. */
  evaluate(market: SignalMarket): ScalpSignal | undefined {
    const reason = this.#refusal(market)
    if (reason !== undefined) return this.#abstain(reason)
    this.#reason = 'NO_CLEAR_SIGNAL'
    const signal = this.#burst(market) ?? this.#technical(market)
    if (signal === undefined) return undefined
    this.#reason = ''
    if (this.#rules.countOn === 'signal') this.#count(market.nowUs)
    return signal
  }

  /** Tells that a signal's order was let through. */
  onOrder(us: Us): undefined {
    if (this.#rules.countOn === 'order') this.#count(us)
  }

  /** Tells that a trade ended; a loss starts the cooldown. */
  onClosed(us: Us, netMicros: Micros): undefined {
    if (netMicros < 0) this.#cooldownEndUs = us + this.#rules.cooldownAfterLossSeconds * US_PER_SECOND
  }

  #refusal(market: SignalMarket): string | undefined {
    const rules = this.#rules
    const { nowUs, tradingDate, velocityPct } = market
    if (!rules.enabled) return 'DISABLED'
    if (tradingDate !== this.#date) {
      this.#date = tradingDate
      this.#today = 0
    }
    if (this.#today >= rules.maxDailySignals) return 'DAILY_CAP'
    if (nowUs - this.#lastUs < rules.minSignalIntervalSeconds * US_PER_SECOND) return 'SIGNAL_INTERVAL'
    if (nowUs < this.#cooldownEndUs) return 'LOSS_COOLDOWN'
    const blocked = market.blocked()
    if (blocked !== undefined) return blocked
    if (Number.isNaN(velocityPct)) return 'NO_DATA'
    return Math.abs(velocityPct) <= DATA_ERROR_PCT ? undefined : 'DATA_ERROR'
  }

  #burst(market: SignalMarket): ScalpSignal | undefined {
    const { momentumThresholdPutPct, momentumThresholdCallPct, maxConfidence } = this.#rules
    const { velocityPct } = market
    const speed = Math.abs(velocityPct)
    const right = velocityPct < 0 ? 'P' : 'C'
    const thresholdPct = right === 'P' ? momentumThresholdPutPct : momentumThresholdCallPct
    if (speed < thresholdPct) return undefined
    const volumeRatio = market.volumeRatio(right)
    if (!this.#isVolumeEnough(volumeRatio, market.hasVolume)) return this.#abstain('VOLUME_TOO_LOW')
    const confidence = Math.min(80, 50 + Math.floor(20 * speed))
    if (confidence > maxConfidence) return this.#abstain('CONFIDENCE_ABOVE_CAP')
    if (!this.#isConfirmed(right, market.nowUs)) return this.#abstain('AWAITS_CONFIRMATION')
    return this.#signal(market, 'momentum_burst', right, volumeRatio, thresholdPct, confidence)
  }

  /** True for a second reading over the threshold, in the direction of the first and soon after it. */
  #isConfirmed(right: Right, nowUs: Us): boolean {
    const { confirmationSeconds } = this.#rules
    if (confirmationSeconds === null) return true
    const afterUs = nowUs - this.#firstReadingUs
    const isSecond =
      right === this.#firstReadingRight && afterUs > 0 && afterUs <= confirmationSeconds * US_PER_SECOND
    this.#firstReadingUs = isSecond ? Number.NEGATIVE_INFINITY : nowUs
    this.#firstReadingRight = right
    return isSecond
  }

  #technical(market: SignalMarket): ScalpSignal | undefined {
    const { vwapBounce, vwapRejection, breakout, maxConfidence } = this.#rules
    const { priceMicros, previousMicros, vwapMicros, velocityPct, levels } = market
    const right = velocityPct < 0 ? 'P' : 'C'
    if (vwapBounce || vwapRejection) {
      const found = vwapSignal(priceMicros, vwapMicros, velocityPct)
      const isOn = found?.trigger === 'vwap_bounce' ? vwapBounce : vwapRejection
      if (found !== undefined && isOn && found.confidence <= maxConfidence) {
        const signal = this.#technicalSignal(market, found, right, market.volumeRatio(right))
        if (signal !== undefined) return signal
      }
    }
    if (!breakout || !(previousMicros > 0) || !isBreakoutSpeed(velocityPct)) return undefined
    const ratio = market.volumeRatio(right)
    const found = breakoutSignal(levels, previousMicros, priceMicros, velocityPct, ratio)
    if (found?.level === undefined || found.confidence > maxConfidence) return undefined
    const signal = this.#technicalSignal(market, found, right, ratio)
    if (signal !== undefined) market.breakLevel(found.level)
    return signal
  }

  #technicalSignal(
    market: SignalMarket,
    technical: TechnicalSignal,
    right: Right,
    volumeRatio: number,
  ): ScalpSignal | undefined {
    const signal = this.#signal(market, technical.trigger, right, volumeRatio, 0, technical.confidence)
    return signal && { ...signal, technical }
  }

  #signal(
    market: SignalMarket,
    trigger: Trigger,
    right: Right,
    volumeRatio: number,
    thresholdPct: number,
    confidence: number,
  ): ScalpSignal | undefined {
    const ranking = market.choose(right)
    const { chosen } = ranking
    if (chosen === undefined) return this.#abstain('NO_CONTRACT')
    const { nowUs, priceMicros, velocityPct } = market
    return {
      us: nowUs,
      trigger,
      right,
      underlyingMicros: priceMicros,
      velocityPct,
      volumeRatio,
      thresholdPct,
      marginPct: thresholdPct === 0 ? 0 : Math.abs(velocityPct) - thresholdPct,
      confidence,
      choice: chosen,
      ranking,
    }
  }

  #isVolumeEnough(ratio: number, hasVolume: boolean): boolean {
    const { volumeSpikeRatio, volumeRelax, volumeConfirmation } = this.#rules
    if (!Number.isNaN(ratio)) return ratio >= volumeSpikeRatio * volumeRelax
    if (volumeConfirmation === 'required') return false
    return volumeConfirmation === 'neutral' || !hasVolume
  }

  #count(us: Us): undefined {
    this.#lastUs = us
    this.#today++
  }

  #abstain(reason: string): undefined {
    this.#reason = reason
  }
}
