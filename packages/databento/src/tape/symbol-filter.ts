import { safeParseOption } from '@scalp/canonical'
import type { DaySymbols } from '../dbn/day-symbols.js'
import { IdSet } from '../symbols/id-set.js'
import { IdSieve, MOST_SOUGHT } from '../symbols/id-sieve.js'
import { IdTable } from '../symbols/id-table.js'
import { encodeRoots, isForeignOption, SYMBOL_LENGTH } from '../symbols/occ-bytes.js'
import type { DecodeStats } from './event-batch.js'

/** What of a file is wanted. */
export interface Wanted {
  /** OCC roots of options, or symbols of shares; undefined: all. */
  readonly symbols?: readonly string[]
  /** Leaves out options that expire more than so many days after the day of the record. */
  readonly maxDte?: number
  /** True for datasets of options, whose symbols must be OCC symbols. */
  readonly options: boolean
}

/** A record whose symbol is not wanted, or is none. */
export const FILTERED = -1
const DROPPED = -2
/** An id that was not met before. */
export const UNKNOWN = -3
const encoder = new TextEncoder()

/**
 * Turns the instrument ids of one file into small numbers, first seen first, and says which are wanted.
 *
 * What a day's mappings show to be of another underlying is set aside by its bytes before any record is read.
 */
export class SymbolFilter {
  newSymbols: string[] = []
  readonly #wanted: ReadonlySet<string> | undefined
  readonly #isOptions: boolean
  readonly #stats: DecodeStats
  readonly #bySymbol = new Map<string, number>()
  readonly #roots: readonly Uint8Array[] | undefined
  /** Ids met today, and what they stand for. */
  readonly #numbers: IdTable = new IdTable()
  /** Ids that are left out: the most, where anything is. */
  readonly #leftOut: IdSet = new IdSet()
  /** Sets records aside whose ids are surely left out, where the day's mappings tell all ids there are. */
  #sieve: IdSieve | undefined
  #count = 0

  readonly #maxDte: number | undefined
  #lastExpiry = '9999'

  constructor({ symbols, options, maxDte }: Wanted, stats: DecodeStats) {
    this.#maxDte = maxDte
    this.#wanted = symbols === undefined ? undefined : new Set(symbols)
    if (options && symbols !== undefined) this.#roots = encodeRoots(symbols)
    this.#isOptions = options
    this.#stats = stats
  }

  /** True when a symbol left out today may be wanted tomorrow. */
  get dependsOnDay(): boolean {
    return this.#maxDte !== undefined
  }

  /**
   * Another UTC day, counted from 1970-01-01, has begun: ids may stand for other instruments from now on.
   *
   * `symbols`, if given, is moved to the day too; with `areAll` no other symbols than these are found later.
   */
  setDay(day: number, symbols?: DaySymbols, { areAll = false }: { readonly areAll?: boolean } = {}): void {
    this.end()
    this.#sieve = undefined
    this.#numbers.clear()
    this.#leftOut.clear()
    const roots = this.#roots
    if (roots === undefined) symbols?.setDay(day)
    else if (symbols !== undefined) {
      symbols.setDay(day, (id, texts, at) => this.#setAside(id, texts, at, roots))
      const sought = symbols.ids()
      if (areAll && sought.length <= MOST_SOUGHT)
        this.#sieve = new IdSieve(sought, this.#leftOut, this.#onStranger)
    }
    if (this.#maxDte === undefined) return
    this.#lastExpiry = new Date((day + this.#maxDte) * 86_400_000).toISOString().slice(0, 10)
    for (const [text, found] of this.#bySymbol) if (found === FILTERED) this.#bySymbol.delete(text)
  }

  /**
   * Looks up the ids of `count` records, `words[from + i * step]`: writes the places `i` of those that are not surely
   * left out, and answers how many. What their ids stand for, {@link find} says.
   */
  placesOfWanted(words: Uint32Array, from: number, step: number, count: number, places: Int32Array): number {
    if (this.#sieve === undefined) return this.#leftOut.placesOfOthers(words, from, step, count, places)
    const found = this.#sieve.places(words, from, step, count, places)
    let wanted = 0
    for (let i = 0; i < found; i++) {
      const place = places[i] as number
      if (!this.#leftOut.has(words[from + place * step] as number)) places[wanted++] = place
    }
    return wanted
  }

  /** Counts what is not counted yet: ids that nothing is known of are told apart from those left out some time later. */
  end(): void {
    this.#sieve?.flush()
  }

  /** A record that was taken for one left out, and has no symbol. */
  readonly #onStranger = (): void => {
    this.#stats.filtered--
    this.leaveOut(this.#drop('(no symbol)'))
  }

  /** The numbers of `count` ids met before today; negative: ask {@link find}. */
  numbersOf(ids: Uint32Array, count: number, numbers: Int32Array): void {
    this.#numbers.getMany(ids, count, numbers)
  }

  /** The number of an id; `textOf` is asked at first sight. Negative and counted: leave the record out. */
  find(id: number, textOf: (id: number) => string | undefined): number {
    let found = this.#leftOut.has(id) ? FILTERED : this.#numbers.get(id)
    if (found === UNKNOWN) {
      found = this.findSymbol(textOf(id))
      if (found !== FILTERED || !this.#leftOut.add(id)) this.#numbers.set(id, found)
    }
    if (found < 0) this.leaveOut(found)
    return found
  }

  /** As {@link find}, by text; does not count what is left out. */
  findSymbol(text: string | undefined): number {
    if (text === undefined || text === '') return this.#drop('(no symbol)')
    const known = this.#bySymbol.get(text)
    if (known !== undefined) return known
    const found = this.#classify(text)
    this.#bySymbol.set(text, found)
    return found
  }

  /** Counts a record whose number {@link findSymbol} said is negative. */
  leaveOut(found: number): void {
    if (found === FILTERED) this.#stats.filtered++
    else this.#stats.dropped++
  }

  /** True for an id of another underlying, which needs no text any more. */
  #setAside(id: number, texts: Uint8Array, at: number, roots: readonly Uint8Array[]): boolean {
    if (texts[at + SYMBOL_LENGTH] === 0 && isForeignOption(texts, at, SYMBOL_LENGTH, roots))
      return this.#leftOut.add(id)
    this.#leftOut.delete(id)
    return false
  }

  #classify(text: string): number {
    if (this.#isOptions) {
      if (this.#roots !== undefined && isForeign(text, this.#roots)) return FILTERED
      const parsed = safeParseOption(text)
      if (!parsed.ok) return this.#drop(text)
      const { underlying, expiry } = parsed.value
      if (expiry > this.#lastExpiry) return FILTERED
      if (this.#wanted !== undefined && !this.#wanted.has(underlying)) return FILTERED
    } else if (this.#wanted !== undefined && !this.#wanted.has(text)) return FILTERED
    this.newSymbols.push(text)
    return this.#count++
  }

  #drop(text: string): number {
    const { droppedSymbols } = this.#stats
    if (droppedSymbols.length < 10 && !droppedSymbols.includes(text)) droppedSymbols.push(text)
    return DROPPED
  }
}

function isForeign(text: string, roots: readonly Uint8Array[]): boolean {
  const bytes = encoder.encode(text)
  return isForeignOption(bytes, 0, bytes.length, roots)
}
