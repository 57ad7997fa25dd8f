import { type InstrumentIndex, type Micros, toDollars, type Us } from '@scalp/canonical'
import { calendarYears, GreeksColumns, type OptionGreeks } from '@scalp/market-data'
import {
  black76GreeksInto,
  ChainColumns,
  DAYS_PER_YEAR,
  evaluateChain,
  GREEK_SLOTS,
  impliedVolatilityWarm,
  MINUTES_PER_YEAR,
} from '@scalp/pricing'
import { type Contract, ContractBook, type DeltaMarket, type Expiry } from './contract-book.js'

/** Tells the delta of option contracts. */
export interface DeltaSource {
  /** Negative for a put; `NaN` when the quotes admit none, never a default. */
  delta(instrument: InstrumentIndex, underlyingMicros: Micros, nowUs: Us): number
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

/**
 * Computes Greeks from quotes alone: the forward by put-call parity at the strike where call and put cost most
 * nearly the same (else the underlying's price), volatility implied by the contract's mid, Greeks after Black 1976.
 *
 * What was found stays in {@link OptionDelta.columns}, and the next volatility is found from the last. A contract is solved once per quote
 * and forward; {@link OptionDelta.refresh} solves a whole slice in one pass. Where the quotes admit no Greeks the columns hold none.
 */
export class OptionDelta implements DeltaSource {
  /** The newest Greeks of each contract asked for, vega per point of volatility, stamped with the source time of their quote. */
  readonly columns: GreeksColumns
  readonly #market: DeltaMarket
  readonly #out = new Float64Array(6)
  readonly #row: { -readonly [Key in keyof OptionGreeks]: OptionGreeks[Key] }
  readonly #book: ContractBook
  /** What the expiries of a slice are evaluated in, in their order. */
  readonly #slices: ChainColumns[] = []
  /** Contracts of one expiry under way, and what they are. */
  readonly #run: InstrumentIndex[] = []
  readonly #contracts: Contract[] = []

  constructor(market: DeltaMarket, columns: GreeksColumns = new GreeksColumns()) {
    this.#market = market
    this.columns = columns
    this.#book = new ContractBook(market, (instrument) => columns.reset(instrument))
    this.#row = {
      instrument: 0 as InstrumentIndex,
      delta: 0,
      gamma: 0,
      theta: 0,
      vega: 0,
      rho: 0,
      iv: 0,
      theoreticalMicros: 0,
      sourceUs: 0,
    }
  }

  delta(instrument: InstrumentIndex, underlyingMicros: Micros, nowUs: Us): number {
    const { quotes } = this.#market
    const contract = this.#book.contract(instrument)
    if (contract === undefined || !quotes.isTradable(instrument)) {
      this.#forget(instrument, contract)
      return Number.NaN
    }
    const { expiry, sign, strike } = contract
    const quoteUs = quotes.receivedUs(instrument)
    const forward = this.#book.forward(expiry, underlyingMicros, nowUs, quotes.sampleUs(instrument))
    if (contract.quoteUs === quoteUs && contract.forward === forward) return this.columns.delta(instrument)
    const years = calendarYears(quoteUs, expiry.closeUs)
    const price = toDollars(quotes.midMicros(instrument))
    const before = this.columns.iv(instrument)
    const volatility = impliedVolatilityWarm(before, sign, price, forward, strike, years, 1)
    contract.quoteUs = quoteUs
    contract.forward = forward
    if (!(volatility > 0)) {
      this.columns.reset(instrument)
      return Number.NaN
    }
    const out = this.#out
    black76GreeksInto(out, sign, forward, strike, years, volatility, 1)
    const row = this.#row
    row.delta = out[GREEK_SLOTS.delta] as number
    row.gamma = out[GREEK_SLOTS.gamma] as number
    row.theta = out[GREEK_SLOTS.thetaPerDay] as number
    row.vega = (out[GREEK_SLOTS.vega] as number) / 100
    row.rho = out[GREEK_SLOTS.rho] as number
    row.iv = volatility
    this.#store(instrument)
    return this.columns.delta(instrument)
  }

  /** All Greeks of the quote that {@link delta} is of; undefined where that is unknown. For screens: it allocates. */
  greeks(instrument: InstrumentIndex, underlyingMicros: Micros, nowUs: Us): QuotedGreeks | undefined {
    const delta = this.delta(instrument, underlyingMicros, nowUs)
    if (Number.isNaN(delta)) return undefined
    const { columns } = this
    return {
      delta,
      gamma: columns.gamma(instrument),
      theta: columns.theta(instrument),
      vega: columns.vega(instrument),
      volatility: columns.iv(instrument),
    }
  }

  /**
   * Works out the Greeks of a slice, such as the members of a `StrikeSlice`, and gives how many have any.
   *
   * `members` come by expiry and belong to one underlying. Time to expiry counts from the newest quote among an expiry's
   * members: one that stands unchanged is as good as new. Meant for once a minute or on demand; allocates nothing while
   * the slice stands.
   */
  refresh(members: readonly InstrumentIndex[], underlyingMicros: Micros, nowUs: Us): number {
    const run = this.#run
    const contracts = this.#contracts
    let slice = 0
    let known = 0
    let count = 0
    let expiry: Expiry | undefined
    for (let at = 0; at < members.length; at++) {
      const instrument = members[at] as InstrumentIndex
      const contract = this.#book.contract(instrument)
      if (contract === undefined) continue
      if (expiry !== undefined && contract.expiry !== expiry) {
        known += this.#evaluate(slice++, count, expiry, underlyingMicros, nowUs)
        count = 0
      }
      expiry = contract.expiry
      run[count] = instrument
      contracts[count++] = contract
    }
    return expiry === undefined
      ? known
      : known + this.#evaluate(slice, count, expiry, underlyingMicros, nowUs)
  }

  /** Evaluates the first `count` contracts of the run, all of one expiry. */
  #evaluate(at: number, count: number, expiry: Expiry, underlyingMicros: Micros, nowUs: Us): number {
    const { quotes } = this.#market
    const run = this.#run
    const contracts = this.#contracts
    const columns = this.#slice(at, count)
    let newestUs = Number.NEGATIVE_INFINITY
    let sampleUs = 0
    for (let i = 0; i < count; i++) {
      const instrument = run[i] as InstrumentIndex
      const contract = contracts[i] as Contract
      columns.sign[i] = contract.sign
      columns.strike[i] = contract.strike
      columns.volatility[i] = this.columns.iv(instrument)
      if (!quotes.isTradable(instrument)) {
        columns.price[i] = Number.NaN
        continue
      }
      columns.price[i] = toDollars(quotes.midMicros(instrument))
      contract.quoteUs = quotes.receivedUs(instrument)
      if (contract.quoteUs > newestUs) {
        newestUs = contract.quoteUs
        sampleUs = quotes.sampleUs(instrument)
      }
    }
    const forward = this.#book.forward(expiry, underlyingMicros, nowUs, sampleUs)
    const years = calendarYears(newestUs, expiry.closeUs)
    const known = evaluateChain(columns, forward, years, 1)
    const row = this.#row
    for (let i = 0; i < count; i++) {
      const instrument = run[i] as InstrumentIndex
      const contract = contracts[i] as Contract
      const delta = columns.delta[i] as number
      if (Number.isNaN(delta)) {
        this.#forget(instrument, contract)
        continue
      }
      contract.forward = forward
      row.delta = delta
      row.gamma = columns.gamma[i] as number
      row.theta = (columns.thetaPerMinute[i] as number) * (MINUTES_PER_YEAR / DAYS_PER_YEAR)
      row.vega = (columns.vega[i] as number) / 100
      row.rho = -years * (columns.price[i] as number)
      row.iv = columns.volatility[i] as number
      this.#store(instrument)
    }
    return known
  }

  /** Writes the row that was filled; the volatility is implied by the mid, so the value is the mid. */
  #store(instrument: InstrumentIndex): void {
    const { quotes } = this.#market
    const row = this.#row
    row.instrument = instrument
    row.theoreticalMicros = quotes.midMicros(instrument)
    row.sourceUs = quotes.sourceUs(instrument)
    if (!this.columns.apply(row)) this.columns.reset(instrument)
  }

  #forget(instrument: InstrumentIndex, contract: Contract | undefined): void {
    if (this.columns.has(instrument)) this.columns.reset(instrument)
    if (contract !== undefined) contract.quoteUs = Number.NaN
  }

  #slice(at: number, count: number): ChainColumns {
    let columns = this.#slices[at]
    if (columns?.count !== count) {
      columns = new ChainColumns(count)
      this.#slices[at] = columns
    }
    return columns
  }
}
