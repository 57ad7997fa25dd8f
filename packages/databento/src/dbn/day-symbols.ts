import type { Metadata } from './metadata.js'

/** Symbols by instrument id for one UTC day at a time: ids are used again on other days. */
export class DaySymbols {
  /** The day set, as YYYYMMDD. */
  date = 0
  readonly #metadata: Metadata
  #byId = new Map<number, string>()

  constructor(metadata: Metadata) {
    this.#metadata = metadata
  }

  /** Moves to a day, counted from 1970-01-01. */
  setDay(day: number): void {
    this.date = toDate(day)
    this.#byId = new Map()
    const isTextIn = this.#metadata.stypeOut === 'instrument_id'
    if (!isTextIn && this.#metadata.stypeIn !== 'instrument_id') return
    for (const { rawSymbol, intervals } of this.#metadata.mappings) {
      for (const { startDate, endDate, symbol } of intervals) {
        if (symbol === '' || this.date < startDate || this.date >= endDate) continue
        if (isTextIn) this.#byId.set(Number(symbol), rawSymbol)
        else this.#byId.set(Number(rawSymbol), symbol)
      }
    }
  }

  find(id: number): string | undefined {
    return this.#byId.get(id)
  }
}

function toDate(day: number): number {
  return Number(new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''))
}
