import { DaySymbols } from '../dbn/day-symbols.js'
import { type Layout, layoutOf, neededWords } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'
import { cutAtNul } from '../dbn/metadata-reader.js'
import { checkLength } from '../dbn/record.js'
import { SymbologyError } from '../errors.js'

/** Gives records their symbols. */
export interface SymbolSource {
  /** The symbol of the record at `offset`, undefined when there is none for its day. */
  symbolOf(view: DataView, offset: number): string | undefined
}

const NS_PER_DAY = 86_400_000_000_000n
const UNDEF_TIMESTAMP = 0xffff_ffff_ffff_ffffn
const SYMBOL_MAPPING = 0x16

/** Symbols by UTC day and instrument id, out of metadata; a day's map is made when the day is first met. */
export class SymbolMap implements SymbolSource {
  readonly #metadata: Metadata
  readonly #days = new Map<number, DaySymbols>()
  /** By record type: the offset of the time that counts, and the bytes that a record has at least. */
  readonly #timeOffsets: Uint8Array
  readonly #needed: Uint8Array
  /** Length and type of the record before, and where such a record has the time that counts. */
  #head = -1
  #timeAt = 0
  /** High words of times that are surely of the last day: between these. */
  #dayFrom = 0
  #dayTo = 0
  #lastDay = -1
  #last: DaySymbols | undefined

  /** @throws `SymbologyError` When neither symbology of the metadata is `instrument_id`. */
  constructor(metadata: Metadata) {
    const { stypeIn, stypeOut } = metadata
    if (stypeIn !== 'instrument_id' && stypeOut !== 'instrument_id')
      throw new SymbologyError({ stypeIn, stypeOut })
    this.#metadata = metadata
    const { version } = metadata
    this.#needed = neededWords(version)
    const offset = (rtype: number): number => layoutOf(rtype, version)?.indexTimeOffset ?? 8
    this.#timeOffsets = Uint8Array.from({ length: 256 }, (_, rtype) => offset(rtype))
  }

  /** The symbol of an id on a UTC day, counted from 1970-01-01. */
  find(day: number, instrumentId: number): string | undefined {
    if (day !== this.#lastDay || this.#last === undefined) {
      this.#lastDay = day
      this.#last = this.#symbolsOf(day)
      this.#dayFrom = Math.floor((day * 86_400_000_000_000) / 4_294_967_296)
      this.#dayTo = Math.floor(((day + 1) * 86_400_000_000_000) / 4_294_967_296)
    }
    return this.#last.find(instrumentId)
  }

  /**
   * The symbol of the record at `offset`, by its receive time, or its event time where it has no other.
   *
   * @throws `CorruptFileError` When the record is shorter than its layout.
   */
  symbolOf(view: DataView, offset: number): string | undefined {
    const head = view.getUint32(offset, true) & 0xffff
    if (head !== this.#head) this.#learn(head, offset)
    const at = offset + this.#timeAt
    const high = view.getUint32(at + 4, true)
    const id = view.getUint32(offset + 4, true)
    if (high > this.#dayFrom && high < this.#dayTo && this.#last !== undefined) return this.#last.find(id)
    const ns = view.getBigUint64(at, true)
    if (ns === UNDEF_TIMESTAMP) return undefined
    return this.find(Number(ns / NS_PER_DAY), id)
  }

  #learn(head: number, offset: number): void {
    const rtype = head >>> 8
    const words = head & 0xff
    if (words < (this.#needed[rtype] as number))
      checkLength(words * 4, layoutOf(rtype, this.#metadata.version) as Layout, offset, false)
    this.#timeAt = this.#timeOffsets[rtype] as number
    this.#head = head
  }

  #symbolsOf(day: number): DaySymbols {
    let symbols = this.#days.get(day)
    if (symbols === undefined) {
      symbols = new DaySymbols(this.#metadata)
      symbols.setDay(day)
      this.#days.set(day, symbols)
    }
    return symbols
  }
}

/** Symbols as a live stream announces them: each id's last symbol mapping record met so far. */
export class StreamSymbols implements SymbolSource {
  readonly #version: number
  readonly #byId = new Map<number, string>()

  /** Takes the version that the records are laid out in. */
  constructor(version: number) {
    this.#version = version
  }

  /** The symbol of the record at `offset`; a symbol mapping record is learned from first. */
  symbolOf(view: DataView, offset: number): string | undefined {
    const id = view.getUint32(offset + 4, true)
    if (view.getUint8(offset + 1) === SYMBOL_MAPPING) this.#byId.set(id, this.#symbolIn(view, offset))
    return this.#byId.get(id)
  }

  #symbolIn(view: DataView, offset: number): string {
    const layout = layoutOf(SYMBOL_MAPPING, this.#version)
    const field = layout?.fields.find(({ name }) => name === 'stype_out_symbol')
    if (layout === undefined || field === undefined) return ''
    checkLength(view.getUint8(offset) * 4, layout, offset, false)
    return cutAtNul(new Uint8Array(view.buffer, view.byteOffset), offset + field.offset, field.bytes)
  }
}
