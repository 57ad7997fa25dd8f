import {
  type BlockTape,
  createQuoteBlock,
  type InstrumentIndex,
  type InstrumentTable,
  QuoteBuffer,
  type Tape,
} from '@scalp/canonical'

/** A quote of a test. */
export interface Row {
  readonly us: number
  readonly symbol: string
  readonly bid: number
  readonly ask: number
  readonly size: number
}

/** Rows as a tape that lends blocks of so many. */
export function createRowTape(
  rows: readonly Row[],
  instruments: InstrumentTable,
  { block: size, sampleUs }: { readonly block: number; readonly sampleUs: number },
): BlockTape {
  const symbols = [...new Set(rows.map(({ symbol }) => symbol))]
  const block = createQuoteBlock({
    rows: size,
    sampleUs,
    indexes: new Int32Array(symbols.length).fill(-1),
  })
  const buffer = new QuoteBuffer()
  let loaded = 0
  let count = 0
  let at = 0
  const head = (): number => (at < count ? (block.receivedUs[at] as number) : Number.POSITIVE_INFINITY)
  return {
    get receivedUs() {
      return head()
    },
    quotes() {
      if (at >= count) return undefined
      block.from = at
      block.to = count
      return block
    },
    advanceTo(row) {
      at = row
    },
    intern(place) {
      const index = instruments.requireOption(symbols[place] as string)
      block.indexes[place] = index
      return index
    },
    emit(sink) {
      const place = block.place[at] as number
      const known = block.indexes[place] as number
      buffer.instrument = (known < 0 ? this.intern(place) : known) as InstrumentIndex
      buffer.receivedUs = block.receivedUs[at] as number
      buffer.sourceUs = block.sourceUs[at] as number
      buffer.bidMicros = block.bidMicros[at] as number
      buffer.askMicros = block.askMicros[at] as number
      buffer.bidSize = block.bidSize[at] as number
      buffer.askSize = block.askSize[at] as number
      buffer.sampleUs = block.sampleUs
      at++
      sink.onQuote(buffer)
    },
    refill() {
      const next = rows.slice(loaded, loaded + size)
      loaded += next.length
      count = next.length
      at = 0
      for (const [row, { us, symbol, bid, ask, size: contracts }] of next.entries()) {
        block.place[row] = symbols.indexOf(symbol)
        block.receivedUs[row] = us
        block.sourceUs[row] = us
        block.bidMicros[row] = bid
        block.askMicros[row] = ask
        block.bidSize[row] = contracts
        block.askSize[row] = contracts
      }
      return Promise.resolve(count > 0)
    },
    close: () => Promise.resolve(),
  }
}

/** The same events, lent one by one only. */
export function withoutBlocks(tape: BlockTape): Tape {
  return {
    get receivedUs() {
      return tape.receivedUs
    },
    emit: (sink) => tape.emit(sink),
    refill: () => tape.refill(),
    close: () => tape.close(),
  }
}
