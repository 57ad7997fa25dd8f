import type { Schema } from '../dbn/enums.js'
import { CsvFormatError, MissingColumnError } from '../errors.js'
import { BatchWriter } from '../tape/batch-writer.js'
import type { DecodeOptions } from '../tape/decode-dbn.js'
import { type EventBatch, KIND } from '../tape/event-batch.js'
import { SymbolFilter } from '../tape/symbol-filter.js'
import { readInteger, readPriceMicros, readTimeUs } from './fields.js'
import { LineReader } from './line-reader.js'

const OPEN_INTEREST = 9
const QUOTE = ['ts_recv', 'bid_px_00', 'ask_px_00', 'bid_sz_00', 'ask_sz_00']
const BAR = ['ts_event', 'open', 'high', 'low', 'close', 'volume']
const NEEDED: Readonly<Partial<Record<Schema, readonly string[]>>> = {
  'cbbo-1m': QUOTE,
  'cbbo-1s': QUOTE,
  'cmbp-1': [...QUOTE, 'ts_event', 'action', 'price', 'size'],
  trades: ['ts_recv', 'ts_event', 'price', 'size'],
  'ohlcv-1s': BAR,
  'ohlcv-1m': BAR,
  'ohlcv-1h': BAR,
  'ohlcv-1d': BAR,
  statistics: ['ts_recv', 'stat_type', 'quantity'],
}
const BAR_US: Readonly<Partial<Record<Schema, number>>> = {
  'ohlcv-1s': 1_000_000,
  'ohlcv-1m': 60_000_000,
  'ohlcv-1h': 3_600_000_000,
  'ohlcv-1d': 86_400_000_000,
}
const ADVICE = 'Fetch the file again as a batch job with encoding csv; other programs must not rewrite it.'

/** Turns the text of Databento's batch CSV into the same batches as DBN. */
export class CsvBatcher {
  readonly #options: DecodeOptions
  readonly #filter: SymbolFilter
  readonly #writer: BatchWriter
  readonly #lines = new LineReader((bytes, start, end, line) => this.#line(bytes, start, end, line))
  /** Columns by name: their place in a row. */
  #columns: ReadonlyMap<string, number> | undefined
  /** Starts of the fields of the row at hand, one more than there are fields. */
  #starts: Int32Array = new Int32Array(0)
  #bytes: Uint8Array = new Uint8Array(0)
  #fieldCount = 0
  #lineNumber = 0
  /** The last time read: all rows of a minute repeat it. */
  #timeBytes: Uint8Array = new Uint8Array(0)
  #timeUs = Number.NaN
  readonly #symbolBySlot = new Map<string, number>()

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#filter = new SymbolFilter(options.wanted, options.stats)
    this.#writer = new BatchWriter({ source: options.source, stats: options.stats, filter: this.#filter })
  }

  push(bytes: Uint8Array): void {
    this.#lines.push(bytes)
  }

  /**
   * Ends the text.
   *
   * @throws {@link CsvFormatError} When there is no header, or the last line has no end.
   */
  end({ partial }: { readonly partial: boolean }): void {
    if (this.#columns === undefined) throw this.#wrong(1, 'there is no header')
    if (this.#lines.left > 0 && !partial) {
      throw this.#wrong(this.#lines.lines + 1, 'the file was cut short: its last line has no end')
    }
  }

  /** Batches that are full, and at the end the last one too. */
  take(isEnd: boolean): EventBatch[] {
    return this.#writer.take(isEnd)
  }

  #line(bytes: Uint8Array, start: number, end: number, line: number): void {
    this.#lineNumber = line
    if (this.#columns === undefined) {
      this.#readHeader(bytes, start, end)
      return
    }
    if (start === end) return
    this.#split(bytes, start, end)
    this.#options.stats.records++
    switch (this.#options.schema) {
      case 'cbbo-1m':
      case 'cbbo-1s':
        return this.#quote(this.#received(), Number.NaN)
      case 'cmbp-1': {
        const receivedUs = this.#received()
        this.#quote(receivedUs, this.#time('ts_event'))
        if (this.#text('action') === 'T') this.#trade(receivedUs)
        return
      }
      case 'trades':
        return this.#trade(this.#received())
      case 'statistics':
        return this.#statistic()
      default:
        return this.#bar()
    }
  }

  #readHeader(bytes: Uint8Array, start: number, end: number): void {
    const { source, schema } = this.#options
    const names = String.fromCharCode(...bytes.subarray(start, end))
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .split(',')
    if (names[0] === undefined || !/^[a-z_]/.test(names[0])) {
      throw new CsvFormatError({
        source,
        line: 1,
        reason: 'the first line is no header',
        hint: 'Databento writes the column names first. Put them back, or fetch the file again.',
      })
    }
    const columns = new Map(names.map((name, place) => [name, place]))
    for (const [name, place] of [...columns]) if (!columns.has(`${name}_00`)) columns.set(`${name}_00`, place)
    for (const column of NEEDED[schema] ?? [])
      if (!columns.has(column)) throw new MissingColumnError({ source, column })
    if (!columns.has('symbol') && !(columns.has('instrument_id') && this.#options.symbolOf !== undefined)) {
      throw new MissingColumnError({ source, column: 'symbol' })
    }
    this.#columns = columns
    this.#fieldCount = names.length
    this.#starts = new Int32Array(names.length + 1)
  }

  #split(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes
    let field = 0
    this.#starts[0] = start
    for (let i = start; i < end; i++) {
      if (bytes[i] !== 44) continue
      if (++field >= this.#fieldCount) break
      this.#starts[field] = i + 1
    }
    if (field !== this.#fieldCount - 1) {
      throw this.#wrong(
        this.#lineNumber,
        `it has ${field >= this.#fieldCount ? 'more' : field + 1} fields, the header ${this.#fieldCount}`,
      )
    }
    this.#starts[this.#fieldCount] = end + 1
  }

  #quote(receivedUs: number, sourceUs: number): void {
    const symbol = this.#symbol(receivedUs)
    if (symbol < 0) return
    const row = this.#writer.begin(
      KIND.quote,
      symbol,
      receivedUs,
      Number.isNaN(sourceUs) ? receivedUs : sourceUs,
    )
    const { a, b, c, d } = this.#writer.batch
    a[row] = this.#price('bid_px_00')
    b[row] = this.#price('ask_px_00')
    c[row] = this.#integer('bid_sz_00')
    d[row] = this.#integer('ask_sz_00')
    this.#writer.commit()
  }

  #trade(receivedUs: number): void {
    const symbol = this.#symbol(receivedUs)
    if (symbol < 0) return
    const row = this.#writer.begin(KIND.trade, symbol, receivedUs, this.#time('ts_event'))
    this.#writer.batch.a[row] = this.#price('price')
    this.#writer.batch.b[row] = this.#integer('size')
    this.#writer.commit()
  }

  #bar(): void {
    const startUs = this.#time('ts_event')
    const receivedUs = startUs + (BAR_US[this.#options.schema] ?? 0)
    const symbol = this.#symbol(startUs)
    if (symbol < 0) return
    if (this.#options.wanted.options) return this.#writer.volume(symbol, receivedUs, this.#integer('volume'))
    const row = this.#writer.begin(KIND.bar, symbol, receivedUs, startUs)
    const { a, b, c, d, e } = this.#writer.batch
    a[row] = this.#price('open')
    b[row] = this.#price('high')
    c[row] = this.#price('low')
    d[row] = this.#price('close')
    e[row] = this.#integer('volume')
    this.#writer.commit()
  }

  #statistic(): void {
    if (this.#integer('stat_type') !== OPEN_INTEREST) return
    const receivedUs = this.#received()
    const symbol = this.#symbol(receivedUs)
    if (symbol >= 0) this.#writer.openInterest(symbol, receivedUs, this.#integer('quantity'))
  }

  /** The row's instrument. Symbol texts repeat, so they are looked up by their bytes as a string once each. */
  #symbol(us: number): number {
    const place = this.#columns?.get('symbol')
    const text = place === undefined ? this.#textOfId(us) : this.#slice(place)
    let symbol = this.#symbolBySlot.get(text)
    if (symbol === undefined) {
      symbol = this.#filter.findSymbol(text)
      this.#symbolBySlot.set(text, symbol)
    }
    if (symbol < 0) this.#filter.leaveOut(symbol)
    return symbol
  }

  #textOfId(us: number): string {
    const date = Number(new Date(us / 1_000).toISOString().slice(0, 10).replaceAll('-', ''))
    return this.#options.symbolOf?.(this.#integer('instrument_id'), date) ?? ''
  }

  #received(): number {
    const place = this.#place('ts_recv')
    const start = this.#starts[place] as number
    const end = (this.#starts[place + 1] as number) - 1
    if (!this.#isSameTime(start, end)) {
      this.#timeUs = this.#time('ts_recv')
      this.#timeBytes = this.#bytes.slice(start, end)
    }
    return this.#timeUs
  }

  #isSameTime(start: number, end: number): boolean {
    const known = this.#timeBytes
    if (known.length !== end - start) return false
    for (let i = known.length - 1; i >= 0; i--) if (known[i] !== this.#bytes[start + i]) return false
    return true
  }

  #time(column: string): number {
    const place = this.#place(column)
    const us = readTimeUs(this.#bytes, this.#starts[place] as number, (this.#starts[place + 1] as number) - 1)
    if (us === undefined || (column === 'ts_recv' && Number.isNaN(us))) throw this.#badField(column, 'time')
    return us
  }

  #price(column: string): number {
    const place = this.#place(column)
    const micros = readPriceMicros(
      this.#bytes,
      this.#starts[place] as number,
      (this.#starts[place + 1] as number) - 1,
    )
    if (micros === undefined) throw this.#badField(column, 'price')
    return micros
  }

  #integer(column: string): number {
    const place = this.#place(column)
    const value = readInteger(
      this.#bytes,
      this.#starts[place] as number,
      (this.#starts[place + 1] as number) - 1,
    )
    if (Number.isNaN(value)) throw this.#badField(column, 'whole number')
    return value
  }

  #text(column: string): string {
    return this.#slice(this.#place(column))
  }

  #slice(place: number): string {
    const start = this.#starts[place] as number
    const end = (this.#starts[place + 1] as number) - 1
    const isQuoted = this.#bytes[start] === 34
    let text = ''
    for (let i = isQuoted ? start + 1 : start; i < (isQuoted ? end - 1 : end); i++)
      text += String.fromCharCode(this.#bytes[i] as number)
    return text
  }

  #place(column: string): number {
    return this.#columns?.get(column) ?? 0
  }

  #badField(column: string, what: string): CsvFormatError {
    return this.#wrong(this.#lineNumber, `"${this.#text(column)}" in column ${column} is no ${what}`)
  }

  #wrong(line: number, reason: string): CsvFormatError {
    return new CsvFormatError({ source: this.#options.source, line, reason, hint: ADVICE })
  }
}
