import { IdTable } from '../symbols/id-table.js'
import { type MappingTable, mappingTableOf } from './mapping-table.js'
import type { Metadata } from './metadata.js'

/** Told of each id of a day and where its symbol's bytes stand, ended by a zero byte; true: do not keep it. */
export type LeaveOut = (id: number, texts: Uint8Array, at: number) => boolean

/** Symbols by instrument id for one UTC day at a time: ids are used again on other days. */
export class DaySymbols {
  /** The day set, as YYYYMMDD. */
  date = 0
  readonly #table: MappingTable
  /** Whether symbols are the requested side of the mappings, and ids the other; undefined: neither is an id. */
  readonly #isTextRequested: boolean | undefined
  /** Where the text of each id stands. */
  #texts: IdTable = new IdTable()

  constructor(metadata: Metadata) {
    const { stypeIn, stypeOut } = metadata
    this.#table = mappingTableOf(metadata)
    if (stypeOut === 'instrument_id') this.#isTextRequested = true
    else this.#isTextRequested = stypeIn === 'instrument_id' ? false : undefined
  }

  /** Moves to a day, counted from 1970-01-01; symbols that `leaveOut` takes are not found. */
  setDay(day: number, leaveOut?: LeaveOut): void {
    this.date = toDate(day)
    const table = this.#table
    const { rows } = table
    this.#texts = new IdTable(leaveOut === undefined ? rows : 0)
    if (this.#isTextRequested === undefined) return
    for (let row = 0; row < rows; row++) {
      if (this.date < table.start(row) || this.date >= table.end(row)) continue
      const symbol = table.symbolAt(row)
      if (table.texts[symbol] === 0) continue
      const requested = table.requestedAt(row)
      const id = table.number(this.#isTextRequested ? symbol : requested)
      if (Number.isNaN(id)) continue
      const text = this.#isTextRequested ? requested : symbol
      // Of two mappings of an id the later one counts, also when it is left out.
      if (leaveOut?.(id, table.texts, text) !== true || this.#texts.get(id) >= 0) this.#texts.set(id, text)
    }
  }

  find(id: number): string | undefined {
    const at = this.#texts.get(id)
    return at < 0 ? undefined : this.#table.text(at)
  }
}

function toDate(day: number): number {
  return Number(new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''))
}
