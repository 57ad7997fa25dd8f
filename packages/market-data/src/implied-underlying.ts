import type { CalendarReader, InstrumentReader, Micros, QuoteReader, Us } from '@scalp/canonical'
import { ChainView, type StrikePair } from './chain.js'

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
  /** Smoothing: weight 2/(n+1) on the newest; 1 switches it off. */
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
  readonly #weight: number
  #smoothed: number = Number.NaN
  #noise = 0

  constructor(options: ImpliedUnderlyingOptions) {
    this.#chain = new ChainView({ instruments: options.instruments, underlying: options.symbol })
    this.#quotes = options.quotes
    this.#calendar = options.calendar
    this.#maxSpreadPct = options.maxSpreadPct ?? 20
    this.#maxAgeUs = (options.maxAgeMs ?? 65_000) * 1_000
    this.#weight = 2 / ((options.smoothing ?? 1) + 1)
  }

  /** How far raw estimates stray from the smoothed one: a moving mean of the distance, micro-dollars. */
  get noiseMicros(): Micros {
    return this.#noise
  }

  /** Estimates the price as of now; `NaN` without a usable pair. */
  estimate(nowUs: Us): Micros {
    const today = this.#calendar.tradingDate(nowUs)
    for (const expiry of this.#chain.expiries()) {
      if (expiry < today) continue
      const raw = this.#atParity(this.#chain.strikes(expiry), nowUs)
      if (!Number.isNaN(raw)) return this.#smooth(raw)
    }
    return Number.NaN
  }

  #atParity(pairs: readonly StrikePair[], nowUs: Us): number {
    let smallest = Number.POSITIVE_INFINITY
    let price = Number.NaN
    for (const { strikeThousandths, call, put } of pairs) {
      if (call === undefined || put === undefined) continue
      const difference = this.#quotes.midMicros(call) - this.#quotes.midMicros(put)
      if (!(Math.abs(difference) < smallest)) continue
      if (!this.#isUsable(call, nowUs) || !this.#isUsable(put, nowUs)) continue
      smallest = Math.abs(difference)
      price = strikeThousandths * 1_000 + difference
    }
    return price
  }

  #isUsable(index: Parameters<QuoteReader['isTradable']>[0], nowUs: Us): boolean {
    return (
      this.#quotes.isTradable(index) &&
      this.#quotes.spreadPercent(index) < this.#maxSpreadPct &&
      nowUs - this.#quotes.sourceUs(index) <= this.#maxAgeUs
    )
  }

  #smooth(raw: number): Micros {
    const before = Number.isNaN(this.#smoothed) ? raw : this.#smoothed
    this.#smoothed = before + (raw - before) * this.#weight
    this.#noise += (Math.abs(raw - this.#smoothed) - this.#noise) * this.#weight
    return Math.round(this.#smoothed)
  }
}
