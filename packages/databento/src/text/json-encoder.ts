import type { Field } from '../dbn/layouts.js'
import { RowReader, type TextOptions, type TextRow } from './text-encoder.js'
import { printField, type TextValue } from './values.js'

const HEADER_NAMES: ReadonlySet<string> = new Set(['ts_event', 'rtype', 'publisher_id', 'instrument_id'])
const LEVEL_NAME = /^((?:bid|ask)_(?:px|sz|ct|pb))_(\d\d)$/
// Control characters, and what JSON or Databento's encoder escapes.
const ESCAPED = /["\\/]|[^ -\uffff]/g
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/**
 * Writes records as the JSON Lines that Databento's own encoder writes, byte for byte.
 *
 * A char that needs an escape, such as `\xff`, is written as Databento does, which is not valid JSON.
 */
export class JsonEncoder {
  readonly #rows: RowReader
  readonly #options: TextOptions

  constructor(options: TextOptions) {
    this.#rows = new RowReader(options)
    this.#options = options
  }

  /** Records of unknown type left out so far. */
  get skipped(): number {
    return this.#rows.skipped
  }

  /**
   * The line of the record at `offset`; empty when it is left out.
   *
   * @throws {@link UnknownRecordTypeError} On a record of unknown type, unless `skipUnknown`.
   */
  row(view: DataView, offset: number): string {
    const row = this.#rows.read(view, offset)
    if (row === undefined) return ''
    const keys: string[] = []
    const header: string[] = []
    const levels: string[][] = []
    for (const field of row.columns) this.#add(row, field, keys, header, levels)
    if (this.#rows.hasSymbols) keys.push(`"symbol":${row.symbol === null ? 'null' : jsonText(row.symbol)}`)
    const levelObjects = levels
      .filter((level) => level !== undefined)
      .map((level) => `{${level.join(',')}}`)
      .join(',')
    const line = keys.join(',').replace(LEVELS_HERE, () => levelObjects)
    return `{${line.replace(HEADER_HERE, () => header.join(','))}}\n`
  }

  #add(row: TextRow, field: Field, keys: string[], header: string[], levels: string[][]): void {
    const value = jsonValue(printField(row.view, row.offset, field, this.#options))
    const level = LEVEL_NAME.exec(field.name)
    if (HEADER_NAMES.has(field.name)) {
      if (header.length === 0) keys.push(`"hd":{${HEADER_HERE}}`)
      header.push(`"${field.name}":${value}`)
    } else if (level !== null) {
      const number = Number(level[2])
      if (levels[number] === undefined) {
        if (levels.length === 0) keys.push(`"levels":[${LEVELS_HERE}]`)
        levels[number] = []
      }
      levels[number].push(`"${level[1]}":${value}`)
    } else keys.push(`"${field.name}":${value}`)
  }
}

/** Hold the places of the levels and the header until all are known; these characters occur in no line. */
const LEVELS_HERE = '\0'
const HEADER_HERE = '\x01'

function jsonValue({ text, json }: TextValue): string {
  if (text === null) return 'null'
  if (json === 'number') return text
  return json === 'escaped' ? `"${text}"` : jsonText(text)
}

function jsonText(text: string): string {
  return `"${text.replace(ESCAPED, escape)}"`
}

function escape(char: string): string {
  return SHORT_ESCAPES[char] ?? `\\u00${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
