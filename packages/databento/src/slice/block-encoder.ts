import { KIND } from '../tape/event-batch.js'
import { CodeColumn } from './code-column.js'
import { AGE, BLOCK_WORDS, COLUMN, COLUMN_WORDS, COLUMNS } from './format.js'
import { LastPrices } from './last-prices.js'
import { PlaceOrder } from './place-order.js'

/** Micro-dollars that prices are counted in: cents, hundredths of cents, or as they are. */
const UNITS = [10_000, 100, 1] as const
/** Of so many values that a block could have told in units, one may need a float before the unit is made smaller. */
const WIDE_SHARE = 16
const encoder = new TextEncoder()

/** Gathers rows into blocks; the blocks of a file go through one encoder, in order. */
export class BlockEncoder {
  rows = 0
  readonly #columns = Array.from({ length: COLUMNS }, () => new CodeColumn())
  readonly #order = new PlaceOrder()
  readonly #last = new LastPrices()
  #unit = 0
  #parts: number[] = []
  #kind = -1
  #partRows = 0
  #runUs: number[] = []
  #runRows: number[] = []
  #us = Number.NaN
  #age = Number.NaN
  #isAgeSame = true
  #symbols: string[] = []
  #rank = -1
  #place = -1

  /** Names the next place. */
  addSymbol(symbol: string): void {
    this.#symbols.push(symbol)
  }

  /** Adds a row; the first row of a place comes right after `addSymbol` of it. Columns as in `EventBatch`. */
  add(
    kind: number,
    place: number,
    receivedUs: number,
    sourceUs: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
  ): void {
    this.#addKind(kind)
    this.#addTime(receivedUs, receivedUs - sourceUs)
    this.#addPlace(place)
    const columns = this.#columns as [CodeColumn, CodeColumn, CodeColumn, CodeColumn, CodeColumn, CodeColumn]
    const unit = UNITS[this.#unit] as number
    const last = this.#last.reserve(place)
    const at = place * 2
    switch (kind) {
      case KIND.quote: {
        columns[COLUMN.a].putDifference(a, last[at] as number, unit)
        if (a === a) last[at] = a
        /** The ask is told by how much the spread to the last bid there was has changed. */
        const bid = last[at] as number
        const spread = last[at + 1] as number
        const change = (b - bid - spread) / unit
        const isExact = bid + (spread + change * unit) === b
        const isTold = columns[COLUMN.b].putStep(isExact ? change : Number.NaN, b)
        if (isTold) last[at + 1] = spread + change * unit
        else if (b === b) last[at + 1] = b - bid
        columns[COLUMN.c].putCount(c)
        columns[COLUMN.d].putCount(d)
        break
      }
      case KIND.trade:
        columns[COLUMN.a].putDifference(a, last[at] as number, unit)
        columns[COLUMN.b].putCount(b)
        break
      case KIND.bar:
        columns[COLUMN.a].putDifference(a, last[at] as number, unit)
        if (a === a) last[at] = a
        columns[COLUMN.b].putDifference(b, a, unit)
        columns[COLUMN.c].putDifference(c, a, unit)
        columns[COLUMN.d].putDifference(d, a, unit)
        columns[COLUMN.e].putCount(e)
        break
      default:
        columns[COLUMN.a].putCount(a)
    }
    this.rows++
  }

  /** The bytes of the rows so far, not yet compressed; what is added next begins another block. */
  take(): Uint8Array {
    this.#endPart()
    const columns = this.#columns
    const isTimed = this.#runUs.length > this.rows >> 3
    if (isTimed) this.#tellTimes()
    const runs = isTimed ? 1 : this.#runUs.length
    const symbols = encoder.encode(this.#symbols.join('\n'))
    const words = BLOCK_WORDS + COLUMNS * COLUMN_WORDS
    const wides = columns.reduce((sum, { wideCount }) => sum + wideCount, 0)
    const codes = columns.reduce((sum, { codeBytes }) => sum + codeBytes, 0)
    const floatsAt = Math.ceil(words / 2)
    const floats = 1 + runs + wides
    const numbersAt = (floatsAt + floats) * 2
    const codesAt = (numbersAt + runs + this.#parts.length) * 4
    const bytes = new Uint8Array(Math.ceil((codesAt + codes + symbols.length) / 8) * 8)
    const out = new Uint32Array(bytes.buffer)
    const numbers = new Float64Array(bytes.buffer)
    out.set([
      this.rows,
      UNITS[this.#unit] as number,
      this.#parts.length / 2,
      isTimed ? 0 : runs,
      this.#isAgeSame ? AGE.same : AGE.column,
      symbols.length,
    ])
    columns.forEach(({ count, wideCount, large }, i) =>
      out.set([count, wideCount, large], BLOCK_WORDS + i * COLUMN_WORDS),
    )
    let at = floatsAt
    numbers[at++] = this.#age
    for (let run = 0; run < runs; run++) numbers[at++] = this.#runUs[run] as number
    for (const column of columns) at = column.wideInto(numbers, at)
    out.set(isTimed ? [this.rows] : this.#runRows, numbersAt)
    out.set(this.#parts, numbersAt + runs)
    at = codesAt
    for (const column of columns) at = column.codesInto(bytes, at)
    bytes.set(symbols, at)
    this.#begin()
    return bytes
  }

  #begin(): void {
    const prices = (this.#columns[COLUMN.a] as CodeColumn).wideCount
    if (prices * WIDE_SHARE > this.rows && this.#unit < UNITS.length - 1) this.#unit++
    for (const column of this.#columns) column.clear()
    this.#order.settle()
    this.rows = 0
    this.#parts = []
    this.#kind = -1
    this.#runUs = []
    this.#runRows = []
    this.#us = Number.NaN
    this.#isAgeSame = true
    this.#symbols = []
    this.#rank = -1
    this.#place = -1
  }

  #addKind(kind: number): void {
    if (kind === this.#kind) {
      this.#partRows++
      return
    }
    this.#endPart()
    this.#kind = kind
    this.#partRows = 1
  }

  #endPart(): void {
    if (this.#kind >= 0) this.#parts.push(this.#kind, this.#partRows)
  }

  #addTime(us: number, age: number): void {
    if (us === this.#us) this.#runRows[this.#runRows.length - 1] = (this.#runRows.at(-1) as number) + 1
    else {
      this.#us = us
      this.#runUs.push(us)
      this.#runRows.push(1)
      this.#place = -1
    }
    const ages = this.#columns[COLUMN.age] as CodeColumn
    if (this.rows === 0) this.#age = age
    if (this.#isAgeSame && age === this.#age) return
    if (this.#isAgeSame) {
      this.#isAgeSame = false
      for (let row = 0; row < this.rows; row++) ages.putCount(this.#age)
    }
    ages.putCount(age)
  }

  /** Where times mostly differ, a column of steps takes the place of the runs. */
  #tellTimes(): void {
    const times = this.#columns[COLUMN.time] as CodeColumn
    let before = this.#runUs[0] as number
    for (const [run, us] of this.#runUs.entries()) {
      times.putCount(us - before)
      for (let row = 1; row < (this.#runRows[run] as number); row++) times.putCount(0)
      before = us
    }
  }

  #addPlace(place: number): void {
    const order = this.#order
    const places = this.#columns[COLUMN.place] as CodeColumn
    if (place === order.count) {
      order.add(this.#place)
      places.put(0xfffe)
    } else {
      const rank = order.rank[place] as number
      places.putStep(rank - this.#rank - 1, place)
      this.#rank = rank
    }
    this.#place = place
  }
}
