import { CsvFormatError, MissingColumnError } from '../errors.js'
import { FORM, priceForm, readInteger, readPriceMicros, readTimeUs, timeForm } from './fields.js'

const COMMA = 44
const QUOTE = 34
const ADVICE = 'Fetch the file again as a batch job with encoding csv; other programs must not rewrite it.'

/** One line of CSV at a time, its fields found by the header's names and read out of its bytes. */
export class CsvRow {
  /** The line at hand, counted from 1. */
  line = 1
  readonly source: string
  readonly #names: readonly string[]
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #forms: Uint8Array
  #bytes: Uint8Array = new Uint8Array(0)
  /** The last time of each column: all rows of a minute repeat it. */
  readonly #lastTimes: (Uint8Array | undefined)[]
  readonly #lastUs: Float64Array

  /** @throws {@link CsvFormatError} When the line holds no column names. */
  constructor(source: string, header: Uint8Array) {
    this.source = source
    const text = new TextDecoder().decode(header)
    this.#names = text.split(',').map((name) => name.replace(/^"(.*)"$/, '$1'))
    if (!/^[a-z_]/.test(this.#names[0] ?? '')) {
      throw new CsvFormatError({
        source,
        line: 1,
        reason: 'the first line is no header',
        hint: 'Databento writes the column names first. Put them back, or fetch the file again.',
      })
    }
    const count = this.#names.length
    this.#starts = new Int32Array(count)
    this.#ends = new Int32Array(count)
    this.#forms = new Uint8Array(count)
    this.#lastTimes = Array.from({ length: count }, () => undefined)
    this.#lastUs = new Float64Array(count).fill(Number.NaN)
  }

  /** The place of a column; -1 when there is none. */
  place(name: string): number {
    return this.#names.indexOf(name)
  }

  /** As {@link place}. @throws {@link MissingColumnError} When there is none. */
  require(name: string): number {
    const place = this.place(name)
    if (place < 0) throw new MissingColumnError({ source: this.source, column: name })
    return place
  }

  /** How many columns there are. */
  get count(): number {
    return this.#names.length
  }

  /** How a column writes its values, as far as is known. */
  form(place: number): number {
    return this.#forms[place] as number
  }

  /** Cuts a line into fields. @throws {@link CsvFormatError} When there are more or fewer than in the header. */
  split(bytes: Uint8Array, start: number, end: number, line: number): void {
    this.line = line
    this.#bytes = bytes
    const last = this.#starts.length - 1
    let field = 0
    let from = start
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      if (byte === QUOTE) return this.#splitQuoted(bytes.subarray(start, end))
      if (byte !== COMMA) continue
      if (field === last) throw this.wrong(`it has more fields than the header, which has ${last + 1}`)
      this.#starts[field] = from
      this.#ends[field++] = i
      from = i + 1
    }
    if (field !== last) throw this.wrong(`it has ${field + 1} fields, the header ${last + 1}`)
    this.#starts[last] = from
    this.#ends[last] = end
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  start(place: number): number {
    return this.#starts[place] as number
  }

  end(place: number): number {
    return this.#ends[place] as number
  }

  text(place: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(this.start(place), this.end(place)))
  }

  /** µs; `NaN` where there is none. @throws {@link CsvFormatError} When it is no time, or of another form. */
  time(place: number): number {
    const start = this.start(place)
    const end = this.end(place)
    if (start === end) return Number.NaN
    if (this.#isLastTime(place, start, end)) return this.#lastUs[place] as number
    this.#checkForm(place, timeForm(this.#bytes, start, end))
    const us = readTimeUs(this.#bytes, start, end)
    if (us === undefined) throw this.#badField(place, 'time')
    this.#keepTime(place, start, end, us)
    return us
  }

  /** Micro-dollars; `NaN` where there is none. @throws {@link CsvFormatError} When it is no price, or of another form. */
  price(place: number): number {
    const start = this.start(place)
    const end = this.end(place)
    if (start === end) return Number.NaN
    this.#checkForm(place, priceForm(this.#bytes, start, end))
    const micros = readPriceMicros(this.#bytes, start, end)
    if (micros === undefined) throw this.#badField(place, 'price')
    return micros
  }

  /** @throws {@link CsvFormatError} When it is no whole number. */
  integer(place: number): number {
    const value = readInteger(this.#bytes, this.start(place), this.end(place))
    if (Number.isNaN(value)) throw this.#badField(place, 'whole number')
    return value
  }

  /** An error about the line at hand. */
  wrong(reason: string): CsvFormatError {
    return new CsvFormatError({ source: this.source, line: this.line, reason, hint: ADVICE })
  }

  #checkForm(place: number, form: number): void {
    const known = this.#forms[place] as number
    if (known === form) return
    if (known !== FORM.unknown) {
      const names = ['', 'pretty', 'raw']
      throw this.wrong(`column ${this.#names[place] ?? ''} is ${names[form]} here and ${names[known]} above`)
    }
    this.#forms[place] = form
  }

  #isLastTime(place: number, start: number, end: number): boolean {
    const known = this.#lastTimes[place]
    if (known === undefined || known[0] !== end - start) return false
    for (let i = start, at = 1; i < end; i++, at++) if (known[at] !== this.#bytes[i]) return false
    return true
  }

  #keepTime(place: number, start: number, end: number, us: number): void {
    const known = (this.#lastTimes[place] ??= new Uint8Array(256))
    if (end - start > 255) return
    known[0] = end - start
    for (let i = start, at = 1; i < end; i++, at++) known[at] = this.#bytes[i] as number
    this.#lastUs[place] = us
  }

  /** The slow path: fields in quotes, a quote in them doubled. */
  #splitQuoted(line: Uint8Array): void {
    const plain = new Uint8Array(line.length)
    let at = 0
    let field = 0
    let isQuoted = false
    this.#starts[0] = 0
    for (let i = 0; i < line.length; i++) {
      const byte = line[i] as number
      if (byte === QUOTE && isQuoted && line[i + 1] === QUOTE) plain[at++] = line[i++] as number
      else if (byte === QUOTE) isQuoted = !isQuoted
      else if (byte === COMMA && !isQuoted) {
        this.#ends[field++] = at
        if (field < this.#starts.length) this.#starts[field] = at
      } else plain[at++] = byte
    }
    if (isQuoted) throw this.wrong('a quote is not closed')
    if (field !== this.#starts.length - 1)
      throw this.wrong(`it has ${field + 1} fields, the header ${this.#starts.length}`)
    this.#ends[field] = at
    this.#bytes = plain
  }

  #badField(place: number, what: string): CsvFormatError {
    return this.wrong(`"${this.text(place)}" in column ${this.#names[place] ?? ''} is no ${what}`)
  }
}
