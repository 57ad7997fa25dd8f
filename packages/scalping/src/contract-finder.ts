import {
  type CalendarReader,
  daysToExpiry,
  type InstrumentIndex,
  type InstrumentReader,
  type IsoDate,
  type Micros,
  type QuoteReader,
  type Right,
  US_PER_MS,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { type ChoiceRules, type ContractRanking, type ContractRow, rankContracts } from './contract-choice.js'
import type { DeltaSource } from './option-delta.js'

const US_PER_DAY = 86_400 * US_PER_SECOND

/** The market as the finder reads it. */
export interface FinderMarket {
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly calendar: CalendarReader
}

/** Chooses among the listed contracts of an underlying, on the quotes as they stand. */
export class ContractFinder {
  readonly #market: FinderMarket
  readonly #rules: ChoiceRules
  readonly #delta: DeltaSource
  readonly #daysByExpiry = new Map<IsoDate, number>()
  #today: IsoDate = ''

  constructor(market: FinderMarket, rules: ChoiceRules, delta: DeltaSource) {
    this.#market = market
    this.#rules = rules
    this.#delta = delta
  }

  /** Ranks the contracts of a right, leaving out what `isTaken` says is not free. */
  choose(
    symbol: string,
    right: Right,
    underlyingMicros: Micros,
    nowUs: Us,
    isTaken: (instrument: InstrumentIndex) => boolean,
  ): ContractRanking {
    const rows: ContractRow[] = []
    const today = this.#market.calendar.tradingDate(nowUs)
    for (const instrument of this.#market.instruments.options(symbol)) {
      const row = this.#row(instrument, right, today, nowUs)
      if (row !== undefined && !isTaken(instrument)) rows.push(row)
    }
    return rankContracts(
      rows,
      underlyingMicros,
      ({ instrument }) => this.#delta.delta(instrument, underlyingMicros, nowUs),
      this.#rules,
    )
  }

  /** Days to expiry on a trading date, of the calendar or sessions, as the rules say. */
  days(expiry: IsoDate, today: IsoDate): number {
    if (today !== this.#today) {
      this.#today = today
      this.#daysByExpiry.clear()
    }
    let days = this.#daysByExpiry.get(expiry)
    if (days === undefined) {
      days = daysToExpiry(expiry, today)
      if (this.#rules.dteUnit === 'trading' && days > 0) days = this.#sessionsBetween(today, expiry)
      this.#daysByExpiry.set(expiry, days)
    }
    return days
  }

  /** Sessions after a date up to and including another. */
  #sessionsBetween(today: IsoDate, expiry: IsoDate): number {
    const { calendar } = this.#market
    let sessions = 0
    for (let us = noonUs(today) + US_PER_DAY; us <= noonUs(expiry); us += US_PER_DAY) {
      if (calendar.session(us) !== undefined) sessions++
    }
    return sessions
  }

  #row(instrument: InstrumentIndex, right: Right, today: IsoDate, nowUs: Us): ContractRow | undefined {
    const { instruments, quotes } = this.#market
    const listed = instruments.get(instrument)
    if (listed.kind !== 'option' || listed.option.right !== right) return undefined
    const { expiry, strikeThousandths } = listed.option
    const dte = this.days(expiry, today)
    if (!(dte >= this.#rules.minDte && dte <= this.#rules.maxDte)) return undefined
    const ageUs = nowUs - quotes.sourceUs(instrument)
    return {
      instrument,
      symbol: listed.symbol,
      strikeMicros: strikeThousandths * 1_000,
      dte,
      bidMicros: quotes.bidMicros(instrument),
      askMicros: quotes.askMicros(instrument),
      askSize: quotes.askSize(instrument),
      openInterest: quotes.openInterest(instrument),
      volume: quotes.volume(instrument),
      /** A quote from the future is a clock gone wrong, not a fresh quote. */
      quoteAgeMs:
        ageUs < -US_PER_SECOND
          ? Number.POSITIVE_INFINITY
          : Math.max(0, ageUs - quotes.sampleUs(instrument)) / US_PER_MS,
    }
  }
}

/** About noon in New York, whatever the clocks do. */
function noonUs(date: IsoDate): Us {
  return Date.parse(`${date}T17:00:00Z`) * 1_000
}
