import { type MappingTable, mappingTableOf } from './mapping-table.js'
import type { Metadata } from './metadata.js'

const NONE = -1
const BLANK = 0x20
/** Characters of a padded OCC symbol. */
const SYMBOL_LENGTH = 21

/** Symbols by instrument id for one UTC day at a time: ids are used again on other days. */
export class DaySymbols {
  /** The day set, as YYYYMMDD. */
  date = 0
  readonly #table: MappingTable
  /** Whether symbols are the requested side of the mappings, and ids the other; undefined: neither is an id. */
  readonly #isTextRequested: boolean | undefined
  /** Open addressing: ids, and where the text of each stands. */
  #ids: Uint32Array = new Uint32Array(0)
  #texts: Int32Array = new Int32Array(0)
  #mask = 0

  constructor(metadata: Metadata) {
    const { stypeIn, stypeOut } = metadata
    this.#table = mappingTableOf(metadata)
    if (stypeOut === 'instrument_id') this.#isTextRequested = true
    else this.#isTextRequested = stypeIn === 'instrument_id' ? false : undefined
  }

  /** Moves to a day, counted from 1970-01-01. */
  setDay(day: number): void {
    this.date = toDate(day)
    const table = this.#table
    const { rows } = table
    const size = this.#isTextRequested === undefined ? 1 : 1 << Math.ceil(Math.log2(rows * 2 + 2))
    this.#mask = size - 1
    this.#ids = new Uint32Array(size)
    this.#texts = new Int32Array(size).fill(NONE)
    if (this.#isTextRequested === undefined) return
    for (let row = 0; row < rows; row++) {
      if (this.date < table.start(row) || this.date >= table.end(row)) continue
      const symbol = table.symbolAt(row)
      if (table.texts[symbol] === 0) continue
      const requested = table.requestedAt(row)
      if (this.#isTextRequested) this.#add(table.number(symbol), requested)
      else this.#add(table.number(requested), symbol)
    }
  }

  find(id: number): string | undefined {
    const at = this.#textAt(id)
    return at === NONE ? undefined : this.#table.text(at)
  }

  /** True when an id's symbol is an option of none of these roots; makes no string. */
  isForeign(id: number, roots: readonly Uint8Array[]): boolean {
    const at = this.#textAt(id)
    return at !== NONE && isForeignOption(this.#table.texts, at, roots)
  }

  #add(id: number, text: number): void {
    if (Number.isNaN(id)) return
    let slot = hash(id) & this.#mask
    while (this.#texts[slot] !== NONE && this.#ids[slot] !== id) slot = (slot + 1) & this.#mask
    this.#ids[slot] = id
    this.#texts[slot] = text
  }

  #textAt(id: number): number {
    const { length } = this.#texts
    if (length === 0) return NONE
    for (let slot = hash(id) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const text = this.#texts[slot] as number
      if (text === NONE || this.#ids[slot] === id) return text
    }
  }
}

/** True when the text at a place, ended by a zero byte, is an OCC symbol of 21 characters of none of these roots. */
export function isForeignOption(texts: Uint8Array, at: number, roots: readonly Uint8Array[]): boolean {
  if (texts[at + SYMBOL_LENGTH] !== 0 || (texts[at] as number) < 0x41) return false
  for (let i = at + 6; i < at + SYMBOL_LENGTH; i++) {
    const byte = texts[i] as number
    if (i === at + 12 ? byte !== 0x43 && byte !== 0x50 : byte < 0x30 || byte > 0x39) return false
  }
  return !roots.some((root) => hasRoot(texts, at, root))
}

function hasRoot(texts: Uint8Array, at: number, root: Uint8Array): boolean {
  for (let i = 0; i < 6; i++) if (texts[at + i] !== (root[i] ?? BLANK)) return false
  return true
}

function hash(id: number): number {
  return Math.imul(id, 0x9e37_79b1) >>> 8
}

function toDate(day: number): number {
  return Number(new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''))
}
