import { safeParseOption } from '@scalp/canonical'
import { type DaySymbols, isForeignOption } from '../dbn/day-symbols.js'
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
/** Ids of a page of bits: 16 KB of them. */
const BIT_PAGE_BITS = 17
const BIT_PAGE_MASK = (1 << (BIT_PAGE_BITS - 5)) - 1
const encoder = new TextEncoder()

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
  readonly #roots: readonly Uint8Array[] | undefined
  #pages: (Int32Array | undefined)[] = []
  /** A bit for each id that is left out: they are the most, and their bits stay in the processor's cache. */
  #leftOut: (Uint32Array | undefined)[] = []
  #count = 0

  readonly #maxDte: number | undefined
  #lastExpiry = '9999'

  constructor({ symbols, options, maxDte }: Wanted, stats: DecodeStats) {
    this.#maxDte = maxDte
    this.#wanted = symbols === undefined ? undefined : new Set(symbols)
    if (options) this.#roots = symbols?.map((root) => encoder.encode(root))
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
    this.#leftOut = []
    if (this.#maxDte === undefined) return
    this.#lastExpiry = new Date((day + this.#maxDte) * 86_400_000).toISOString().slice(0, 10)
    for (const [text, found] of this.#bySymbol) if (found === FILTERED) this.#bySymbol.delete(text)
  }

  /** True when an id was met before today and is filtered out; counts nothing. */
  isLeftOut(id: number): boolean {
    const bits = this.#leftOut[id >>> BIT_PAGE_BITS]
    return bits !== undefined && (((bits[(id >>> 5) & BIT_PAGE_MASK] as number) >>> (id & 31)) & 1) === 1
  }

  /**
   * The number of an id; `textOf` is asked at first sight, and `symbols`, if given, before it, which makes no
   * string of what is not wanted. Negative: leave the record out.
   */
  find(id: number, textOf: (id: number) => string | undefined, symbols?: DaySymbols): number {
    const known = this.#pages[id >>> PAGE_BITS]?.[id & (PAGE_SIZE - 1)] ?? UNKNOWN
    if (known >= 0) return known
    let found = known
    if (found === UNKNOWN)
      found = this.isLeftOut(id) || this.#isForeign(id, symbols) ? FILTERED : this.findSymbol(textOf(id))
    if (found === FILTERED) this.#setLeftOut(id)
    else this.#setFound(id, found)
    if (found < 0) this.#countLeftOut(found)
    return found
  }

  #isForeign(id: number, symbols: DaySymbols | undefined): boolean {
    return this.#roots !== undefined && symbols?.isForeign(id, this.#roots) === true
  }

  #setFound(id: number, found: number): void {
    const page = (this.#pages[id >>> PAGE_BITS] ??= new Int32Array(PAGE_SIZE).fill(UNKNOWN))
    page[id & (PAGE_SIZE - 1)] = found
  }

  #setLeftOut(id: number): void {
    const bits = (this.#leftOut[id >>> BIT_PAGE_BITS] ??= new Uint32Array(BIT_PAGE_MASK + 1))
    const word = (id >>> 5) & BIT_PAGE_MASK
    bits[word] = (bits[word] as number) | (1 << (id & 31))
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
      if (this.#roots !== undefined && isForeignOption(encoder.encode(`${text}\0`), 0, this.#roots))
        return FILTERED
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
