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
  /** The mapping's interval of each id. */
  #rows: IdTable = new IdTable()
  /** Texts by the place of their id, fetched while the id is being compared; made when they are first asked for. */
  #texts: (string | undefined)[] = []

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
    this.#rows = new IdTable(leaveOut === undefined ? rows : 0)
    this.#texts = []
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
      if (leaveOut?.(id, table.texts, text) !== true || this.#rows.get(id) >= 0) this.#rows.set(id, row)
    }
  }

  /** The ids that {@link find} knows. */
  ids(): Uint32Array {
    return this.#rows.ids()
  }

  /** The symbol of an id; the same string each time. */
  find(id: number): string | undefined {
    const place = this.#rows.placeOf(id)
    return place < 0 ? undefined : (this.#texts[place] ?? this.#read(place))
  }

  #read(place: number): string | undefined {
    const table = this.#table
    const row = this.#rows.valueAt(place)
    if (this.#texts.length === 0) this.#texts = Array.from({ length: this.#rows.places }, () => undefined)
    const text = table.text(this.#isTextRequested === true ? table.requestedAt(row) : table.symbolAt(row))
    this.#texts[place] = text
    return text
  }
}

function toDate(day: number): number {
  return Number(new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''))
}
