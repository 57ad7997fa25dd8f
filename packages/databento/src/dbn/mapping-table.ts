import type { MappingInterval, Metadata, SymbolMapping } from './metadata.js'

const NUL = 0
const NO_VIEW = new DataView(new ArrayBuffer(0))

/**
 * Symbol mappings in columns: a day of OPRA has 200,000, and most readers want a few of them.
 *
 * Texts lie one after the other in one buffer, each ended by a zero byte.
 */
export class MappingTable {
  texts: Uint8Array
  #view: DataView
  #used = 0
  /** The bytes that texts were taken from last. */
  #source: Uint8Array | undefined
  #sourceView: DataView = NO_VIEW
  /** Where each mapping's requested symbol stands. */
  #requested: Uint32Array
  /** The first interval of each mapping. */
  #first: Uint32Array
  #mappings = 0
  #rows = 0
  #start: Uint32Array
  #end: Uint32Array
  #text: Uint32Array
  #requestedOf: Uint32Array

  constructor(mappings = 16) {
    this.texts = new Uint8Array(mappings * 32)
    this.#view = new DataView(this.texts.buffer)
    this.#requested = new Uint32Array(mappings)
    this.#first = new Uint32Array(mappings)
    this.#start = new Uint32Array(mappings)
    this.#end = new Uint32Array(mappings)
    this.#text = new Uint32Array(mappings)
    this.#requestedOf = new Uint32Array(mappings)
  }

  /** How many symbols were asked for. */
  get mappings(): number {
    return this.#mappings
  }

  /** Where the symbol that a mapping was asked for stands. */
  requestedOf(mapping: number): number {
    return this.#requested[mapping] as number
  }

  /** The first interval of a mapping; of the one after the last, how many intervals there are. */
  firstRow(mapping: number): number {
    return mapping < this.#mappings ? (this.#first[mapping] as number) : this.#rows
  }

  /** Intervals of all mappings. */
  get rows(): number {
    return this.#rows
  }

  start(row: number): number {
    return this.#start[row] as number
  }

  end(row: number): number {
    return this.#end[row] as number
  }

  /** Where the text of an interval's symbol stands. */
  symbolAt(row: number): number {
    return this.#text[row] as number
  }

  /** Where the text of the symbol that was asked for stands. */
  requestedAt(row: number): number {
    return this.#requestedOf[row] as number
  }

  text(at: number): string {
    return decoder.decode(this.texts.subarray(at, this.texts.indexOf(NUL, at)))
  }

  /** The text as a whole number; NaN when it is none. */
  number(at: number): number {
    const { texts } = this
    if (texts[at] === NUL) return Number.NaN
    let value = 0
    for (let i = at; texts[i] !== NUL; i++) {
      const digit = (texts[i] as number) - 48
      if (digit < 0 || digit > 9) return Number.NaN
      value = value * 10 + digit
    }
    return value
  }

  /** Starts a mapping, whose requested symbol is `bytes[at, at + length)` up to the first zero. */
  addMapping(bytes: Uint8Array, at: number, length: number): void {
    const mapping = this.#mappings++
    if (mapping === this.#requested.length) {
      this.#requested = grown(this.#requested)
      this.#first = grown(this.#first)
    }
    this.#requested[mapping] = this.#put(bytes, at, length)
    this.#first[mapping] = this.#rows
  }

  /** Adds an interval to the last mapping. */
  addInterval(start: number, end: number, bytes: Uint8Array, at: number, length: number): void {
    const row = this.#rows++
    if (row === this.#start.length) this.#growRows()
    this.#start[row] = start
    this.#end[row] = end
    this.#text[row] = this.#put(bytes, at, length)
    this.#requestedOf[row] = this.#requested[this.#mappings - 1] as number
  }

  /** Lets go of the bytes that texts were taken from: the metadata of a day have 30 MB. */
  letGo(): void {
    this.#source = undefined
    this.#sourceView = NO_VIEW
  }

  /** The mappings as objects. */
  toMappings(): SymbolMapping[] {
    return Array.from({ length: this.#mappings }, (_, mapping) => {
      const intervals: MappingInterval[] = []
      const end = this.firstRow(mapping + 1)
      for (let row = this.firstRow(mapping); row < end; row++) {
        const [startDate, endDate] = [this.start(row), this.end(row)]
        intervals.push({ startDate, endDate, symbol: this.text(this.symbolAt(row)) })
      }
      return { rawSymbol: this.text(this.requestedOf(mapping)), intervals }
    })
  }

  #put(bytes: Uint8Array, at: number, length: number): number {
    if (this.#used + length + 1 > this.texts.length) {
      const texts = new Uint8Array(this.texts.length * 2 + length)
      texts.set(this.texts)
      this.texts = texts
      this.#view = new DataView(texts.buffer)
    }
    if (bytes !== this.#source) {
      this.#source = bytes
      this.#sourceView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    const { texts } = this
    const view = this.#view
    const from = this.#sourceView
    const start = this.#used
    let i = 0
    // Four bytes at a time, until one of them is zero.
    for (; i + 4 <= length; i += 4) {
      const word = from.getInt32(at + i, true)
      if (((word - 0x0101_0101) & ~word & 0x8080_8080) !== 0) break
      view.setInt32(start + i, word, true)
    }
    for (; i < length && bytes[at + i] !== NUL; i++) texts[start + i] = bytes[at + i] as number
    texts[start + i] = NUL
    this.#used = start + i + 1
    return start
  }

  #growRows(): void {
    this.#start = grown(this.#start)
    this.#end = grown(this.#end)
    this.#text = grown(this.#text)
    this.#requestedOf = grown(this.#requestedOf)
  }
}

function grown(column: Uint32Array): Uint32Array {
  const larger = new Uint32Array(column.length * 2 + 16)
  larger.set(column)
  return larger
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const tables = new WeakMap<Metadata, MappingTable>()
const decoded = new WeakMap<Metadata, MappingTable>()

/** Metadata whose mappings become objects when somebody looks at them. */
export function withMappings(metadata: Omit<Metadata, 'mappings'>, table: MappingTable): Metadata {
  let mappings: readonly SymbolMapping[] | undefined
  const whole: Metadata = {
    ...metadata,
    get mappings() {
      mappings ??= table.toMappings()
      return mappings
    },
  }
  tables.set(whole, table)
  decoded.set(whole, table)
  return whole
}

/** The mappings of metadata that were decoded, as they lay in the file; undefined for metadata made by hand. */
export function decodedTableOf(metadata: Metadata): MappingTable | undefined {
  return decoded.get(metadata)
}

/** The mappings of metadata in columns. */
export function mappingTableOf(metadata: Metadata): MappingTable {
  const known = tables.get(metadata) ?? tableOf(metadata.mappings)
  tables.set(metadata, known)
  return known
}

/** Mappings in columns; a text ends at its first zero. */
export function tableOf(mappings: readonly SymbolMapping[]): MappingTable {
  const table = new MappingTable(mappings.length)
  for (const { rawSymbol, intervals } of mappings) {
    const requested = encoder.encode(rawSymbol)
    table.addMapping(requested, 0, requested.length)
    for (const { startDate, endDate, symbol } of intervals) {
      const text = encoder.encode(symbol)
      table.addInterval(startDate, endDate, text, 0, text.length)
    }
  }
  return table
}
