import { type EventBatch, KIND } from '../tape/event-batch.js'
import { AGE, BLOCK_ROWS, BLOCK_WORDS, CODE, COLUMN, COLUMNS } from './format.js'
import { LastPrices } from './last-prices.js'
import { PlaceOrder } from './place-order.js'

const decoder = new TextDecoder()

/** Where the codes and floats of a column lie, and how many were read. */
class Cursor {
  low = 0
  high = 0
  wide = 0
}

/** Turns the blocks of a file back into batches, in the order in which they were written. */
export class BlockDecoder {
  readonly #order = new PlaceOrder()
  readonly #last = new LastPrices()
  readonly #cursors = Array.from({ length: COLUMNS }, () => new Cursor())
  /** What each row is told by: the rank and the place of the row before. */
  #rank = -1
  #place = -1
  #bytes: Uint8Array = new Uint8Array(0)
  #wides: Float64Array = new Float64Array(0)
  #unit = 1

  /**
   * Fills a batch with a block's rows; `bytes` starts at a multiple of 8.
   *
   * @throws RangeError When the block contradicts itself.
   */
  decode(bytes: Uint8Array, batch: EventBatch): void {
    const { buffer, byteOffset } = bytes
    const head = BLOCK_WORDS + COLUMNS * 2
    if (bytes.length < head * 4) throw new RangeError('it has no head')
    const words = new Uint32Array(buffer, byteOffset, bytes.length >>> 2)
    const [rows = 0, unit = 0, parts = 0, runs = 0, ages = 0, symbolBytes = 0] = words
    const isTimed = runs === 0
    const columns: (readonly [rows: number, wides: number])[] = []
    for (let i = 0; i < COLUMNS; i++)
      columns.push([words[BLOCK_WORDS + i * 2] as number, words[BLOCK_WORDS + i * 2 + 1] as number])
    const told = isTimed ? 1 : runs
    const wides = columns.reduce((sum, [, count]) => sum + count, 0)
    const codes = columns.reduce((sum, [count]) => sum + count * 2, 0)
    const floatsAt = Math.ceil(head / 2)
    const numbersAt = (floatsAt + 1 + told + wides) * 2
    const codesAt = (numbersAt + told + parts * 2) * 4
    if (rows > batch.symbol.length || rows > BLOCK_ROWS || codesAt + codes + symbolBytes > bytes.length)
      throw new RangeError('it is longer than its bytes')
    const numbers = new Float64Array(buffer, byteOffset, bytes.length >>> 3)
    let wide = floatsAt + 1 + told
    let code = codesAt
    columns.forEach(([count, wideCount], i) => {
      const cursor = this.#cursors[i] as Cursor
      cursor.wide = wide
      cursor.low = code
      cursor.high = code + count
      wide += wideCount
      code += count * 2
    })
    this.#bytes = bytes
    this.#wides = numbers
    this.#unit = unit
    this.#rank = -1
    this.#place = -1
    batch.newSymbols =
      symbolBytes === 0 ? [] : decoder.decode(bytes.subarray(code, code + symbolBytes)).split('\n')
    const places = this.#order.count + batch.newSymbols.length
    this.#order.reserve(places)
    this.#last.reserve(places)
    this.#times(
      batch,
      rows,
      numbers.subarray(floatsAt + 1),
      words.subarray(numbersAt, numbersAt + told),
      isTimed,
    )
    this.#ages(batch, rows, ages === AGE.same ? (numbers[floatsAt] as number) : undefined)
    let row = 0
    for (let part = 0; part < parts; part++) {
      const kind = words[numbersAt + told + part * 2] as number
      const to = row + (words[numbersAt + told + part * 2 + 1] as number)
      if (to > rows) throw new RangeError('its parts hold more rows than it has')
      batch.kind.fill(kind, row, to)
      if (kind === KIND.quote) this.#quotes(batch, row, to)
      else this.#others(kind, batch, row, to)
      row = to
    }
    if (row !== rows || this.#order.count !== places)
      throw new RangeError('its parts hold fewer rows than it has')
    this.#order.settle()
    batch.count = rows
  }

  #times(
    { receivedUs }: EventBatch,
    rows: number,
    us: Float64Array,
    runs: Uint32Array,
    isTimed: boolean,
  ): void {
    if (isTimed) {
      const cursor = this.#cursors[COLUMN.time] as Cursor
      let at = us[0] as number
      for (let row = 0; row < rows; row++) receivedUs[row] = at += this.#value(cursor)
      return
    }
    let row = 0
    for (let run = 0; run < runs.length; run++) {
      const to = row + (runs[run] as number)
      receivedUs.fill(us[run] as number, row, to)
      row = to
    }
    if (row !== rows) throw new RangeError('its times are of other rows than it has')
  }

  #ages({ receivedUs, sourceUs }: EventBatch, rows: number, same: number | undefined): void {
    if (same === 0) sourceUs.set(receivedUs.subarray(0, rows))
    else if (same !== undefined)
      for (let row = 0; row < rows; row++) sourceUs[row] = (receivedUs[row] as number) - same
    else {
      const cursor = this.#cursors[COLUMN.age] as Cursor
      for (let row = 0; row < rows; row++) sourceUs[row] = (receivedUs[row] as number) - this.#value(cursor)
    }
  }

  /** The rows that make up most files: everything the loop needs stands in locals, and nothing is called. */
  #quotes({ symbol, receivedUs, a, b, c, d }: EventBatch, from: number, to: number): void {
    const bytes = this.#bytes
    const wides = this.#wides
    const unit = this.#unit
    const order = this.#order
    const { rank: ranks, place: places } = order
    const last = this.#last.reserve(0)
    const [atPlace, atA, atB, atC, atD] = this.#cursors as [Cursor, Cursor, Cursor, Cursor, Cursor]
    /** The codes of row `row` lie at `low + row` and `high + row`. */
    const [lowPlace, highPlace] = [atPlace.low - from, atPlace.high - from]
    const [lowA, highA] = [atA.low - from, atA.high - from]
    const [lowB, highB] = [atB.low - from, atB.high - from]
    const [lowC, highC] = [atC.low - from, atC.high - from]
    const [lowD, highD] = [atD.low - from, atD.high - from]
    let rank = this.#rank
    let place = this.#place
    for (let row = from; row < to; row++) {
      let code = (bytes[lowPlace + row] as number) | ((bytes[highPlace + row] as number) << 8)
      if (code < 0xfffe) {
        rank += ((code >>> 1) ^ -(code & 1)) + 1
        place = places[rank] as number
      } else if (code === 0xfffe) {
        place = order.add(row > 0 && receivedUs[row] === receivedUs[row - 1] ? place : -1)
      } else {
        place = wides[atPlace.wide++] as number
        rank = ranks[place] as number
      }
      symbol[row] = place
      const at = place * 2
      code = (bytes[lowA + row] as number) | ((bytes[highA + row] as number) << 8)
      let moved = 0
      if (code < 0xfffe) {
        moved = ((code >>> 1) ^ -(code & 1)) * unit
        a[row] = last[at] = (last[at] as number) + moved
      } else if (code === 0xfffe) a[row] = Number.NaN
      else a[row] = last[at] = wides[atA.wide++] as number
      code = (bytes[lowB + row] as number) | ((bytes[highB + row] as number) << 8)
      if (code < 0xfffe) {
        b[row] = last[at + 1] = (last[at + 1] as number) + moved + ((code >>> 1) ^ -(code & 1)) * unit
      } else if (code === 0xfffe) b[row] = Number.NaN
      else b[row] = last[at + 1] = wides[atB.wide++] as number
      code = (bytes[lowC + row] as number) | ((bytes[highC + row] as number) << 8)
      c[row] = code < 0xfffe ? code : code === 0xfffe ? Number.NaN : (wides[atC.wide++] as number)
      code = (bytes[lowD + row] as number) | ((bytes[highD + row] as number) << 8)
      d[row] = code < 0xfffe ? code : code === 0xfffe ? Number.NaN : (wides[atD.wide++] as number)
    }
    this.#rank = rank
    this.#place = place
    for (const cursor of [atPlace, atA, atB, atC, atD]) {
      cursor.low += to - from
      cursor.high += to - from
    }
  }

  #others(kind: number, batch: EventBatch, from: number, to: number): void {
    const { symbol, receivedUs, a, b, c, d, e } = batch
    const [, atA, atB, atC, atD, atE] = this.#cursors as [Cursor, Cursor, Cursor, Cursor, Cursor, Cursor]
    const last = this.#last.reserve(0)
    const unit = this.#unit
    for (let row = from; row < to; row++) {
      const place = this.#nextPlace(row > 0 && receivedUs[row] === receivedUs[row - 1])
      symbol[row] = place
      switch (kind) {
        case KIND.trade:
          a[row] = this.#price(atA, last[place * 2] as number, unit)
          b[row] = this.#value(atB)
          break
        case KIND.bar: {
          const open = this.#price(atA, last[place * 2] as number, unit)
          if (open === open) last[place * 2] = open
          a[row] = open
          b[row] = this.#price(atB, open, unit)
          c[row] = this.#price(atC, open, unit)
          d[row] = this.#price(atD, open, unit)
          e[row] = this.#value(atE)
          break
        }
        case KIND.openInterest:
        case KIND.volume:
          a[row] = this.#value(atA)
          break
        default:
          throw new RangeError(`it has rows of kind ${kind}`)
      }
    }
  }

  #nextPlace(isSameTime: boolean): number {
    const cursor = this.#cursors[COLUMN.place] as Cursor
    const order = this.#order
    const code = this.#code(cursor)
    if (code === CODE.none) this.#place = order.add(isSameTime ? this.#place : -1)
    else if (code === CODE.wide) {
      this.#place = this.#wides[cursor.wide++] as number
      this.#rank = order.rank[this.#place] as number
    } else {
      this.#rank += ((code >>> 1) ^ -(code & 1)) + 1
      this.#place = order.place[this.#rank] as number
    }
    return this.#place
  }

  #price(cursor: Cursor, before: number, unit: number): number {
    const code = this.#code(cursor)
    if (code === CODE.none) return Number.NaN
    if (code === CODE.wide) return this.#wides[cursor.wide++] as number
    return before + ((code >>> 1) ^ -(code & 1)) * unit
  }

  #value(cursor: Cursor): number {
    const code = this.#code(cursor)
    if (code === CODE.none) return Number.NaN
    return code === CODE.wide ? (this.#wides[cursor.wide++] as number) : code
  }

  #code(cursor: Cursor): number {
    return (this.#bytes[cursor.low++] as number) | ((this.#bytes[cursor.high++] as number) << 8)
  }
}
