import { type EventBatch, KIND } from '../tape/event-batch.js'
import { ColumnCursor } from './column-cursor.js'
import { AGE, BLOCK_ROWS, BLOCK_WORDS, CODE, COLUMN_WORDS, COLUMNS, NOT_NARROW } from './format.js'
import { LastPrices } from './last-prices.js'
import { PlaceOrder } from './place-order.js'
import { decodePlaces, decodePrices, decodeSizes } from './quote-columns.js'

const decoder = new TextDecoder()

/** The columns in the order in which they lie in a block. */
export class Cursors {
  readonly place: ColumnCursor = new ColumnCursor()
  readonly a: ColumnCursor = new ColumnCursor()
  readonly b: ColumnCursor = new ColumnCursor()
  readonly c: ColumnCursor = new ColumnCursor()
  readonly d: ColumnCursor = new ColumnCursor()
  readonly e: ColumnCursor = new ColumnCursor()
  readonly time: ColumnCursor = new ColumnCursor()
  readonly age: ColumnCursor = new ColumnCursor()
}

/** Turns the blocks of a file back into batches, in the order in which they were written. */
export class BlockDecoder {
  readonly order: PlaceOrder = new PlaceOrder()
  readonly cursors: Cursors = new Cursors()
  /** What the next row is told by: rank and place of the row before. */
  rank = -1
  place = -1
  unit = 1
  bytes: Uint8Array = new Uint8Array(0)
  /** Bid, and spread to it, of each place as they were last. */
  last: Float64Array = new Float64Array(0)
  readonly #prices = new LastPrices()
  readonly #columns = Object.values(this.cursors) as ColumnCursor[]

  /** Forgets the file it decoded, and keeps its room. */
  reset(): void {
    this.order.reset()
    this.#prices.reset()
  }

  /**
   * Fills a batch with a block's rows; `bytes` starts at a multiple of 8.
   *
   * @throws RangeError When the block contradicts itself.
   */
  decode(bytes: Uint8Array, batch: EventBatch): void {
    const { buffer, byteOffset } = bytes
    const head = BLOCK_WORDS + COLUMNS * COLUMN_WORDS
    if (bytes.length < head * 4) throw new RangeError('it has no head')
    const words = new Uint32Array(buffer, byteOffset, bytes.length >>> 2)
    const floats = new Float64Array(buffer, byteOffset, bytes.length >>> 3)
    const rows = words[0] as number
    const parts = words[2] as number
    const runs = words[3] as number
    const symbolBytes = words[5] as number
    let wides = 0
    let codes = 0
    for (let word = BLOCK_WORDS; word < head; word += COLUMN_WORDS) {
      const count = words[word] as number
      const large = words[word + 2] as number
      wides += words[word + 1] as number
      codes += large === NOT_NARROW ? count * 2 : count + large * 4
    }
    const floatsAt = Math.ceil(head / 2)
    const told = Math.max(runs, 1)
    const numbersAt = (floatsAt + 1 + told + wides) * 2
    const partsAt = numbersAt + told
    const codesAt = (partsAt + parts * 2) * 4
    if (rows > batch.symbol.length || rows > BLOCK_ROWS || codesAt + codes + symbolBytes > bytes.length)
      throw new RangeError('it is longer than its bytes')
    this.bytes = bytes
    this.unit = words[1] as number
    this.rank = -1
    this.place = -1
    const end = this.#openColumns(words, floats, floatsAt + 1 + told, codesAt)
    batch.newSymbols =
      symbolBytes === 0 ? [] : decoder.decode(bytes.subarray(end, end + symbolBytes)).split('\n')
    const places = this.order.count + batch.newSymbols.length
    this.order.reserve(places)
    this.last = this.#prices.reserve(places)
    const age = words[4] === AGE.same ? (floats[floatsAt] as number) : undefined
    if (runs === 0) this.#times(batch, rows, floats[floatsAt + 1] as number)
    else fillRuns(batch.receivedUs, 0, rows, floats, floatsAt + 1, words, numbersAt, runs)
    if (runs > 0 && age !== undefined)
      fillRuns(batch.sourceUs, age, rows, floats, floatsAt + 1, words, numbersAt, runs)
    else this.#ages(batch, rows, age)
    this.#rows(batch, rows, words, partsAt, parts)
    if (this.order.count !== places) throw new RangeError('it names symbols of no row')
    this.order.settle()
    batch.count = rows
  }

  /** Sets the cursors; answers where the codes end. */
  #openColumns(words: Uint32Array, floats: Float64Array, floatsAt: number, codesAt: number): number {
    let wide = floatsAt
    let at = codesAt
    this.#columns.forEach((cursor, i) => {
      const word = BLOCK_WORDS + i * COLUMN_WORDS
      const count = words[word] as number
      at = cursor.open(this.bytes, floats, { at, wide, count, large: words[word + 2] as number })
      wide += words[word + 1] as number
    })
    return at
  }

  #times({ receivedUs }: EventBatch, rows: number, firstUs: number): void {
    const { time } = this.cursors
    /** Each follows from the one before where that lies: a running number would be boxed row by row. */
    if (rows > 0) receivedUs[0] = firstUs + time.countOf(time.next())
    for (let row = 1; row < rows; row++)
      receivedUs[row] = (receivedUs[row - 1] as number) + time.countOf(time.next())
  }

  #ages({ receivedUs, sourceUs }: EventBatch, rows: number, same: number | undefined): void {
    const { age } = this.cursors
    for (let row = 0; row < rows; row++)
      sourceUs[row] = (receivedUs[row] as number) - (same ?? age.countOf(age.next()))
  }

  #rows(batch: EventBatch, rows: number, words: Uint32Array, partsAt: number, parts: number): void {
    let row = 0
    for (let part = 0; part < parts; part++) {
      const kind = words[partsAt + part * 2] as number
      const to = row + (words[partsAt + part * 2 + 1] as number)
      if (to > rows) throw new RangeError('its parts hold more rows than it has')
      batch.kind.fill(kind, row, to)
      if (kind === KIND.quote) {
        decodePlaces(this, batch, row, to)
        decodePrices(this, batch, row, to)
        decodeSizes(this, batch.c, row, to, this.cursors.c)
        decodeSizes(this, batch.d, row, to, this.cursors.d)
      } else this.#others(kind, batch, row, to)
      row = to
    }
    if (row !== rows) throw new RangeError('its parts hold fewer rows than it has')
  }

  #others(kind: number, batch: EventBatch, from: number, to: number): void {
    const { receivedUs, symbol } = batch
    for (let row = from; row < to; row++) {
      const place = this.nextPlace(this.cursors.place.next(), receivedUs, row)
      symbol[row] = place
      if (kind === KIND.trade) this.#trade(batch, row, place)
      else if (kind === KIND.bar) this.#bar(batch, row, place)
      else if (kind === KIND.openInterest || kind === KIND.volume)
        batch.a[row] = this.cursors.a.countOf(this.cursors.a.next())
      else throw new RangeError(`it has rows of kind ${kind}`)
    }
  }

  #trade({ a, b }: EventBatch, row: number, place: number): void {
    const { cursors, unit, last } = this
    a[row] = cursors.a.priceOf(cursors.a.next(), last[place * 2] as number, unit)
    b[row] = cursors.b.countOf(cursors.b.next())
  }

  #bar({ a, b, c, d, e }: EventBatch, row: number, place: number): void {
    const { cursors, unit, last } = this
    const open = cursors.a.priceOf(cursors.a.next(), last[place * 2] as number, unit)
    if (open === open) last[place * 2] = open
    a[row] = open
    b[row] = cursors.b.priceOf(cursors.b.next(), open, unit)
    c[row] = cursors.c.priceOf(cursors.c.next(), open, unit)
    d[row] = cursors.d.priceOf(cursors.d.next(), open, unit)
    e[row] = cursors.e.countOf(cursors.e.next())
  }

  /** The place that a code tells; a new one stands behind the place before it, if that is of the same time. */
  nextPlace(code: number, receivedUs: Float64Array, row: number): number {
    const { order } = this
    if (code < CODE.none) {
      this.rank += ((code >>> 1) ^ -(code & 1)) + 1
      this.place = order.place[this.rank] as number
    } else if (code === CODE.none) {
      const isSameTime = row > 0 && receivedUs[row] === receivedUs[row - 1]
      this.place = order.add(isSameTime ? this.place : -1)
    } else {
      this.place = this.cursors.place.wide()
      this.rank = order.rank[this.place] as number
    }
    return this.place
  }
}

/** Times that hold for many rows each, less an age. */
function fillRuns(
  column: Float64Array,
  age: number,
  rows: number,
  us: Float64Array,
  usAt: number,
  counts: Uint32Array,
  countsAt: number,
  runs: number,
): void {
  let row = 0
  for (let run = 0; run < runs; run++) {
    const to = row + (counts[countsAt + run] as number)
    column.fill((us[usAt + run] as number) - age, row, to)
    row = to
  }
  if (row !== rows) throw new RangeError('its times are of other rows than it has')
}
