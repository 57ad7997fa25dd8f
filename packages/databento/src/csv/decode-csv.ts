import type { Schema } from '../dbn/enums.js'
import { CsvFormatError, MissingColumnError } from '../errors.js'
import { BatchWriter } from '../tape/batch-writer.js'
import { BAR_US, type DecodeOptions, OPEN_INTEREST } from '../tape/decode-dbn.js'
import { type EventBatch, KIND } from '../tape/event-batch.js'
import { SymbolFilter } from '../tape/symbol-filter.js'
import type { ByteSource } from '../zstd/byte-source.js'
import { CsvRow } from './csv-row.js'
import { FastQuotes } from './fast-quotes.js'
import { FORM } from './fields.js'
import { LineReader } from './line-reader.js'
import { QuoteLine } from './quote-line.js'
import { SymbolBytes } from './symbol-bytes.js'

const TRADE_ACTION = 84
const US_PER_DAY = 86_400_000_000
const NO_COLUMN = -1

/** The places of the columns that a schema needs. */
interface Columns {
  readonly symbol: number
  readonly id: number
  readonly received: number
  readonly event: number
  /** Prices, then sizes, in the order of the batch's columns. */
  readonly quote: readonly [number, number, number, number] | undefined
  readonly trade: readonly [number, number] | undefined
  readonly bar: readonly [number, number, number, number, number] | undefined
  readonly action: number
  readonly statType: number
  readonly quantity: number
}

/** Turns the text of Databento's batch CSV into the same batches as DBN. */
export class CsvBatcher {
  readonly #options: DecodeOptions
  readonly #filter: SymbolFilter
  readonly #writer: BatchWriter
  readonly #symbols: SymbolBytes = new SymbolBytes()
  /** Plain lines of sampled quotes, where the symbol stands last; others are read with care. */
  readonly #quotes: FastQuotes
  readonly #lines: LineReader
  readonly #barUs: number
  #row: CsvRow | undefined
  #columns: Columns | undefined
  #day = Number.NaN
  #date = 0

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#filter = new SymbolFilter(options.wanted, options.stats)
    this.#writer = new BatchWriter({ source: options.source, stats: options.stats, filter: this.#filter })
    this.#barUs = BAR_US[options.schema] ?? 0
    this.#quotes = new FastQuotes({
      filter: this.#filter,
      writer: this.#writer,
      stats: options.stats,
      symbols: this.#symbols,
      find: this.#find,
    })
    this.#lines = new LineReader(
      (bytes, start, end, line) => this.#line(bytes, start, end, line),
      this.#quotes,
    )
  }

  /** Takes the next piece of the text. @throws {@link CsvFormatError} {@link MissingColumnError} */
  push(bytes: Uint8Array): void {
    this.#lines.push(bytes)
  }

  /** Takes the next piece of a source; false at its end. */
  pull(source: ByteSource): boolean {
    return this.#lines.pull(source)
  }

  /**
   * Ends the text.
   *
   * @throws {@link CsvFormatError} When there is no header, or the last line has no end.
   */
  end({ partial }: { readonly partial: boolean }): void {
    const { source } = this.#options
    const hint = 'Fetch the file again.'
    if (this.#row === undefined)
      throw new CsvFormatError({ source, line: 1, reason: 'there is no header', hint })
    if (this.#lines.left > 0 && !partial) {
      const reason = 'the file was cut short: its last line has no end'
      throw new CsvFormatError({ source, line: this.#lines.lines + 1, reason, hint })
    }
  }

  /** Batches that are full, and at the end the last one too. */
  take(isEnd: boolean): EventBatch[] {
    return this.#writer.take(isEnd)
  }

  #line(bytes: Uint8Array, start: number, end: number, line: number): void {
    const row = this.#row
    const columns = this.#columns
    if (row === undefined || columns === undefined) {
      this.#readHeader(bytes, start, end)
      return
    }
    if (start === end) return
    this.#options.stats.records++
    row.split(bytes, start, end, line)
    const isBar = columns.bar !== undefined
    const indexUs = row.time(isBar ? columns.event : columns.received)
    if (Number.isNaN(indexUs)) throw row.wrong(`${isBar ? 'ts_event' : 'ts_recv'} is empty`)
    this.#setDay(indexUs)
    if (columns.statType >= 0 && row.integer(columns.statType) !== OPEN_INTEREST) return
    const symbol = this.#symbolOf(row, columns)
    if (symbol < 0) return
    if (columns.statType >= 0) this.#writer.openInterest(symbol, indexUs, row.integer(columns.quantity))
    if (columns.trade !== undefined && this.#isTrade(row, columns)) {
      this.#trade(row, columns, columns.trade, symbol, indexUs)
    }
    if (columns.quote !== undefined) {
      this.#quote(row, columns, columns.quote, symbol, indexUs)
      this.#learn(row, columns, columns.quote, indexUs)
    }
    if (columns.bar !== undefined) this.#bar(row, columns.bar, symbol, indexUs)
  }

  #readHeader(bytes: Uint8Array, start: number, end: number): void {
    const { source, schema, symbolOf } = this.#options
    const isMarked = bytes[start] === 0xef
    const row = new CsvRow(source, bytes.subarray(isMarked ? start + 3 : start, end))
    const symbol = row.place('symbol')
    const id = row.place('instrument_id')
    if (symbol < 0 && (id < 0 || symbolOf === undefined))
      throw new MissingColumnError({ source, column: 'symbol' })
    this.#row = row
    const columns = { symbol, id, ...columnsOf(row, schema) }
    this.#columns = columns
    const { quote, received, event } = columns
    if (quote === undefined || event >= 0) return
    const [bid, ask, bidSize, askSize] = quote
    const places = { received, id, bid, ask, bidSize, askSize, symbol, count: row.count }
    if (QuoteLine.canRead(places)) this.#quotes.line = new QuoteLine(places)
  }

  /** The number of the row's instrument; negative and counted when the row is left out. */
  #symbolOf(row: CsvRow, { symbol, id }: Columns): number {
    const hasText = symbol >= 0 && row.end(symbol) > row.start(symbol)
    if (!hasText && id >= 0) return this.#filter.find(row.integer(id), this.#textOfId)
    const found = hasText
      ? this.#symbols.find(row.bytes, row.start(symbol), row.end(symbol), this.#find)
      : this.#filter.findSymbol(undefined)
    if (found < 0) this.#filter.leaveOut(found)
    return found
  }

  readonly #find = (text: string): number => this.#filter.findSymbol(text)

  readonly #textOfId = (id: number): string | undefined => this.#options.symbolOf?.(id, this.#date)

  #setDay(us: number): void {
    const day = Math.floor(us / US_PER_DAY)
    if (day === this.#day) return
    this.#day = day
    this.#date = Number(new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''))
    this.#symbols.clear()
    this.#quotes.startDay()
    this.#filter.setDay(day)
    this.#writer.startDay()
  }

  #quote(
    row: CsvRow,
    columns: Columns,
    quote: NonNullable<Columns['quote']>,
    symbol: number,
    us: number,
  ): void {
    const sourceUs = columns.event < 0 ? us : row.time(columns.event)
    const at = this.#writer.begin(KIND.quote, symbol, us, sourceUs)
    const { a, b, c, d } = this.#writer.batch
    a[at] = row.price(quote[0])
    b[at] = row.price(quote[1])
    c[at] = row.integer(quote[2])
    d[at] = row.integer(quote[3])
    this.#writer.commit()
  }

  /** Prices of both sides must be written the same way; most lines repeat the receive time of the one before. */
  #learn(row: CsvRow, { received }: Columns, quote: NonNullable<Columns['quote']>, us: number): void {
    const bid = row.form(quote[0])
    const ask = row.form(quote[1])
    if (bid !== FORM.unknown && ask !== FORM.unknown && bid !== ask) this.#quotes.line = undefined
    this.#quotes.line?.learn(
      row.bytes,
      row.start(received),
      row.end(received),
      us,
      bid === FORM.unknown ? ask : bid,
    )
  }

  #isTrade(row: CsvRow, { action }: Columns): boolean {
    return action < 0 || row.bytes[row.start(action)] === TRADE_ACTION
  }

  #trade(
    row: CsvRow,
    columns: Columns,
    trade: NonNullable<Columns['trade']>,
    symbol: number,
    us: number,
  ): void {
    const at = this.#writer.begin(KIND.trade, symbol, us, row.time(columns.event))
    const { a, b } = this.#writer.batch
    a[at] = row.price(trade[0])
    b[at] = row.integer(trade[1])
    this.#writer.commit()
  }

  #bar(row: CsvRow, bar: NonNullable<Columns['bar']>, symbol: number, startUs: number): void {
    const receivedUs = startUs + this.#barUs
    const volume = row.integer(bar[4])
    if (this.#options.wanted.options) {
      this.#writer.volume(symbol, receivedUs, volume)
      return
    }
    const at = this.#writer.begin(KIND.bar, symbol, receivedUs, startUs)
    const { a, b, c, d, e } = this.#writer.batch
    a[at] = row.price(bar[0])
    b[at] = row.price(bar[1])
    c[at] = row.price(bar[2])
    d[at] = row.price(bar[3])
    e[at] = volume
    this.#writer.commit()
  }
}

/** Finds a schema's columns by name. Of an interval sample the event time is the last trade's and is not read. */
function columnsOf(row: CsvRow, schema: Schema): Omit<Columns, 'symbol' | 'id'> {
  const none = {
    received: NO_COLUMN,
    event: NO_COLUMN,
    action: NO_COLUMN,
    statType: NO_COLUMN,
    quantity: NO_COLUMN,
  }
  const empty = { ...none, quote: undefined, trade: undefined, bar: undefined }
  const need = (name: string): number => row.require(name)
  if (schema in BAR_US) {
    const bar = [need('open'), need('high'), need('low'), need('close'), need('volume')] as const
    return { ...empty, event: need('ts_event'), bar }
  }
  const received = need('ts_recv')
  if (schema === 'statistics')
    return { ...empty, received, statType: need('stat_type'), quantity: need('quantity') }
  if (schema === 'trades' || schema === 'tcbbo') {
    return { ...empty, received, event: need('ts_event'), trade: [need('price'), need('size')] }
  }
  const quote = [need('bid_px_00'), need('ask_px_00'), need('bid_sz_00'), need('ask_sz_00')] as const
  if (schema !== 'cmbp-1') return { ...empty, received, quote }
  const trade = [need('price'), need('size')] as const
  return { ...empty, received, event: need('ts_event'), action: need('action'), quote, trade }
}
