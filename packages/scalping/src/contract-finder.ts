import {
  type CalendarReader,
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
import { DteCounter } from './dte-counter.js'
import type { DeltaSource } from './option-delta.js'

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
  readonly #dte: DteCounter
  /** Rows that are filled anew for every choice: a burst asks each second, and most of them come to nothing. */
  readonly #pool: MutableRow[] = []
  readonly #rows: ContractRow[] = []

  constructor(market: FinderMarket, rules: ChoiceRules, delta: DeltaSource) {
    this.#market = market
    this.#rules = rules
    this.#delta = delta
    this.#dte = new DteCounter(market.calendar, rules.dteUnit)
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

  /** Fills a row; false when the contract is of another right, or expires at another time than is asked for. */
  #fill(row: MutableRow, instrument: InstrumentIndex, right: Right, today: IsoDate, nowUs: Us): boolean {
    const { instruments, quotes } = this.#market
    const listed = instruments.get(instrument)
    if (listed.kind !== 'option' || listed.option.right !== right) return false
    const { expiry, strikeThousandths } = listed.option
    const dte = this.#dte.days(expiry, today)
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
