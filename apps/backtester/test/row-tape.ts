import {
  type BarBlock,
  BarBuffer,
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

/** A bar of a test, of the underlying; it lasts a second. */
export interface BarRow {
  readonly us: number
  readonly priceMicros: number
}

/** Bars of an underlying as a tape that lends blocks of so many. */
export function createBarTape(
  rows: readonly BarRow[],
  symbol: string,
  instruments: InstrumentTable,
  size: number,
): BlockTape {
  const column = (): Float64Array => new Float64Array(size)
  const block: BarBlock = {
    from: 0,
    to: 0,
    place: new Uint32Array(size),
    indexes: new Int32Array(1).fill(-1),
    receivedUs: column(),
    startUs: column(),
    openMicros: column(),
    highMicros: column(),
    lowMicros: column(),
    closeMicros: column(),
    volume: column(),
  }
  const buffer = new BarBuffer()
  let loaded = 0
  return {
    get receivedUs() {
      return block.from < block.to ? (block.receivedUs[block.from] as number) : Number.POSITIVE_INFINITY
    },
    quotes: () => undefined,
    bars: () => (block.from < block.to ? block : undefined),
    advanceTo(row) {
      block.from = row
    },
    intern(place) {
      const index = instruments.underlying(symbol)
      block.indexes[place] = index
      return index
    },
    emit(sink) {
      const at = block.from++
      const known = block.indexes[0] as number
      buffer.instrument = (known < 0 ? this.intern(0) : known) as InstrumentIndex
      buffer.receivedUs = block.receivedUs[at] as number
      buffer.startUs = block.startUs[at] as number
      buffer.lengthUs = buffer.receivedUs - buffer.startUs
      buffer.openMicros = block.openMicros[at] as number
      buffer.highMicros = block.highMicros[at] as number
      buffer.lowMicros = block.lowMicros[at] as number
      buffer.closeMicros = block.closeMicros[at] as number
      buffer.volume = block.volume[at] as number
      sink.onBar(buffer)
    },
    refill() {
      const next = rows.slice(loaded, loaded + size)
      loaded += next.length
      block.from = 0
      block.to = next.length
      for (const [row, { us, priceMicros }] of next.entries()) {
        block.receivedUs[row] = us
        block.startUs[row] = us - 1_000_000
        block.openMicros[row] = priceMicros - 1
        block.highMicros[row] = priceMicros + 2
        block.lowMicros[row] = priceMicros - 3
        block.closeMicros[row] = priceMicros
        block.volume[row] = priceMicros % 1_009
      }
      return Promise.resolve(next.length > 0)
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
