import type { Schema } from '../dbn/enums.js'
import { type Field, type Layout, layoutOf, RTYPE_OF_SCHEMA } from '../dbn/layouts.js'
import { checkLength, type RecordFormat } from '../dbn/record.js'
import { upgradeRecord } from '../dbn/upgrade.js'
import { UnknownFieldError, UnknownRecordTypeError } from '../errors.js'
import type { SymbolSource } from '../symbols/symbol-source.js'
import { textColumns } from './columns.js'
import type { TextForm } from './values.js'

/** How records become text. */
export interface TextOptions extends TextForm, RecordFormat {
  /** Gives every record a last field `symbol`. */
  readonly symbols?: SymbolSource
  /** Rewrites records in the layouts of version 3 first. */
  readonly upgrade?: boolean
  /** Leaves out records of other types than this schema's. */
  readonly onlySchema?: Schema
  /** Leaves out, and counts, records of unknown type instead of an error. */
  readonly skipUnknown?: boolean
  /** Only these fields, by Databento's names, in the usual order; `symbol` and `ts_out` are such names too. */
  readonly fields?: readonly string[]
}

const HEADER_FIELDS: readonly Field[] = [
  { name: 'rtype', type: 'u8', offset: 1, bytes: 1 },
  { name: 'publisher_id', type: 'u16', offset: 2, bytes: 2 },
  { name: 'instrument_id', type: 'u32', offset: 4, bytes: 4 },
  { name: 'ts_event', type: 'time', offset: 8, bytes: 8 },
]

/** A record about to be written: where it lies, its columns in the order of text, and its symbol. */
export interface TextRow {
  readonly view: DataView
  readonly offset: number
  readonly layout: Layout
  readonly columns: readonly Field[]
  readonly symbol: string | null
}

/** What CSV and JSON Lines share: which records are written, in which layout, and their columns. */
export class RowReader {
  /** Records of unknown type left out. */
  skipped = 0
  readonly hasSymbols: boolean
  readonly #options: TextOptions
  readonly #columns = new Map<Layout, readonly Field[]>()

  constructor(options: TextOptions) {
    this.#options = options
    const { symbols, fields } = options
    this.hasSymbols = symbols !== undefined && (fields === undefined || fields.includes('symbol'))
  }

  /** The layout that a schema's records are written in. */
  layoutOfSchema(schema: Schema): Layout {
    const { upgrade = false, version } = this.#options
    return layoutOf(RTYPE_OF_SCHEMA[schema], upgrade ? 3 : version) as Layout
  }

  /**
   * Columns of a layout in the order of text, `ts_out` included.
   *
   * @throws {@link UnknownFieldError} When the layout has not all the fields that were asked for.
   */
  columnsOf(layout: Layout): readonly Field[] {
    let columns = this.#columns.get(layout)
    if (columns === undefined) {
      const fields = new Map([...HEADER_FIELDS, ...layout.fields].map((field) => [field.name, field]))
      const named = textColumns(layout.name).map((name) => fields.get(name) as Field)
      const tsOut: Field = { name: 'ts_out', type: 'time', offset: layout.bytes, bytes: 8 }
      columns = this.#wanted(layout, this.#options.tsOut ? [...named, tsOut] : named)
      this.#columns.set(layout, columns)
    }
    return columns
  }

  /**
   * The record at `offset`, upgraded if that was asked for; undefined when it is to be left out.
   *
   * @throws {@link UnknownRecordTypeError} On a record of unknown type, unless `skipUnknown`.
   */
  read(view: DataView, offset: number): TextRow | undefined {
    const { upgrade = false, version, tsOut, symbols, onlySchema, skipUnknown = false } = this.#options
    const symbol = symbols?.symbolOf(view, offset) ?? null
    const rtype = view.getUint8(offset + 1)
    if (onlySchema !== undefined && rtype !== RTYPE_OF_SCHEMA[onlySchema]) return undefined
    const layout = layoutOf(rtype, upgrade ? 3 : version)
    if (layout === undefined) {
      if (!skipUnknown) throw new UnknownRecordTypeError({ rtype })
      this.skipped++
      return undefined
    }
    const upgraded = upgrade ? upgradeRecord(view, offset, { version, tsOut }) : undefined
    const columns = this.columnsOf(layout)
    if (upgraded !== undefined)
      return { view: new DataView(upgraded.buffer), offset: 0, layout, columns, symbol }
    checkLength(view.getUint8(offset) * 4, layout, offset, tsOut)
    return { view, offset, layout, columns, symbol }
  }

  #wanted({ name: layout }: Layout, columns: readonly Field[]): readonly Field[] {
    const { fields } = this.#options
    if (fields === undefined) return columns
    const known = [...columns.map(({ name }) => name), 'symbol']
    for (const field of fields)
      if (!known.includes(field)) throw new UnknownFieldError({ layout, field, known })
    return columns.filter(({ name }) => fields.includes(name))
  }
}
