import type { CalendarReader, InstrumentReader, IsoDate, Micros, QuoteReader, Us } from '@scalp/canonical'
import { ChainView } from './chain.js'
import { parityPrice } from './parity.js'

/** What the estimate reads, and how far it trusts a quote. */
export interface ImpliedUnderlyingOptions {
  readonly symbol: string
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly calendar: CalendarReader
  /** Pairs with a wider side are left out, percent of mid; 20 unless told. */
  readonly maxSpreadPct?: number
  /** Pairs with an older side are left out; 65,000 ms unless told: one sample of a minute and some. */
  readonly maxAgeMs?: number
  /** An expiry with fewer usable pairs is passed over; 1 unless told. */
  readonly minPairs?: number
  /** Smoothing: weight 2/(n+1) on the newest, 5 unless told; 1 switches it off. It starts anew each trading date. */
  readonly smoothing?: number
}

/**
 * The price of an underlying, estimated from its options where no bars or trades of it are at hand.
 *
 * Formula: put-call parity, S = K + C - P, at the strike with the smallest |C - P| of the nearest expiry that has a
 * usable pair; C and P are mids. Interest and dividends over a few days are neglected: at 5 % a year, 3 days, that
 * is 0.04 % of the price, and it hardly moves within a day.
 */
export class ImpliedUnderlying {
  readonly #chain: ChainView
  readonly #quotes: QuoteReader
  readonly #calendar: CalendarReader
  readonly #maxSpreadPct: number
  readonly #maxAgeUs: number
  readonly #minPairs: number
  readonly #weight: number
  #date: IsoDate = ''
  #raw: number = Number.NaN
  #smoothed: number = Number.NaN
  #noise = 0

  constructor(options: ImpliedUnderlyingOptions) {
    this.#chain = new ChainView({ instruments: options.instruments, underlying: options.symbol })
    this.#quotes = options.quotes
    this.#calendar = options.calendar
    this.#maxSpreadPct = options.maxSpreadPct ?? 20
    this.#maxAgeUs = (options.maxAgeMs ?? 65_000) * 1_000
    this.#minPairs = options.minPairs ?? 1
    this.#weight = 2 / ((options.smoothing ?? 5) + 1)
  }

  /** How far raw estimates stray from the smoothed one: a moving mean of the distance, micro-dollars. */
  get noiseMicros(): Micros {
    return this.#noise
  }

  /** The newest estimate before smoothing; `NaN` before the first of a trading date. */
  get rawMicros(): Micros {
    return this.#raw
  }

  /** Estimates the price as of now, and moves the smoothing on; `NaN` without a usable pair. */
  estimate(nowUs: Us): Micros {
    const today = this.#calendar.tradingDate(nowUs)
    if (today !== this.#date) this.#restart(today)
    const rules = {
      maxSpreadPct: this.#maxSpreadPct,
      oldestUs: nowUs - this.#maxAgeUs,
      minPairs: this.#minPairs,
    }
    for (const expiry of this.#chain.expiries()) {
      if (expiry < today) continue
      const raw = parityPrice(this.#chain.strikes(expiry), this.#quotes, rules)
      if (!Number.isNaN(raw)) return this.#smooth(raw)
    }
    return Number.NaN
  }

  #restart(date: IsoDate): void {
    this.#date = date
    this.#raw = Number.NaN
    this.#smoothed = Number.NaN
    this.#noise = 0
  }

  #smooth(raw: number): Micros {
    const before = Number.isNaN(this.#smoothed) ? raw : this.#smoothed
    this.#raw = raw
    this.#smoothed = before + (raw - before) * this.#weight
    this.#noise += (Math.abs(raw - this.#smoothed) - this.#noise) * this.#weight
    return Math.round(this.#smoothed)
  }
}
