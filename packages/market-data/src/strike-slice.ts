import type { CalendarReader, InstrumentIndex, InstrumentReader, IsoDate, Micros, Us } from '@scalp/canonical'
import { ChainView, type StrikePair } from './chain.js'

/** Which contracts a slice holds, and how readily it moves. */
export interface StrikeSliceOptions {
  readonly instruments: InstrumentReader
  readonly underlying: string
  readonly calendar: Pick<CalendarReader, 'tradingDate'>
  /** Strikes on either side of the one at the money. */
  readonly strikesEachSide: number
  /** Calendar days to expiry; 0 unless told. */
  readonly minDte?: number
  readonly maxDte: number
  /** How far beyond the middle between two strikes the underlying must be to move, as a fraction of their distance; 0.25 unless told. */
  readonly hysteresis?: number
  /** The least time between two moves, ms; 5,000 unless told. */
  readonly cooldownMs?: number
}

/** One expiry's part of a slice. */
interface Center {
  readonly expiry: IsoDate
  readonly pairs: readonly StrikePair[]
  at: number
  strikeThousandths: number
}

/**
 * The contracts around the money: n strikes on either side, of expiries within some days, kept as the underlying moves.
 *
 * The strike at the money changes only when the underlying is past the middle between two strikes by the hysteresis, and
 * then not again for the cooldown; an underlying that left the slice's strikes altogether moves it at once. A new day or
 * a newly listed contract is taken in at once too. An update that changes nothing compares four numbers.
 */
export class StrikeSlice {
  /** Times the slice moved with the underlying. */
  moves = 0
  /** Updates dropped because the price was none. */
  malformed = 0
  /** Updates dropped because they were older than the one before. */
  outOfOrder = 0
  readonly #options: StrikeSliceOptions
  readonly #chain: ChainView
  readonly #hysteresis: number
  readonly #cooldownUs: number
  #centers: Center[] = []
  #members: InstrumentIndex[] = []
  #isMember: Uint8Array = new Uint8Array(0)
  #source: readonly InstrumentIndex[] = []
  #length = -1
  #date: IsoDate = ''
  #updatedUs: Us = Number.NEGATIVE_INFINITY
  #movedUs: Us = Number.NEGATIVE_INFINITY
  /** Within these no center changes; beyond the outer ones the underlying has left the slice. */
  #low = Number.NaN
  #high = Number.NaN
  #outerLow = Number.NaN
  #outerHigh = Number.NaN

  constructor(options: StrikeSliceOptions) {
    this.#options = options
    this.#chain = new ChainView(options)
    this.#hysteresis = options.hysteresis ?? 0.25
    this.#cooldownUs = (options.cooldownMs ?? 5_000) * 1_000
  }

  /** Contracts of the slice, by expiry and strike, the call before the put; a new array whenever it changes. */
  members(): readonly InstrumentIndex[] {
    return this.#members
  }

  has(instrument: InstrumentIndex): boolean {
    return this.#isMember[instrument] === 1
  }

  /** Follows the price of the underlying; true when the contracts changed. */
  update(nowUs: Us, spotMicros: Micros): boolean {
    if (!(spotMicros > 0 && spotMicros < Number.POSITIVE_INFINITY && Number.isFinite(nowUs))) {
      this.malformed++
      return false
    }
    if (nowUs < this.#updatedUs) {
      this.outOfOrder++
      return false
    }
    this.#updatedUs = nowUs
    const { instruments, underlying, calendar } = this.#options
    const source = instruments.options(underlying)
    const date = calendar.tradingDate(nowUs)
    if (source !== this.#source || source.length !== this.#length || date !== this.#date) {
      this.#source = source
      this.#length = source.length
      return this.#rebuild(nowUs, date, spotMicros)
    }
    if (spotMicros >= this.#low && spotMicros <= this.#high) return false
    const isInside = spotMicros >= this.#outerLow && spotMicros <= this.#outerHigh
    if (isInside && nowUs - this.#movedUs < this.#cooldownUs) return false
    return this.#move(nowUs, spotMicros)
  }

  /** Takes in another day, or contracts that came or went; centers that stand keep their strike. */
  #rebuild(nowUs: Us, date: IsoDate, spotMicros: Micros): boolean {
    const { minDte = 0, maxDte } = this.#options
    const isNewDay = date !== this.#date
    const strikes = new Map(this.#centers.map(({ expiry, strikeThousandths }) => [expiry, strikeThousandths]))
    this.#date = date
    this.#centers = []
    for (const expiry of this.#chain.expiries()) {
      const days = daysBetween(date, expiry)
      if (days < minDte || days > maxDte) continue
      const pairs = this.#chain.strikes(expiry)
      const before = isNewDay ? undefined : strikes.get(expiry)
      const kept = pairs.findIndex(({ strikeThousandths }) => strikeThousandths === before)
      const at = kept >= 0 ? kept : nearest(pairs, spotMicros)
      this.#centers.push({ expiry, pairs, at, strikeThousandths: strikeAt(pairs, at) })
    }
    this.#recenter(spotMicros)
    this.#movedUs = isNewDay ? nowUs : this.#movedUs
    return this.#collect()
  }

  #move(nowUs: Us, spotMicros: Micros): boolean {
    if (!this.#recenter(spotMicros)) return false
    this.#movedUs = nowUs
    this.moves++
    return this.#collect()
  }

  /** Moves each center whose band the price has left; true when one did. */
  #recenter(spotMicros: Micros): boolean {
    let hasMoved = false
    for (const center of this.#centers) {
      if (spotMicros >= this.#bandLow(center) && spotMicros <= this.#bandHigh(center)) continue
      const at = nearest(center.pairs, spotMicros)
      hasMoved ||= at !== center.at
      center.at = at
      center.strikeThousandths = strikeAt(center.pairs, at)
    }
    return hasMoved
  }

  #bandLow({ pairs, at }: Center): Micros {
    if (at === 0) return Number.NEGATIVE_INFINITY
    const gap = strikeMicros(pairs, at) - strikeMicros(pairs, at - 1)
    return strikeMicros(pairs, at) - (0.5 + this.#hysteresis) * gap
  }

  #bandHigh({ pairs, at }: Center): Micros {
    if (at === pairs.length - 1) return Number.POSITIVE_INFINITY
    const gap = strikeMicros(pairs, at + 1) - strikeMicros(pairs, at)
    return strikeMicros(pairs, at) + (0.5 + this.#hysteresis) * gap
  }

  /** Collects the contracts around the centers; true when they are others than before. */
  #collect(): boolean {
    const { strikesEachSide, instruments } = this.#options
    const members: InstrumentIndex[] = []
    this.#low = this.#outerLow = Number.NEGATIVE_INFINITY
    this.#high = this.#outerHigh = Number.POSITIVE_INFINITY
    for (const center of this.#centers) {
      const { pairs, at } = center
      const first = Math.max(at - strikesEachSide, 0)
      const last = Math.min(at + strikesEachSide, pairs.length - 1)
      this.#low = Math.max(this.#low, this.#bandLow(center))
      this.#high = Math.min(this.#high, this.#bandHigh(center))
      if (first > 0) this.#outerLow = Math.max(this.#outerLow, strikeMicros(pairs, first))
      if (last < pairs.length - 1) this.#outerHigh = Math.min(this.#outerHigh, strikeMicros(pairs, last))
      for (let i = first; i <= last; i++) {
        const { call, put } = pairs[i] as StrikePair
        if (call !== undefined) members.push(call)
        if (put !== undefined) members.push(put)
      }
    }
    const before = this.#members
    if (members.length === before.length && members.every((index, i) => index === before[i])) return false
    if (this.#isMember.length < instruments.capacity)
      this.#isMember = new Uint8Array(2 * instruments.capacity)
    else this.#isMember.fill(0)
    for (const index of members) this.#isMember[index] = 1
    this.#members = members
    return true
  }
}

function strikeMicros(pairs: readonly StrikePair[], at: number): Micros {
  return strikeAt(pairs, at) * 1_000
}

function strikeAt(pairs: readonly StrikePair[], at: number): number {
  return (pairs[at] as StrikePair).strikeThousandths
}

/** The strike nearest to a price; the lower of two as near. */
function nearest(pairs: readonly StrikePair[], spotMicros: Micros): number {
  let low = 0
  let high = pairs.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (strikeMicros(pairs, middle) + strikeMicros(pairs, middle + 1) < 2 * spotMicros) low = middle + 1
    else high = middle
  }
  return low
}

function daysBetween(from: IsoDate, to: IsoDate): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000
}
