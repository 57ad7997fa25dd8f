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
import {
  type ChoiceRules,
  type ContractRanking,
  type ContractRow,
  type RankedContract,
  rankContracts,
} from './contract-choice.js'
import type { DeltaSource } from './option-delta.js'

const US_PER_DAY = 86_400 * US_PER_SECOND

/** The market as the finder reads it. */
export interface FinderMarket {
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly calendar: CalendarReader
}

type MutableRow = { -readonly [Key in keyof ContractRow]: ContractRow[Key] }

/** Chooses among the listed contracts of an underlying, on the quotes as they stand. */
export class ContractFinder {
  readonly #market: FinderMarket
  readonly #rules: ChoiceRules
  readonly #delta: DeltaSource
  readonly #daysByExpiry = new Map<IsoDate, number>()
  #today: IsoDate = ''
  /** Rows that are filled anew for every choice: a burst asks each second, and most of them come to nothing. */
  readonly #pool: MutableRow[] = []
  readonly #rows: ContractRow[] = []

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
    const rows = this.#rows
    const today = this.#market.calendar.tradingDate(nowUs)
    let count = 0
    for (const instrument of this.#market.instruments.options(symbol)) {
      const row = (this.#pool[count] ??= newRow())
      if (this.#fill(row, instrument, right, today, nowUs) && !isTaken(instrument)) rows[count++] = row
    }
    rows.length = count
    const { ranked, rejected } = rankContracts(
      rows,
      underlyingMicros,
      ({ instrument }) => this.#delta.delta(instrument, underlyingMicros, nowUs),
      this.#rules,
    )
    const kept = ranked.map((each): RankedContract => ({ ...each, row: { ...each.row } }))
    return { chosen: kept[0], ranked: kept, rejected }
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

  /** Fills a row; false when the contract is of another right, or expires at another time than is asked for. */
  #fill(row: MutableRow, instrument: InstrumentIndex, right: Right, today: IsoDate, nowUs: Us): boolean {
    const { instruments, quotes } = this.#market
    const listed = instruments.get(instrument)
    if (listed.kind !== 'option' || listed.option.right !== right) return false
    const { expiry, strikeThousandths } = listed.option
    const dte = this.days(expiry, today)
    if (!(dte >= this.#rules.minDte && dte <= this.#rules.maxDte)) return false
    const ageUs = nowUs - quotes.sourceUs(instrument)
    row.instrument = instrument
    row.symbol = listed.symbol
    row.strikeMicros = strikeThousandths * 1_000
    row.dte = dte
    row.bidMicros = quotes.bidMicros(instrument)
    row.askMicros = quotes.askMicros(instrument)
    row.askSize = quotes.askSize(instrument)
    row.openInterest = quotes.openInterest(instrument)
    row.volume = quotes.volume(instrument)
    /** A quote from the future is a clock gone wrong, not a fresh quote. */
    row.quoteAgeMs =
      ageUs < -US_PER_SECOND
        ? Number.POSITIVE_INFINITY
        : Math.max(0, ageUs - quotes.sampleUs(instrument)) / US_PER_MS
    return true
  }
}

function newRow(): MutableRow {
  const unknown = Number.NaN
  return {
    instrument: 0 as InstrumentIndex,
    symbol: '',
    strikeMicros: unknown,
    dte: 0,
    bidMicros: unknown,
    askMicros: unknown,
    askSize: unknown,
    openInterest: unknown,
    volume: unknown,
    quoteAgeMs: unknown,
  }
}

/** About noon in New York, whatever the clocks do. */
function noonUs(date: IsoDate): Us {
  return Date.parse(`${date}T17:00:00Z`) * 1_000
}
