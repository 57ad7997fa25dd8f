import type { IsoDate, Micros, Right, Underlying, Us } from '@scalp/canonical'
import type { ScalpConfig } from './config.js'
import type { ContractRanking } from './contract-choice.js'
import { PriceLevels } from './levels.js'
import { SessionVwap } from './session-vwap.js'
import type { SignalMarket } from './signal-generator.js'
import { SmoothedPrice } from './smoothed-price.js'
import { VelocityTracker } from './velocity-tracker.js'
import { VolumeAnalyzer } from './volume-analyzer.js'

/** What the state of an underlying asks its owner. */
export interface UnderlyingHost {
  tradingDate(us: Us): IsoDate
  blocked(state: UnderlyingState): string | undefined
  choose(state: UnderlyingState, right: Right): ContractRanking
}

/** All that is known of one underlying; the one object that evaluations of it read. */
export class UnderlyingState implements SignalMarket {
  readonly symbol: string
  readonly velocity: VelocityTracker
  readonly vwap: SessionVwap = new SessionVwap()
  readonly levels: PriceLevels = new PriceLevels()
  readonly volume: VolumeAnalyzer
  nowUs: Us = Number.NaN
  priceMicros: Micros = Number.NaN
  previousMicros: Micros = Number.NaN
  velocityPct: number = Number.NaN
  /** Age of the last price when it arrived, µs. */
  ageUs: number = Number.NaN
  /** When the first price of the session came; `NaN` before it. */
  firstUs: Us = Number.NaN
  /** The last reason written down for not signalling. */
  loggedReason = ''
  /** When an entry was last sent, or one that was not sent was last written down. */
  wouldBeUs: Us = Number.NEGATIVE_INFINITY
  readonly #smoothed: SmoothedPrice
  readonly #windowSeconds: number
  readonly #host: UnderlyingHost

  constructor(symbol: string, config: ScalpConfig, host: UnderlyingHost) {
    this.symbol = symbol
    this.#windowSeconds = config.momentumWindowSeconds
    this.#host = host
    this.#smoothed = new SmoothedPrice({ spanSeconds: config.smoothingSeconds })
    this.velocity = new VelocityTracker({
      windows: [config.momentumWindowSeconds],
      anchor: config.velocityAnchor,
    })
    this.volume = new VolumeAnalyzer({ mode: config.volumeRatioMode })
  }

  get tradingDate(): IsoDate {
    return this.#host.tradingDate(this.nowUs)
  }

  get vwapMicros(): Micros {
    return this.vwap.vwapMicros
  }

  get hasVolume(): boolean {
    return this.volume.hasVolume
  }

  volumeRatio(right: Right): number {
    return this.volume.rightRatio(right, this.nowUs)
  }

  blocked(): string | undefined {
    return this.#host.blocked(this)
  }

  choose(right: Right): ContractRanking {
    return this.#host.choose(this, right)
  }

  /** Takes a price; false when it was refused. */
  update({ receivedUs, sourceUs, priceMicros, volume, isDerived }: Underlying): boolean {
    /** What trades or bars tell does not jitter. */
    if (isDerived && !this.#smoothed.add(receivedUs, priceMicros)) return false
    if (!this.velocity.add(receivedUs, isDerived ? this.#smoothed.priceMicros : priceMicros)) return false
    this.nowUs = receivedUs
    this.previousMicros = this.priceMicros
    this.priceMicros = priceMicros
    this.ageUs = receivedUs - sourceUs
    this.velocityPct = this.velocity.changePct(this.#windowSeconds)
    if (Number.isNaN(this.firstUs)) this.firstUs = receivedUs
    this.vwap.add(priceMicros, volume)
    this.levels.add(receivedUs, priceMicros)
    return true
  }

  /** Starts a session: yesterday's prices are no move of today. */
  startSession(): undefined {
    this.velocity.clear()
    this.#smoothed.clear()
    this.vwap.reset()
    this.levels.clear()
    this.priceMicros = Number.NaN
    this.previousMicros = Number.NaN
    this.velocityPct = Number.NaN
    this.firstUs = Number.NaN
    this.loggedReason = ''
  }
}
