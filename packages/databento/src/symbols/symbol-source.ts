import { DaySymbols } from '../dbn/day-symbols.js'
import { layoutOf } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'
import { cutAtNul } from '../dbn/metadata.js'
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
  #lastDay = -1
  #last: DaySymbols | undefined

  /** @throws {@link SymbologyError} When neither symbology of the metadata is `instrument_id`. */
  constructor(metadata: Metadata) {
    const { stypeIn, stypeOut } = metadata
    if (stypeIn !== 'instrument_id' && stypeOut !== 'instrument_id')
      throw new SymbologyError({ stypeIn, stypeOut })
    this.#metadata = metadata
  }

  /** The symbol of an id on a UTC day, counted from 1970-01-01. */
  find(day: number, instrumentId: number): string | undefined {
    if (day !== this.#lastDay || this.#last === undefined) {
      this.#lastDay = day
      this.#last = this.#symbolsOf(day)
    }
    return this.#last.find(instrumentId)
  }

  /**
   * The symbol of the record at `offset`, by its receive time, or its event time where it has no other.
   *
   * @throws {@link CorruptFileError} When the record is shorter than its layout.
   */
  symbolOf(view: DataView, offset: number): string | undefined {
    const layout = layoutOf(view.getUint8(offset + 1), this.#metadata.version)
    if (layout !== undefined) checkLength(view.getUint8(offset) * 4, layout, offset, false)
    const ns = view.getBigUint64(offset + (layout?.indexTimeOffset ?? 8), true)
    if (ns === UNDEF_TIMESTAMP) return undefined
    return this.find(Number(ns / NS_PER_DAY), view.getUint32(offset + 4, true))
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
