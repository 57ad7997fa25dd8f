import { safeParseOption } from '@scalp/canonical'
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
const UNKNOWN = -3
const PAGE_BITS = 14
const PAGE_SIZE = 1 << PAGE_BITS

/**
 * Turns the instrument ids of one file into small numbers, first seen first, and says which are wanted.
 *
 * A page table makes a look-up a few ns, whatever the ids; each symbol's text is looked at once.
 */
export class SymbolFilter {
  newSymbols: string[] = []
  readonly #wanted: ReadonlySet<string> | undefined
  readonly #isOptions: boolean
  readonly #stats: DecodeStats
  readonly #bySymbol = new Map<string, number>()
  #pages: (Int32Array | undefined)[] = []
  #count = 0

  readonly #maxDte: number | undefined
  #lastExpiry = '9999'

  constructor({ symbols, options, maxDte }: Wanted, stats: DecodeStats) {
    this.#maxDte = maxDte
    this.#wanted = symbols === undefined ? undefined : new Set(symbols)
    this.#isOptions = options
    this.#stats = stats
  }

  /** True when a symbol left out today may be wanted tomorrow. */
  get dependsOnDay(): boolean {
    return this.#maxDte !== undefined
  }

  /** Another UTC day, counted from 1970-01-01, has begun: ids may stand for other instruments from now on. */
  setDay(day: number): void {
    this.#pages = []
    if (this.#maxDte === undefined) return
    this.#lastExpiry = new Date((day + this.#maxDte) * 86_400_000).toISOString().slice(0, 10)
    for (const [text, found] of this.#bySymbol) if (found === FILTERED) this.#bySymbol.delete(text)
  }

  /** The number of an id; `textOf` is asked at first sight. Negative: leave the record out. */
  find(id: number, textOf: (id: number) => string | undefined): number {
    const page = (this.#pages[id >>> PAGE_BITS] ??= new Int32Array(PAGE_SIZE).fill(UNKNOWN))
    let found = page[id & (PAGE_SIZE - 1)] as number
    if (found === UNKNOWN) {
      found = this.findSymbol(textOf(id))
      page[id & (PAGE_SIZE - 1)] = found
    }
    if (found < 0) this.#countLeftOut(found)
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

  /** Counts a record left out. */
  #countLeftOut(found: number): void {
    if (found === FILTERED) this.#stats.filtered++
    else this.#stats.dropped++
  }

  /** Counts a record whose number {@link findSymbol} said is negative. */
  leaveOut(found: number): void {
    this.#countLeftOut(found)
  }

  #classify(text: string): number {
    if (this.#isOptions) {
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
