import type { Schema } from '../dbn/enums.js'
import type { Layout } from '../dbn/layouts.js'
import { MixedRecordsError } from '../errors.js'
import { RowReader, type TextOptions } from './text-encoder.js'
import { printField } from './values.js'

/** How records become CSV. */
export interface CsvOptions extends TextOptions {
  /** The schema of the metadata: null when mixed; left out for a fragment, whose first record decides. */
  readonly schema?: Schema | null
}

const NEEDS_QUOTES = /[",\r\n]/

/**
 * Writes records as the CSV that Databento's own encoder writes, byte for byte.
 *
 * @example
 * const csv = new CsvEncoder({ ...metadata, prettyPrices: true, prettyTimes: true })
 * let text = csv.header()
 * text += csv.row(view, offset)
 */
export class CsvEncoder {
  readonly #rows: RowReader
  readonly #options: CsvOptions
  #layout: Layout | undefined
  #hasHeader = false

  /** @throws {@link MixedRecordsError} When the stream is mixed and neither a schema nor symbols are asked for. */
  constructor(options: CsvOptions) {
    const { schema, onlySchema, symbols } = options
    this.#rows = new RowReader(options)
    this.#options = options
    const known = onlySchema ?? schema ?? undefined
    if (known !== undefined) this.#layout = this.#rows.layoutOfSchema(known)
    else if (schema === null && symbols === undefined)
      throw new MixedRecordsError({ wanted: 'one schema', found: 'a mixed stream' })
  }

  /** Records of unknown type left out so far. */
  get skipped(): number {
    return this.#rows.skipped
  }

  /** The header line, once; empty when it was given before, or no record has said yet which it is. */
  header(): string {
    if (this.#layout === undefined || this.#hasHeader) return ''
    this.#hasHeader = true
    const names = this.#rows.columnsOf(this.#layout).map(({ name }) => name)
    if (this.#rows.hasSymbols) names.push('symbol')
    return `${names.join(',')}\n`
  }

  /**
   * The line of the record at `offset`, with the header before it if that was not given yet.
   *
   * @throws {@link MixedRecordsError} When its layout is another than the header's.
   * @throws {@link UnknownRecordTypeError} On a record of unknown type, unless `skipUnknown`.
   */
  row(view: DataView, offset: number): string {
    const row = this.#rows.read(view, offset)
    if (row === undefined) return ''
    this.#layout ??= row.layout
    if (row.layout !== this.#layout)
      throw new MixedRecordsError({ wanted: this.#layout.name, found: row.layout.name })
    let line = this.header()
    let isFirst = true
    for (const field of row.columns) {
      if (!isFirst) line += ','
      isFirst = false
      line += quote(printField(row.view, row.offset, field, this.#options).text ?? '')
    }
    if (this.#rows.hasSymbols) line += `,${quote(row.symbol ?? '')}`
    return `${line}\n`
  }
}

function quote(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
