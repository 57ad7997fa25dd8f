import { type Micros, US_PER_MINUTE, US_PER_SECOND, type Us } from '@scalp/canonical'

/** A price at which the market turned before. */
export interface PriceLevel {
  readonly kind: 'support' | 'resistance'
  readonly priceMicros: Micros
  /** Pivots counted at it. */
  readonly strength: number
  readonly lastTouchUs: Us
}

/** What {@link PriceLevels} may be told. */
export interface LevelOptions {
  /** Pivots this near, in percent of the pivot, count for one level; 0.3. */
  readonly thresholdPct?: number
  /** Kept per side, the strongest; 5. */
  readonly maxLevels?: number
  /** Levels untouched for longer are dropped; 60. */
  readonly maxAgeMinutes?: number
}

type MutableLevel = { -readonly [Key in keyof PriceLevel]: PriceLevel[Key] }

/** Finds support and resistance: pivots of the price of each second, each counted once, when it is confirmed. */
export class PriceLevels {
  readonly #options: LevelOptions
  readonly #threshold: number
  readonly #maxLevels: number
  readonly #maxAgeUs: number
  readonly #supports: MutableLevel[] = []
  readonly #resistances: MutableLevel[] = []
  /** The last five points, oldest first. */
  readonly #points = new Float64Array(5)
  #count = 0
  #second = Number.NaN
  #pending = Number.NaN
  #lastUs: Us = Number.NEGATIVE_INFINITY
  /** No level was touched last before this, so that most looks for old ones end here. */
  #oldestUs: Us = Number.POSITIVE_INFINITY
  #rejected = 0

  constructor(options: LevelOptions = {}) {
    const { thresholdPct = 0.3, maxLevels = 5, maxAgeMinutes = 60 } = options
    this.#options = options
    this.#threshold = thresholdPct / 100
    this.#maxLevels = maxLevels
    this.#maxAgeUs = maxAgeMinutes * US_PER_MINUTE
  }

  /** Another that knows the same, and goes its own way from now on. */
  copy(): PriceLevels {
    const copy = new PriceLevels(this.#options)
    for (const level of this.#supports) copy.#supports.push({ ...level })
    for (const level of this.#resistances) copy.#resistances.push({ ...level })
    copy.#points.set(this.#points)
    copy.#count = this.#count
    copy.#second = this.#second
    copy.#pending = this.#pending
    copy.#lastUs = this.#lastUs
    copy.#oldestUs = this.#oldestUs
    return copy
  }

  /** Supports, strongest first, the earlier first among equals. */
  get supports(): readonly PriceLevel[] {
    return this.#supports.toSorted(byStrength)
  }

  /** Resistances, strongest first. */
  get resistances(): readonly PriceLevel[] {
    return this.#resistances.toSorted(byStrength)
  }

  /** Ticks and points refused: a price that is not positive, or a time before the newest. */
  get rejected(): number {
    return this.#rejected
  }

  /** Takes a tick, false when it is refused; the last of each second becomes a point once the second is over. */
  add(us: Us, priceMicros: Micros): boolean {
    if (!this.#isTaken(us, priceMicros)) return false
    const second = Math.floor(us / US_PER_SECOND)
    if (second > this.#second) this.#point(second * US_PER_SECOND, this.#pending)
    this.#second = second
    this.#pending = priceMicros
    return true
  }

  /** Takes one point, false when it is refused; `us` is when it was known. */
  addPoint(us: Us, priceMicros: Micros): boolean {
    if (!this.#isTaken(us, priceMicros)) return false
    this.#point(us, priceMicros)
    return true
  }

  #isTaken(us: Us, priceMicros: Micros): boolean {
    const isPrice = priceMicros > 0 && priceMicros < Number.POSITIVE_INFINITY
    if (isPrice && us >= this.#lastUs && us < Number.POSITIVE_INFINITY) {
      this.#lastUs = us
      return true
    }
    this.#rejected++
    return false
  }

  #point(us: Us, priceMicros: Micros): undefined {
    const points = this.#points
    /** Four moves cost less than a call that moves so few. */
    points[0] = points[1] as number
    points[1] = points[2] as number
    points[2] = points[3] as number
    points[3] = points[4] as number
    points[4] = priceMicros
    this.#count++
    if (this.#count < 5) return
    const first = points[0] as number
    const before = points[1] as number
    const pivot = points[2] as number
    const after = points[3] as number
    if (pivot < after) {
      if (pivot < before && pivot < priceMicros && pivot < first)
        this.#touch(this.#supports, 'support', pivot, us)
    } else if (pivot > after && pivot > before && pivot > priceMicros && pivot > first)
      this.#touch(this.#resistances, 'resistance', pivot, us)
  }

  /** The highest support below a price; undefined when there is none. */
  nearestSupport(priceMicros: Micros): PriceLevel | undefined {
    return this.#supports.reduce<PriceLevel | undefined>(
      (best, level) =>
        level.priceMicros < priceMicros && !(best !== undefined && best.priceMicros >= level.priceMicros)
          ? level
          : best,
      undefined,
    )
  }

  /** The lowest resistance above a price; undefined when there is none. */
  nearestResistance(priceMicros: Micros): PriceLevel | undefined {
    return this.#resistances.reduce<PriceLevel | undefined>(
      (best, level) =>
        level.priceMicros > priceMicros && !(best !== undefined && best.priceMicros <= level.priceMicros)
          ? level
          : best,
      undefined,
    )
  }

  /** The strongest level with `minStrength` that a move from one price to the next crosses. */
  crossed(fromMicros: Micros, toMicros: Micros, minStrength = 2): PriceLevel | undefined {
    const isUp = toMicros > fromMicros
    let best: PriceLevel | undefined
    for (const level of isUp ? this.#resistances : this.#supports) {
      const { priceMicros, strength } = level
      const isCrossed = isUp
        ? fromMicros <= priceMicros && priceMicros < toMicros
        : fromMicros >= priceMicros && priceMicros > toMicros
      if (isCrossed && strength >= minStrength && !(best !== undefined && best.strength >= strength))
        best = level
    }
    return best
  }

  /** Takes a broken level off the list. */
  remove(level: PriceLevel): undefined {
    const list = level.kind === 'support' ? this.#supports : this.#resistances
    const at = list.findIndex(({ priceMicros }) => priceMicros === level.priceMicros)
    if (at >= 0) list.splice(at, 1)
  }

  /** Drops levels untouched for too long. */
  prune(us: Us): undefined {
    if (us - this.#oldestUs <= this.#maxAgeUs) return
    this.#oldestUs = Number.POSITIVE_INFINITY
    this.#dropOld(this.#supports, us)
    this.#dropOld(this.#resistances, us)
  }

  /** Forgets everything. */
  clear(): undefined {
    this.#supports.length = 0
    this.#resistances.length = 0
    this.#count = 0
    this.#second = Number.NaN
    this.#pending = Number.NaN
    this.#lastUs = Number.NEGATIVE_INFINITY
    this.#oldestUs = Number.POSITIVE_INFINITY
  }

  #dropOld(list: MutableLevel[], us: Us): undefined {
    for (let at = list.length - 1; at >= 0; at--) {
      const { lastTouchUs } = list[at] as MutableLevel
      if (us - lastTouchUs > this.#maxAgeUs) list.splice(at, 1)
      else if (lastTouchUs < this.#oldestUs) this.#oldestUs = lastTouchUs
    }
  }

  #touch(list: MutableLevel[], kind: PriceLevel['kind'], priceMicros: Micros, us: Us): undefined {
    this.prune(us)
    for (const level of list) {
      if (Math.abs(level.priceMicros - priceMicros) / priceMicros > this.#threshold) continue
      level.strength++
      level.lastTouchUs = us
      return
    }
    if (us < this.#oldestUs) this.#oldestUs = us
    list.push({ kind, priceMicros, strength: 1, lastTouchUs: us })
    sortInPlace(list)
    if (list.length > this.#maxLevels) list.pop()
  }
}

/** Strongest first, stable, without the copies that `sort` makes; lists hold a handful. */
function sortInPlace(list: MutableLevel[]): undefined {
  for (let end = 1; end < list.length; end++) {
    const level = list[end] as MutableLevel
    let at = end
    for (; at > 0 && (list[at - 1] as MutableLevel).strength < level.strength; at--)
      list[at] = list[at - 1] as MutableLevel
    list[at] = level
  }
}

function byStrength(a: PriceLevel, b: PriceLevel): number {
  return b.strength - a.strength
}
