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
import { ChainView, parityPrice } from '@scalp/market-data'
import { type RightSign, rightSign } from '@scalp/pricing'

/** The market as the delta needs it. */
export interface DeltaMarket {
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly calendar: CalendarReader
}

/** Quotes this much older than their sampling interval say nothing of the forward. */
const MAX_PARITY_AGE_US = 60 * US_PER_SECOND

/** An expiry of an underlying, with what all its contracts share. */
export interface Expiry {
  readonly chain: ChainView
  readonly date: IsoDate
  readonly closeUs: Us
  /** In dollars, and the instant and price that it was worked out for. */
  forward: number
  forwardUs: Us
  underlyingMicros: Micros
}

/** A contract, and what its Greeks were last worked out from. */
export interface Contract {
  readonly symbol: string
  readonly sign: RightSign
  readonly strike: number
  readonly expiry: Expiry
  quoteUs: Us
  forward: number
}

/** Contracts by index with the terms that pricing needs, and the forward of each expiry. */
export class ContractBook {
  readonly #market: DeltaMarket
  readonly #onNew: (instrument: InstrumentIndex) => void
  readonly #chains = new Map<string, { readonly chain: ChainView; readonly expiries: Map<IsoDate, Expiry> }>()
  readonly #contracts: (Contract | undefined)[] = []

  /** `onNew` hears of an index that stands for a contract, or for another one than before. */
  constructor(market: DeltaMarket, onNew: (instrument: InstrumentIndex) => void) {
    this.#market = market
    this.#onNew = onNew
  }

  /** A contract by its index; undefined for what is no option. */
  contract(instrument: InstrumentIndex): Contract | undefined {
    const listed = this.#market.instruments.get(instrument)
    if (listed.kind !== 'option') return undefined
    const known = this.#contracts[instrument]
    if (known?.symbol === listed.symbol) return known
    const { underlying, expiry, right, strikeThousandths } = listed.option
    const contract: Contract = {
      symbol: listed.symbol,
      sign: rightSign(right),
      strike: strikeThousandths / 1_000,
      expiry: this.#expiry(underlying, expiry),
      quoteUs: Number.NaN,
      forward: Number.NaN,
    }
    this.#contracts[instrument] = contract
    this.#onNew(instrument)
    return contract
  }

  /**
   * The forward of an expiry in dollars, once per instant and price of the underlying: by put-call parity at the strike where
   * call and put cost most nearly the same, from quotes not older than a minute beyond their interval; else the underlying's price.
   */
  forward(expiry: Expiry, underlyingMicros: Micros, nowUs: Us, sampleUs: number): number {
    if (expiry.forwardUs === nowUs && expiry.underlyingMicros === underlyingMicros) return expiry.forward
    const rules = {
      maxSpreadPct: Number.POSITIVE_INFINITY,
      oldestUs: nowUs - MAX_PARITY_AGE_US - (sampleUs > 0 ? sampleUs : 0),
      minPairs: 1,
    }
    const parity = parityPrice(expiry.chain.strikes(expiry.date), this.#market.quotes, rules)
    expiry.forward = toDollars(Number.isNaN(parity) ? underlyingMicros : parity)
    expiry.forwardUs = nowUs
    expiry.underlyingMicros = underlyingMicros
    return expiry.forward
  }

  #expiry(underlying: string, date: IsoDate): Expiry {
    let known = this.#chains.get(underlying)
    if (known === undefined) {
      const { instruments } = this.#market
      known = { chain: new ChainView({ instruments, underlying }), expiries: new Map() }
      this.#chains.set(underlying, known)
    }
    const { chain, expiries } = known
    let expiry = expiries.get(date)
    if (expiry === undefined) {
      /** A year of expiries would pile up otherwise. */
      for (const old of expiries.keys()) if (chain.strikes(old).length === 0) expiries.delete(old)
      const closeUs = closeOfExpiry(this.#market.calendar, date)
      const unknown = Number.NaN
      expiry = { chain, date, closeUs, forward: unknown, forwardUs: unknown, underlyingMicros: unknown }
      expiries.set(date, expiry)
    }
    return expiry
  }
}

/** When a contract stops trading: the close of the session of its expiry, by the calendar; 16:00 standard time without one. */
export function closeOfExpiry(calendar: CalendarReader, expiry: IsoDate): Us {
  const noonUs = Date.parse(`${expiry}T17:00:00Z`) * 1_000
  return calendar.session(noonUs)?.closeUs ?? Date.parse(`${expiry}T21:00:00Z`) * 1_000
}
