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

/** The contracts of one right that expire when they should, and what they were taken from. */
interface Slice {
  readonly chain: readonly InstrumentIndex[]
  readonly length: number
  readonly today: IsoDate
  readonly rows: readonly MutableRow[]
}

/** Chooses among the listed contracts of an underlying, on the quotes as they stand. */
export class ContractFinder {
  readonly #market: FinderMarket
  readonly #rules: ChoiceRules
  readonly #delta: DeltaSource
  readonly #dte: DteCounter
  /** By symbol, per right. Rows get their quotes anew for every choice: a burst asks each second. */
  readonly #slices: Readonly<Record<Right, Map<string, Slice>>> = { C: new Map(), P: new Map() }
  readonly #free: ContractRow[] = []

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
    const free = this.#free
    let count = 0
    for (const row of this.#slice(symbol, right, nowUs).rows) {
      if (isTaken(row.instrument)) continue
      this.#quote(row, nowUs)
      free[count++] = row
    }
    free.length = count
    const { ranked, rejected } = rankContracts(
      free,
      underlyingMicros,
      ({ instrument }) => this.#delta.delta(instrument, underlyingMicros, nowUs),
      this.#rules,
    )
    const kept = ranked.map((each): RankedContract => ({ ...each, row: { ...each.row } }))
    return { chosen: kept[0], ranked: kept, rejected }
  }

  /** Found anew when the date or the chain has changed. */
  #slice(symbol: string, right: Right, nowUs: Us): Slice {
    const { instruments, calendar } = this.#market
    const { minDte, maxDte } = this.#rules
    const today = calendar.tradingDate(nowUs)
    const chain = instruments.options(symbol)
    const known = this.#slices[right].get(symbol)
    if (known?.chain === chain && known.length === chain.length && known.today === today) return known
    const rows: MutableRow[] = []
    for (const instrument of chain) {
      const listed = instruments.get(instrument)
      if (listed.kind !== 'option' || listed.option.right !== right) continue
      const { expiry, strikeThousandths } = listed.option
      const dte = this.#dte.days(expiry, today)
      if (dte >= minDte && dte <= maxDte)
        rows.push(rowOf(instrument, listed.symbol, strikeThousandths * 1_000, dte))
    }
    const slice = { chain, length: chain.length, today, rows }
    this.#slices[right].set(symbol, slice)
    return slice
  }

  #quote(row: MutableRow, nowUs: Us): undefined {
    const { quotes } = this.#market
    const { instrument } = row
    const ageUs = nowUs - quotes.sourceUs(instrument)
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
  }
}

function rowOf(instrument: InstrumentIndex, symbol: string, strikeMicros: Micros, dte: number): MutableRow {
  const unknown = Number.NaN
  return {
    instrument,
    symbol,
    strikeMicros,
    dte,
    bidMicros: unknown,
    askMicros: unknown,
    askSize: unknown,
    openInterest: unknown,
    volume: unknown,
    quoteAgeMs: unknown,
  }
}
