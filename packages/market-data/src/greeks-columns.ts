import type { InstrumentIndex, Micros, Us } from '@scalp/canonical'

/** Greeks of an option at an instant: per share and dollar; theta per day; `iv` decimal, 0.25 for 25 %. */
export interface OptionGreeks {
  readonly instrument: InstrumentIndex
  readonly delta: number
  readonly gamma: number
  readonly theta: number
  readonly vega: number
  readonly rho: number
  readonly iv: number
  /** What the model says the option is worth; `NaN` when it says nothing. */
  readonly theoreticalMicros: Micros
  /** Of the quote or model the Greeks follow from. */
  readonly sourceUs: Us
}

const DELTA = 0
const GAMMA = 1
const THETA = 2
const VEGA = 3
const RHO = 4
const IV = 5
const THEORETICAL = 6
const SOURCE = 7
const STRIDE = 8

/**
 * The last Greeks of each option, in columns by {@link InstrumentIndex}, from a vendor or computed from quotes.
 *
 * An update with a figure that is none (not finite, delta beyond one, volatility or gamma negative), without a time, or
 * older than what there is, is dropped and counted. Nothing is allocated per update.
 */
export class GreeksColumns {
  /** Updates dropped because a figure or the time was none. */
  malformed = 0
  /** Updates dropped because they were older than the stored ones. */
  outOfOrder = 0
  #cells: Float64Array = new Float64Array(0)

  /** Stores Greeks; false when they are malformed or older than those there are. */
  apply(greeks: OptionGreeks): boolean {
    const { instrument, delta, gamma, theta, vega, rho, iv, theoreticalMicros, sourceUs } = greeks
    const isWellFormed =
      delta >= -1 &&
      delta <= 1 &&
      isAmount(gamma) &&
      isAmount(iv) &&
      isAmount(vega) &&
      Number.isFinite(theta) &&
      Number.isFinite(rho) &&
      Number.isFinite(sourceUs) &&
      !(theoreticalMicros < 0) &&
      theoreticalMicros !== Number.POSITIVE_INFINITY
    if (!isWellFormed) {
      this.malformed++
      return false
    }
    const at = instrument * STRIDE
    if (at >= this.#cells.length) this.#grow(instrument)
    const cells = this.#cells
    if (sourceUs < (cells[at + SOURCE] as number)) {
      this.outOfOrder++
      return false
    }
    cells[at + DELTA] = delta
    cells[at + GAMMA] = gamma
    cells[at + THETA] = theta
    cells[at + VEGA] = vega
    cells[at + RHO] = rho
    cells[at + IV] = iv
    cells[at + THEORETICAL] = theoreticalMicros
    cells[at + SOURCE] = sourceUs
    return true
  }

  has(instrument: InstrumentIndex): boolean {
    return !Number.isNaN(this.delta(instrument))
  }

  delta(instrument: InstrumentIndex): number {
    return this.#cell(instrument, DELTA)
  }

  gamma(instrument: InstrumentIndex): number {
    return this.#cell(instrument, GAMMA)
  }

  /** Per day. */
  theta(instrument: InstrumentIndex): number {
    return this.#cell(instrument, THETA)
  }

  vega(instrument: InstrumentIndex): number {
    return this.#cell(instrument, VEGA)
  }

  rho(instrument: InstrumentIndex): number {
    return this.#cell(instrument, RHO)
  }

  iv(instrument: InstrumentIndex): number {
    return this.#cell(instrument, IV)
  }

  theoreticalMicros(instrument: InstrumentIndex): Micros {
    return this.#cell(instrument, THEORETICAL)
  }

  /** When the Greeks were; `NaN` when none came. */
  sourceUs(instrument: InstrumentIndex): Us {
    return this.#cell(instrument, SOURCE)
  }

  /** Forgets everything about an index: it stands for another instrument now. */
  reset(instrument: InstrumentIndex): void {
    const at = instrument * STRIDE
    if (at < this.#cells.length) this.#cells.fill(Number.NaN, at, at + STRIDE)
  }

  #cell(instrument: InstrumentIndex, column: number): number {
    return this.#cells[instrument * STRIDE + column] ?? Number.NaN
  }

  #grow(instrument: InstrumentIndex): void {
    const count = Math.max(instrument + 1, 256, (this.#cells.length / STRIDE) * 2)
    const cells = new Float64Array(count * STRIDE).fill(Number.NaN)
    cells.set(this.#cells)
    this.#cells = cells
  }
}

function isAmount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}
