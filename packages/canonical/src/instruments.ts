import { UnknownInstrumentError } from './errors.js'
import { formatAlpaca, type OptionId, parseOption, safeParseOption } from './option-id.js'
import type { IsoDate } from './units.js'

declare const instrumentIndex: unique symbol
/** A small dense integer that stands for one instrument within one run; columns are indexed by it. */
export type InstrumentIndex = number & { readonly [instrumentIndex]: true }

/** A tradable or observable thing: an option contract, or the underlying it is written on. */
export type Instrument =
  | {
      readonly kind: 'option'
      readonly index: InstrumentIndex
      readonly symbol: string
      readonly option: OptionId
    }
  | { readonly kind: 'underlying'; readonly index: InstrumentIndex; readonly symbol: string }

/** Reads the instruments known so far. */
export interface InstrumentReader {
  /** One more than the highest index handed out: the length columns need. */
  readonly capacity: number
  /** @throws {@link UnknownInstrumentError} When the index was never handed out or has been retired. */
  get(index: InstrumentIndex): Instrument
  /** The instrument of a symbol (`TSLA`, `TSLA240105C00250000`), undefined when not interned. */
  find(symbol: string): Instrument | undefined
  /** Live option contracts of an underlying, in the order of first sight. */
  options(underlying: string): readonly InstrumentIndex[]
}

/**
 * Interns symbols to dense indexes, and recycles the indexes of expired contracts, so that a run over
 * years needs the memory of its busiest day.
 */
export class InstrumentTable implements InstrumentReader {
  readonly #bySymbol = new Map<string, Instrument>()
  readonly #byIndex: (Instrument | undefined)[] = []
  readonly #free: InstrumentIndex[] = []
  /** Expired and off their chains, but still somebody's. */
  #expired: InstrumentIndex[] = []
  readonly #chains = new Map<string, InstrumentIndex[]>()
  readonly #listeners: ((instrument: Instrument) => void)[] = []

  get capacity(): number {
    return this.#byIndex.length
  }

  /** Live instruments. */
  get size(): number {
    return this.#bySymbol.size
  }

  /** Calls back whenever an index is given to an instrument, new or recycled: reset columns there. */
  onListed(listener: (instrument: Instrument) => void): void {
    this.#listeners.push(listener)
  }

  get(index: InstrumentIndex): Instrument {
    const instrument = this.#byIndex[index]
    if (instrument === undefined) throw new UnknownInstrumentError({ index })
    return instrument
  }

  find(symbol: string): Instrument | undefined {
    return this.#bySymbol.get(symbol)
  }

  options(underlying: string): readonly InstrumentIndex[] {
    return this.#chains.get(underlying) ?? []
  }

  /** The index of an underlying, interned at first sight. */
  underlying(symbol: string): InstrumentIndex {
    return (this.#bySymbol.get(symbol) ?? this.#add({ kind: 'underlying', index: this.#nextIndex(), symbol }))
      .index
  }

  /** The index of an option contract, interned at first sight. */
  option(option: OptionId): InstrumentIndex {
    return this.#option(formatAlpaca(option), option)
  }

  #option(symbol: string, option: OptionId): InstrumentIndex {
    const known = this.#bySymbol.get(symbol)
    if (known !== undefined) return known.index
    const { index } = this.#add({ kind: 'option', index: this.#nextIndex(), symbol, option })
    const chain = this.#chains.get(option.underlying)
    if (chain === undefined) this.#chains.set(option.underlying, [index])
    else chain.push(index)
    return index
  }

  /** The index of an option symbol in OCC form, padded or not; undefined when it is none. */
  optionSymbol(text: string): InstrumentIndex | undefined {
    const parsed = safeParseOption(text)
    return parsed.ok ? this.option(parsed.value) : undefined
  }

  /** As {@link optionSymbol}, throwing. */
  requireOption(text: string): InstrumentIndex {
    const option = parseOption(text)
    /** A padded root is 6 characters; a symbol without padding or blanks is the key itself. */
    if (text.length === option.underlying.length + 15) return this.#option(text, option)
    return this.#option(option.underlying + text.trim().slice(-15), option)
  }

  /**
   * Takes contracts that expired before `date` off their chains, and retires them, whose indexes are used again: those
   * that `keep` names only once it names them no more. Answers how many were retired.
   */
  retireExpired(date: IsoDate, keep: (index: InstrumentIndex) => boolean): number {
    for (const [underlying, chain] of this.#chains) {
      const live = chain.filter((index) => this.#isLive(index, date))
      if (live.length === chain.length) continue
      for (const index of chain) if (!this.#isLive(index, date)) this.#expired.push(index)
      /** A new array, so that who holds the old one sees that the chain has changed. */
      if (live.length === 0) this.#chains.delete(underlying)
      else this.#chains.set(underlying, live)
    }
    const expired = this.#expired
    this.#expired = expired.filter((index) => keep(index))
    for (const index of expired) if (!this.#expired.includes(index)) this.#retire(index)
    return expired.length - this.#expired.length
  }

  #isLive(index: InstrumentIndex, date: IsoDate): boolean {
    const instrument = this.#byIndex[index]
    return instrument?.kind === 'option' && instrument.option.expiry >= date
  }

  #retire(index: InstrumentIndex): void {
    const { symbol } = this.get(index)
    this.#bySymbol.delete(symbol)
    this.#byIndex[index] = undefined
    this.#free.push(index)
  }

  #nextIndex(): InstrumentIndex {
    return this.#free.pop() ?? (this.#byIndex.length as InstrumentIndex)
  }

  #add(instrument: Instrument): Instrument {
    this.#byIndex[instrument.index] = instrument
    this.#bySymbol.set(instrument.symbol, instrument)
    for (const listener of this.#listeners) listener(instrument)
    return instrument
  }
}
