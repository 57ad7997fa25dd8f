import type { IsoDate, Micros, Right, Session, Us } from '@scalp/canonical'
import type { ContractRanking } from './contract-choice.js'
import type { PriceLevel, PriceLevels } from './levels.js'
import type { SignalMarket } from './signal-generator.js'
import type { UnderlyingMeasures } from './underlying-measures.js'

/** What the state of an underlying asks its owner. */
export interface UnderlyingHost {
  blocked(state: UnderlyingState): string | undefined
  choose(state: UnderlyingState, right: Right): ContractRanking
}

/** All that is known of one underlying: measures that others may share, and what this strategy did about them. */
export class UnderlyingState implements SignalMarket {
  /** The last reason written down for not signalling. */
  loggedReason = ''
  /** When an entry was last sent, or one that was not sent was last written down. */
  wouldBeUs: Us = Number.NEGATIVE_INFINITY
  readonly #measures: UnderlyingMeasures
  readonly #host: UnderlyingHost
  /** Levels of its own, from the first that it broke to the end of the session. */
  #levels: PriceLevels | undefined

  constructor(measures: UnderlyingMeasures, host: UnderlyingHost) {
    this.#measures = measures
    this.#host = host
  }

  get symbol(): string {
    return this.#measures.symbol
  }

  get nowUs(): Us {
    return this.#measures.nowUs
  }

  get tradingDate(): IsoDate {
    return this.#measures.tradingDate
  }

  get session(): Session | undefined {
    return this.#measures.session
  }

  get priceMicros(): Micros {
    return this.#measures.priceMicros
  }

  get previousMicros(): Micros {
    return this.#measures.previousMicros
  }

  get velocityPct(): number {
    return this.#measures.velocityPct
  }

  get ageUs(): number {
    return this.#measures.ageUs
  }

  get firstUs(): Us {
    return this.#measures.firstUs
  }

  get vwapMicros(): Micros {
    return this.#measures.vwap.vwapMicros
  }

  get levels(): PriceLevels {
    return this.#levels ?? this.#measures.levels
  }

  get hasVolume(): boolean {
    return this.#measures.volume.hasVolume
  }

  volumeRatio(right: Right): number {
    return this.#measures.volume.rightRatio(right, this.nowUs)
  }

  blocked(): string | undefined {
    return this.#host.blocked(this)
  }

  choose(right: Right): ContractRanking {
    return this.#host.choose(this, right)
  }

  breakLevel(level: PriceLevel): undefined {
    this.#levels ??= this.#measures.levels.copy()
    this.#levels.remove(level)
  }

  /** Called once the measures have been told of a price; false when they refused it. */
  update(): boolean {
    if (!this.#measures.isTaken) return false
    this.#levels?.add(this.nowUs, this.priceMicros)
    return true
  }

  startSession(): undefined {
    this.#levels = undefined
    this.loggedReason = ''
  }
}
