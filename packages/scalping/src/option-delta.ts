import {
  type CalendarReader,
  type InstrumentIndex,
  type InstrumentReader,
  type IsoDate,
  type Micros,
  type QuoteReader,
  toDollars,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { calendarYears } from '@scalp/market-data'
import {
  black76GreeksInto,
  GREEK_SLOTS,
  impliedVolatilityValue,
  type RightSign,
  rightSign,
} from '@scalp/pricing'

/** Tells the delta of option contracts. */
export interface DeltaSource {
  /** Negative for a put; `NaN` when the quotes admit none, never a default. */
  delta(instrument: InstrumentIndex, underlyingMicros: Micros, nowUs: Us): number
}

/** What was worked out for a contract, and from what. */
interface Solved {
  readonly symbol: string
  readonly quoteUs: Us
  readonly forward: number
  readonly delta: number
  readonly sign: RightSign
  readonly strike: number
  readonly years: number
  readonly volatility: number
}

interface Pair {
  readonly strike: number
  readonly call: InstrumentIndex
  readonly put: InstrumentIndex
}

/** What the quotes say of one contract. Theta is dollars a calendar day, vega dollars a point of volatility. */
export interface QuotedGreeks {
  readonly delta: number
  readonly gamma: number
  readonly theta: number
  readonly vega: number
  /** Implied by the mid, of 1. */
  readonly volatility: number
}

/** The market as the delta needs it. */
export interface DeltaMarket {
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly calendar: CalendarReader
}

/** Quotes this much older than their sampling interval say nothing of the forward. */
const MAX_PARITY_AGE_US = 60 * US_PER_SECOND

/**
 * Computes delta from quotes alone: the forward by put-call parity at the strike where call and put cost most
 * nearly the same (else the underlying's price), volatility implied by the contract's mid, delta after Black 1976.
 * A contract's delta is computed once per quote and forward.
 */
export class OptionDelta implements DeltaSource {
  readonly #market: DeltaMarket
  readonly #greeks = new Float64Array(6)
  readonly #chains = new Map<
    string,
    {
      readonly chain: readonly InstrumentIndex[]
      readonly length: number
      readonly pairs: Map<IsoDate, Pair[]>
    }
  >()
  readonly #forwards = new Map<string, { nowUs: Us; underlyingMicros: Micros; forward: number }>()
  readonly #cache: (Solved | undefined)[] = []

  constructor(market: DeltaMarket) {
    this.#market = market
  }

  delta(instrument: InstrumentIndex, underlyingMicros: Micros, nowUs: Us): number {
    const { instruments, quotes } = this.#market
    const listed = instruments.get(instrument)
    if (listed.kind !== 'option' || !quotes.isTradable(instrument)) return Number.NaN
    const { symbol, option } = listed
    const quoteUs = quotes.receivedUs(instrument)
    const forward = this.#forward(option.underlying, option.expiry, underlyingMicros, nowUs)
    const known = this.#cache[instrument]
    if (known?.symbol === symbol && known.quoteUs === quoteUs && known.forward === forward) return known.delta
    const years = calendarYears(quoteUs, closeOfExpiry(this.#market.calendar, option.expiry))
    const sign = rightSign(option.right)
    const strike = option.strikeThousandths / 1_000
    const mid = toDollars(quotes.midMicros(instrument))
    const volatility = impliedVolatilityValue(sign, mid, forward, strike, years, 1)
    let delta = Number.NaN
    if (volatility > 0) {
      black76GreeksInto(this.#greeks, sign, forward, strike, years, volatility, 1)
      delta = this.#greeks[GREEK_SLOTS.delta] as number
    }
    this.#cache[instrument] = { symbol, quoteUs, forward, delta, sign, strike, years, volatility }
    return delta
  }

  /** All Greeks of the quote that {@link delta} is of; undefined where that is unknown. For screens: it allocates. */
  greeks(instrument: InstrumentIndex, underlyingMicros: Micros, nowUs: Us): QuotedGreeks | undefined {
    const delta = this.delta(instrument, underlyingMicros, nowUs)
    const solved = this.#cache[instrument]
    if (Number.isNaN(delta) || solved === undefined) return undefined
    const { sign, forward, strike, years, volatility } = solved
    black76GreeksInto(this.#greeks, sign, forward, strike, years, volatility, 1)
    const of = (slot: number): number => this.#greeks[slot] as number
    return {
      delta,
      gamma: of(GREEK_SLOTS.gamma),
      theta: of(GREEK_SLOTS.thetaPerDay),
      vega: of(GREEK_SLOTS.vega) / 100,
      volatility,
    }
  }

  /** The forward of an expiry in dollars; once per instant. */
  #forward(underlying: string, expiry: IsoDate, underlyingMicros: Micros, nowUs: Us): number {
    const key = underlying + expiry
    const known = this.#forwards.get(key)
    if (known?.nowUs === nowUs && known.underlyingMicros === underlyingMicros) return known.forward
    const { quotes } = this.#market
    let nearest = Number.POSITIVE_INFINITY
    let forward = toDollars(underlyingMicros)
    for (const { strike, call, put } of this.#pairs(underlying, expiry)) {
      if (!(this.#isFresh(call, nowUs) && this.#isFresh(put, nowUs))) continue
      const difference = toDollars(quotes.midMicros(call) - quotes.midMicros(put))
      if (!(Math.abs(difference) < nearest)) continue
      nearest = Math.abs(difference)
      forward = strike + difference
    }
    this.#forwards.set(key, { nowUs, underlyingMicros, forward })
    return forward
  }

  #isFresh(instrument: InstrumentIndex, nowUs: Us): boolean {
    const { quotes } = this.#market
    const ageUs = nowUs - quotes.receivedUs(instrument)
    return quotes.isTradable(instrument) && ageUs <= MAX_PARITY_AGE_US + quotes.sampleUs(instrument)
  }

  #pairs(underlying: string, expiry: IsoDate): readonly Pair[] {
    const chain = this.#market.instruments.options(underlying)
    let known = this.#chains.get(underlying)
    if (known?.chain !== chain || known.length !== chain.length) {
      this.#forwards.clear()
      known = { chain, length: chain.length, pairs: this.#pairUp(chain) }
      this.#chains.set(underlying, known)
    }
    return known.pairs.get(expiry) ?? []
  }

  #pairUp(chain: readonly InstrumentIndex[]): Map<IsoDate, Pair[]> {
    const calls = new Map<string, InstrumentIndex>()
    const pairs = new Map<IsoDate, Pair[]>()
    const { instruments } = this.#market
    for (const right of ['C', 'P'] as const) {
      for (const index of chain) {
        const listed = instruments.get(index)
        if (listed.kind !== 'option' || listed.option.right !== right) continue
        const { expiry, strikeThousandths } = listed.option
        const key = `${expiry} ${strikeThousandths}`
        if (right === 'C') {
          calls.set(key, index)
          continue
        }
        const call = calls.get(key)
        if (call === undefined) continue
        const list = pairs.get(expiry) ?? []
        list.push({ strike: strikeThousandths / 1_000, call, put: index })
        pairs.set(expiry, list)
      }
    }
    return pairs
  }
}

/** When a contract stops trading: the close of the session of its expiry, by the calendar; 16:00 standard time without one. */
export function closeOfExpiry(calendar: CalendarReader, expiry: IsoDate): Us {
  const noonUs = Date.parse(`${expiry}T17:00:00Z`) * 1_000
  return calendar.session(noonUs)?.closeUs ?? Date.parse(`${expiry}T21:00:00Z`) * 1_000
}
