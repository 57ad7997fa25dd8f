import type { BatchWriter } from '../tape/batch-writer.js'
import { type DecodeStats, KIND } from '../tape/event-batch.js'
import { type SymbolFilter, UNKNOWN } from '../tape/symbol-filter.js'
import type { FastLines, Text } from './line-reader.js'
import { QuoteLine } from './quote-line.js'
import type { SymbolBytes } from './symbol-bytes.js'
import { SymbolIds } from './symbol-ids.js'

/** Lines that are read before their instruments are looked up, all at once. */
const LINES = 512

/** What lines are read with. */
export interface FastQuotesOptions {
  readonly filter: SymbolFilter
  readonly writer: BatchWriter
  readonly stats: DecodeStats
  readonly symbols: SymbolBytes
  /** The number of a symbol at first sight. */
  readonly find: (text: string) => number
}

/** Reads plain lines of quotes into rows, some hundreds at a time; knows no line until {@link line} is set. */
export class FastQuotes implements FastLines {
  line: QuoteLine | undefined
  readonly #options: FastQuotesOptions
  readonly #known: SymbolIds = new SymbolIds()
  #count = 0
  #receivedUs = 0.5
  readonly #ids = new Uint32Array(LINES)
  readonly #hashes = new Int32Array(LINES)
  readonly #numbers = new Int32Array(LINES)
  readonly #starts = new Uint32Array(LINES)
  readonly #ends = new Uint32Array(LINES)
  readonly #bids = new Float64Array(LINES)
  readonly #asks = new Float64Array(LINES)
  readonly #bidSizes = new Float64Array(LINES)
  readonly #askSizes = new Float64Array(LINES)

  constructor(options: FastQuotesOptions) {
    this.#options = options
  }

  /** Another day has begun: ids may stand for other instruments. */
  startDay(): void {
    this.#known.clear()
  }

  read(text: Text, start: number): number {
    const { line } = this
    if (line === undefined) return -1
    const next = line.read(text, start)
    if (next < 0) return -1
    const at = this.#count++
    this.#receivedUs = line.receivedUs
    this.#ids[at] = line.id
    this.#hashes[at] = line.symbolHash
    this.#starts[at] = line.symbolStart
    this.#ends[at] = line.symbolEnd
    this.#bids[at] = line.bidMicros
    this.#asks[at] = line.askMicros
    this.#bidSizes[at] = line.bidSize
    this.#askSizes[at] = line.askSize
    if (this.#count === LINES) this.flush(text)
    return next
  }

  flush({ bytes }: Text): void {
    const count = this.#count
    if (count === 0) return
    this.#count = 0
    const { filter, writer, stats } = this.#options
    const numbers = this.#numbers
    const us = this.#receivedUs
    this.#known.findMany(this.#ids, this.#hashes, count, numbers)
    for (let at = 0; at < count; at++) {
      stats.records++
      let number = numbers[at] as number
      if (number === UNKNOWN) number = this.#meet(at, bytes)
      if (number < 0) {
        filter.leaveOut(number)
        continue
      }
      const row = writer.begin(KIND.quote, number, us, us)
      const { a, b, c, d } = writer.batch
      a[row] = this.#bids[at] as number
      b[row] = this.#asks[at] as number
      c[row] = this.#bidSizes[at] as number
      d[row] = this.#askSizes[at] as number
      writer.commit()
    }
  }

  /** The first line of an id today, or of another symbol under the same id. */
  #meet(at: number, bytes: Uint8Array): number {
    const { symbols, find } = this.#options
    const id = this.#ids[at] as number
    const hash = this.#hashes[at] as number
    const number = symbols.find(bytes, this.#starts[at] as number, this.#ends[at] as number, find)
    if (this.#known.find(id, hash) === UNKNOWN) this.#known.add(id, hash, number)
    return number
  }
}
