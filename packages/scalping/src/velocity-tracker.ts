import { type Micros, US_PER_SECOND, type Us } from '@scalp/canonical'
import { VelocityWindowError } from './errors.js'
import { TickRing } from './tick-ring.js'

/** Where a window starts: at the first tick inside it, or at the price that stood when it began. */
export type VelocityAnchor = 'inWindow' | 'asOf'
/** Where a price goes; `flat` within the dead band of 0.05 %. */
export type Direction = 'up' | 'down' | 'flat'

/** What a {@link VelocityTracker} may be told. */
export interface VelocityOptions {
  /** In seconds; 5, 15, 30 and 60 unless given. */
  readonly windows?: readonly number[]
  readonly anchor?: VelocityAnchor
  /** Ticks older than this behind the newest are forgotten; 300, or three times the longest window. */
  readonly maxHistorySeconds?: number
}

/** How fast a price moved over one window. Percent numbers: 0.4 is 0.4 %. */
export interface Velocity {
  readonly changeMicros: Micros
  readonly changePct: number
  /** Percent per second between the first and the last tick, absolute; 0 when they share one time. */
  readonly speedPct: number
  readonly direction: Direction
  readonly dataPoints: number
  /** True from 0.3 % over at least three ticks. */
  readonly isSignificant: boolean
  readonly startMicros: Micros
  readonly endMicros: Micros
  readonly startUs: Us
  readonly endUs: Us
}

/** When a move counts as a spike. */
export interface SpikeRules {
  readonly thresholdPct?: number
  readonly windowSeconds?: number
  readonly cooldownSeconds?: number
}

const DEAD_BAND_PCT = 0.05

/**
 * Measures how fast one price moves over several windows.
 *
 * A tick costs O(1) amortised per window: each window keeps the index of its first tick and only moves it on.
 */
export class VelocityTracker {
  readonly #ring = new TickRing()
  readonly #seconds: readonly number[]
  readonly #windowsUs: Float64Array
  /** Sequence number of the first tick of each window. */
  readonly #starts: number[]
  readonly #isAsOf: boolean
  readonly #historyUs: number
  /** Of the newest tick; `NaN` without any. */
  #lastUs: Us = Number.NaN
  #lastSpikeUs: Us = Number.NEGATIVE_INFINITY
  #rejected = 0

  constructor({ windows = [5, 15, 30, 60], anchor = 'inWindow', maxHistorySeconds }: VelocityOptions = {}) {
    this.#seconds = [...windows]
    this.#windowsUs = Float64Array.from(windows, (seconds) => seconds * US_PER_SECOND)
    this.#starts = windows.map(() => 0)
    this.#isAsOf = anchor === 'asOf'
    this.#historyUs = (maxHistorySeconds ?? Math.max(300, 3 * Math.max(...windows))) * US_PER_SECOND
  }

  /** Ticks refused: a price that is not positive, or a time before the newest. */
  get rejected(): number {
    return this.#rejected
  }

  /** Ticks kept. */
  get length(): number {
    return this.#ring.length
  }

  /** Takes a tick; false when it is refused. Equal times are fine. */
  add(us: Us, priceMicros: Micros): boolean {
    const ring = this.#ring
    if (
      !(priceMicros > 0 && priceMicros < Number.POSITIVE_INFINITY && Number.isFinite(us)) ||
      us < this.#lastUs
    ) {
      this.#rejected++
      return false
    }
    this.#lastUs = us
    ring.push(us, priceMicros)
    ring.dropBefore(us - this.#historyUs)
    for (let slot = 0; slot < this.#windowsUs.length; slot++) {
      const fromUs = us - (this.#windowsUs[slot] as number)
      let start = Math.max(this.#starts[slot] as number, ring.first)
      while (ring.time(start) < fromUs) start++
      this.#starts[slot] = start
    }
    return true
  }

  /** Forgets all ticks; the spike cooldown stays. */
  clear(): undefined {
    this.#ring.clear()
    this.#lastUs = Number.NaN
    this.#starts.fill(this.#ring.first)
  }

  /**
   * The change over a window in percent; `NaN` with fewer than two ticks in it. Allocates nothing.
   *
   * @throws {@link VelocityWindowError} When the window was not given at construction.
   */
  changePct(windowSeconds: number): number {
    const start = this.#start(windowSeconds)
    const end = this.#ring.next - 1
    if (end <= start) return Number.NaN
    const from = this.#ring.value(start)
    return ((this.#ring.value(end) - from) / from) * 100
  }

  /** The whole reading over a window; undefined with fewer than two ticks in it. */
  velocity(windowSeconds: number): Velocity | undefined {
    const start = this.#start(windowSeconds)
    const ring = this.#ring
    const end = ring.next - 1
    if (end <= start) return undefined
    const [startMicros, endMicros, startUs, endUs] = [
      ring.value(start),
      ring.value(end),
      ring.time(start),
      ring.time(end),
    ]
    const changeMicros = endMicros - startMicros
    const changePct = (changeMicros / startMicros) * 100
    const seconds = (endUs - startUs) / US_PER_SECOND
    const dataPoints = end - start + 1
    return {
      changeMicros,
      changePct,
      speedPct: seconds > 0 ? Math.abs(changePct / seconds) : 0,
      direction: toDirection(changePct),
      dataPoints,
      isSignificant: Math.abs(changePct) >= 0.3 && dataPoints >= 3,
      startMicros,
      endMicros,
      startUs,
      endUs,
    }
  }

  /** The reading of the window when it moved by the threshold and no spike was given within the cooldown. */
  spike({
    thresholdPct = 0.5,
    windowSeconds = 30,
    cooldownSeconds = 60,
  }: SpikeRules = {}): Velocity | undefined {
    const reading = this.velocity(windowSeconds)
    if (reading === undefined) return undefined
    if (reading.endUs - this.#lastSpikeUs < cooldownSeconds * US_PER_SECOND) return undefined
    if (Math.abs(reading.changePct) < thresholdPct) return undefined
    this.#lastSpikeUs = reading.endUs
    return reading
  }

  /** All windows in one number: 0 falls hard, 50 stands or is unknown, 100 rises hard. */
  momentumScore(): number {
    let weights = 0
    let sum = 0
    for (const seconds of this.#seconds) {
      const changePct = this.changePct(seconds)
      if (Number.isNaN(changePct)) continue
      const weight = 1 / Math.sqrt(seconds)
      weights += weight
      sum += weight * Math.min(1, Math.max(-1, changePct / 2))
    }
    return weights === 0 ? 50 : Math.trunc((sum / weights + 1) * 50)
  }

  /** Sequence number of the tick a window starts at; that of the next tick to come without any. */
  #start(windowSeconds: number): number {
    const slot = this.#seconds[0] === windowSeconds ? 0 : this.#seconds.indexOf(windowSeconds)
    if (slot < 0) throw new VelocityWindowError({ windowSeconds })
    const ring = this.#ring
    const start = this.#starts[slot] as number
    if (ring.length === 0) return ring.next
    if (!this.#isAsOf || start <= ring.first) return start
    const newestUs = ring.time(ring.next - 1)
    const windowUs = this.#windowsUs[slot] as number
    if (ring.time(start) === newestUs - windowUs) return start
    return ring.time(start - 1) >= newestUs - 2 * windowUs ? start - 1 : start
  }
}

/** The direction of a change in percent, outside a dead band. `NaN` is flat. */
export function toDirection(changePct: number, deadBandPct: number = DEAD_BAND_PCT): Direction {
  if (changePct > deadBandPct) return 'up'
  return changePct < -deadBandPct ? 'down' : 'flat'
}
