import type { Micros } from '@scalp/canonical'

/** Whose variance the bands show: of the whole session by volume, or of the last 100 deviations, unweighted. */
export type BandMode = 'session' | 'rolling100'

/** VWAP plus and minus a number of standard deviations. */
export interface VwapBands {
  readonly upperMicros: Micros
  readonly lowerMicros: Micros
}

const ROLLING = 100

/** Keeps the volume-weighted average price of a session, its bands, and its open, high and low. */
export class SessionVwap {
  readonly #bandStd: number
  readonly #mode: BandMode
  readonly #squares = new Float64Array(ROLLING)
  #ticks = 0
  #volume = 0
  #mean = 0
  /** Σ v·(p − mean)², after West's weighted form of Welford's update. */
  #spread = 0
  #open = Number.NaN
  #high = Number.NaN
  #low = Number.NaN
  #rejected = 0

  constructor({
    bandStd = 1,
    mode = 'session',
  }: { readonly bandStd?: number; readonly mode?: BandMode } = {}) {
    this.#bandStd = bandStd
    this.#mode = mode
  }

  /** `NaN` before the first volume. */
  get vwapMicros(): Micros {
    return this.#volume > 0 ? this.#mean : Number.NaN
  }

  /** Inputs refused: a price that is not positive, or a volume that is negative or none at all. */
  get rejected(): number {
    return this.#rejected
  }

  get volume(): number {
    return this.#volume
  }

  get openMicros(): Micros {
    return this.#open
  }

  get highMicros(): Micros {
    return this.#high
  }

  get lowMicros(): Micros {
    return this.#low
  }

  /**
   * Takes a trade or a bar once; without volume it moves open, high and low only. False when price or volume was
   * refused: a price that is not positive changes nothing, a volume that is none leaves the average as it was.
   */
  add(priceMicros: Micros, volume: number): boolean {
    if (!(priceMicros > 0 && priceMicros < Number.POSITIVE_INFINITY)) {
      this.#rejected++
      return false
    }
    if (Number.isNaN(this.#open)) this.#open = priceMicros
    if (!(this.#high >= priceMicros)) this.#high = priceMicros
    if (!(this.#low <= priceMicros)) this.#low = priceMicros
    if (!(volume > 0 && volume < Number.POSITIVE_INFINITY)) {
      if (volume === 0) return true
      this.#rejected++
      return false
    }
    this.#volume += volume
    const before = priceMicros - this.#mean
    this.#mean += (before * volume) / this.#volume
    const after = priceMicros - this.#mean
    this.#spread += volume * before * after
    this.#squares[this.#ticks % ROLLING] = after * after
    this.#ticks++
    return true
  }

  /** Undefined until two ticks carried volume. */
  bands(): VwapBands | undefined {
    if (this.#ticks < 2) return undefined
    const half = this.#bandStd * Math.sqrt(this.#variance())
    return { upperMicros: this.#mean + half, lowerMicros: this.#mean - half }
  }

  /** Starts a new session. */
  reset(): undefined {
    this.#ticks = 0
    this.#volume = 0
    this.#mean = 0
    this.#spread = 0
    this.#open = Number.NaN
    this.#high = Number.NaN
    this.#low = Number.NaN
  }

  #variance(): number {
    if (this.#mode === 'session') return Math.max(0, this.#spread / this.#volume)
    const count = Math.min(this.#ticks, ROLLING)
    let sum = 0
    for (let slot = 0; slot < count; slot++) sum += this.#squares[slot] as number
    return sum / count
  }
}
