import type { BlockTape, InstrumentIndex, MarketSink, QuoteBlock, Us } from '@scalp/canonical'

/** A quote as it lies in the ring. */
export interface RingRow {
  readonly receivedUs: Us
  readonly bidMicros: number
  readonly askMicros: number
  readonly bidSize: number
  readonly askSize: number
}

/** Told of rows of contracts that are watched, in the order of the tape. */
export type RowSink = (instrument: InstrumentIndex, row: RingRow) => void

/** A power of two. 12 MB: minutes of a chain of samples, seconds of a busy chain of ticks. */
const ROWS = 1 << 18

/**
 * The latest quotes of all contracts, in columns that are written over when they are full.
 *
 * It takes rows a block at a time, when the engine is done with them, a column at a time: `bench/quote-tapes.bench.ts` tells what that costs.
 */
export class QuoteRing {
  readonly #instrument: Int32Array
  readonly #receivedUs: Float64Array
  readonly #bidMicros: Float64Array
  readonly #askMicros: Float64Array
  readonly #bidSize: Float64Array
  readonly #askSize: Float64Array
  readonly #rows: number
  readonly #onRow: RowSink
  /** Rows that were ever taken. */
  #taken = 0
  #watched = new Uint8Array(0)
  #watching = 0

  constructor(onRow: RowSink, rows: number = ROWS) {
    this.#onRow = onRow
    this.#rows = rows
    this.#instrument = new Int32Array(rows)
    const column = (): Float64Array => new Float64Array(rows)
    this.#receivedUs = column()
    this.#bidMicros = column()
    this.#askMicros = column()
    this.#bidSize = column()
    this.#askSize = column()
  }

  /** The same tape, whose quotes are taken here as they go by in blocks. */
  tap(tape: BlockTape): BlockTape {
    let block: QuoteBlock | undefined
    let from = 0
    const take = (to: number): void => {
      if (block !== undefined) this.take(block, from, to)
    }
    return {
      get receivedUs() {
        return tape.receivedUs
      },
      quotes() {
        block = tape.quotes()
        from = block?.from ?? 0
        return block
      },
      advanceTo(row) {
        take(row)
        tape.advanceTo(row)
      },
      intern: (place) => tape.intern(place),
      emit: (sink: MarketSink) => tape.emit(sink),
      refill: () => tape.refill(),
      close: () => tape.close(),
    }
  }

  /** Rows of a contract are told from now on; calls nest. */
  watch(instrument: InstrumentIndex): void {
    if (instrument >= this.#watched.length) {
      const longer = new Uint8Array(Math.max(1_024, instrument * 2))
      longer.set(this.#watched)
      this.#watched = longer
    }
    this.#watched[instrument] = (this.#watched[instrument] as number) + 1
    this.#watching++
  }

  unwatch(instrument: InstrumentIndex): void {
    this.#watched[instrument] = (this.#watched[instrument] as number) - 1
    this.#watching--
  }

  /** Takes rows of a block, a run of the ring at a time. */
  take(block: QuoteBlock, from: number, to: number): void {
    const mask = this.#rows - 1
    const first = this.#taken
    for (let row = Math.max(from, to - this.#rows); row < to; ) {
      const at = (first + row - from) & mask
      const count = Math.min(to - row, this.#rows - at)
      this.#copy(block, row, row + count, at)
      row += count
    }
    this.#taken += to - from
    if (this.#watching === 0) return
    const watched = this.#watched
    for (let taken = Math.max(first, this.#taken - this.#rows); taken < this.#taken; taken++) {
      const instrument = this.#instrument[taken & mask] as InstrumentIndex
      if ((watched[instrument] ?? 0) > 0) this.#onRow(instrument, this.#row(taken & mask))
    }
  }

  /** Whole columns at once, but for the instruments, which stand in the block by place. */
  #copy({ place, indexes, ...block }: QuoteBlock, from: number, to: number, at: number): void {
    this.#receivedUs.set(block.receivedUs.subarray(from, to), at)
    this.#bidMicros.set(block.bidMicros.subarray(from, to), at)
    this.#askMicros.set(block.askMicros.subarray(from, to), at)
    this.#bidSize.set(block.bidSize.subarray(from, to), at)
    this.#askSize.set(block.askSize.subarray(from, to), at)
    const instruments = this.#instrument
    for (let row = from; row < to; row++, at++) instruments[at] = indexes[place[row] as number] as number
  }

  /** Rows of a contract that are still here, received at `sinceUs` or later, oldest first. */
  since(instrument: InstrumentIndex, sinceUs: Us): RingRow[] {
    const mask = this.#rows - 1
    const found: RingRow[] = []
    const oldest = Math.max(0, this.#taken - this.#rows)
    for (let taken = this.#taken - 1; taken >= oldest; taken--) {
      const at = taken & mask
      if ((this.#receivedUs[at] as number) < sinceUs) break
      if (this.#instrument[at] === instrument) found.push(this.#row(at))
    }
    return found.reverse()
  }

  #row(at: number): RingRow {
    return {
      receivedUs: this.#receivedUs[at] as number,
      bidMicros: this.#bidMicros[at] as number,
      askMicros: this.#askMicros[at] as number,
      bidSize: this.#bidSize[at] as number,
      askSize: this.#askSize[at] as number,
    }
  }
}
