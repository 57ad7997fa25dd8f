import {
  type BarBlock,
  BarBuffer,
  type BlockTape,
  type InstrumentIndex,
  type InstrumentTable,
  type MarketSink,
  type QuoteBlock,
  QuoteBuffer,
  TradeBuffer,
  type Us,
} from '@scalp/canonical'
import type { DataFile } from '../dataset/discover.js'
import { type FeedOptions, FileFeed } from './batch-feed.js'
import { type DecodeStats, type EventBatch, KIND } from './event-batch.js'

/** Files of one schema: read one after the other, or merged by receive time where they share days. */
export interface DatasetTapeOptions extends FeedOptions {
  readonly instruments: InstrumentTable
  /** Leaves out all but the trades of files that hold quotes too. */
  readonly only?: 'trades'
}

const SAMPLE_US: Readonly<Record<string, number>> = { 'cbbo-1m': 60_000_000, 'cbbo-1s': 1_000_000 }

const NOT_HANDED_OUT = -1

/** The files of one schema of a dataset, as a tape. */
export class DatasetTape implements BlockTape {
  receivedUs: Us = Number.POSITIVE_INFINITY
  readonly #feed: FileFeed
  readonly #instruments: InstrumentTable
  readonly #quote = new QuoteBuffer()
  readonly #trade = new TradeBuffer()
  readonly #bar = new BarBuffer()
  #group = -1
  #batch: EventBatch | undefined
  #row = 0
  /** Symbols of the files at hand, and their instruments once a row of theirs was emitted. */
  #symbols: string[] = []
  #indexes: Int32Array = new Int32Array(1_024)
  #block: QuoteBlock | undefined
  #bars: BarBlock | undefined
  #isOptions = true
  #lengthUs = 0

  readonly #only: 'trades' | undefined

  constructor(feed: FileFeed, instruments: InstrumentTable, only?: 'trades') {
    this.#feed = feed
    this.#instruments = instruments
    this.#only = only
  }

  /** Counts of what was read, of files that were read to their end. */
  get stats(): DecodeStats {
    return this.#feed.stats
  }

  async refill(): Promise<boolean> {
    for (;;) {
      const fed = await this.#feed.next()
      if (fed === undefined) return false
      const { batch, group, file } = fed
      if (group !== this.#group) this.#open(group, file)
      this.#addSymbols(batch.newSymbols)
      if (this.#only === 'trades') keepTrades(batch)
      if (batch.count === 0) continue
      this.#batch = batch
      this.#block = undefined
      this.#bars = undefined
      this.#row = 0
      this.receivedUs = batch.receivedUs[0] as number
      return true
    }
  }

  emit(sink: MarketSink): void {
    const batch = this.#batch as EventBatch
    const row = this.#row++
    const receivedUs = this.receivedUs
    this.receivedUs =
      this.#row < batch.count ? (batch.receivedUs[this.#row] as number) : Number.POSITIVE_INFINITY
    const symbol = batch.symbol[row] as number
    const known = this.#indexes[symbol] as InstrumentIndex
    const instrument = known === NOT_HANDED_OUT ? this.intern(symbol) : known
    switch (batch.kind[row]) {
      case KIND.quote: {
        const quote = this.#quote
        quote.instrument = instrument
        quote.receivedUs = receivedUs
        quote.sourceUs = batch.sourceUs[row] as number
        quote.bidMicros = batch.a[row] as number
        quote.askMicros = batch.b[row] as number
        quote.bidSize = batch.c[row] as number
        quote.askSize = batch.d[row] as number
        quote.sampleUs = this.#lengthUs
        sink.onQuote(quote)
        return
      }
      case KIND.bar:
        this.#emitBar(sink, batch, row, instrument, receivedUs)
        return
      case KIND.trade:
        this.#emitTrade(sink, batch, row, instrument, receivedUs)
        return
      default:
        sink.onStatistic({
          instrument,
          receivedUs,
          kind: batch.kind[row] === KIND.volume ? 'volume' : 'open-interest',
          value: batch.a[row] as number,
        })
    }
  }

  quotes(): QuoteBlock | undefined {
    const batch = this.#batch
    if (batch === undefined || this.#row >= batch.count || batch.kind[this.#row] !== KIND.quote)
      return undefined
    const { symbol, receivedUs, sourceUs, a, b, c, d } = batch
    const block = (this.#block ??= {
      from: 0,
      to: 0,
      place: symbol,
      indexes: this.#indexes,
      receivedUs,
      sourceUs,
      bidMicros: a,
      askMicros: b,
      bidSize: c,
      askSize: d,
      sampleUs: this.#lengthUs,
    })
    block.from = this.#row
    if (block.to <= this.#row) block.to = endOf(KIND.quote, batch, this.#row)
    return block
  }

  bars(): BarBlock | undefined {
    const batch = this.#batch
    if (batch === undefined || this.#row >= batch.count || batch.kind[this.#row] !== KIND.bar)
      return undefined
    const { symbol, receivedUs, sourceUs, a, b, c, d, e } = batch
    const block = (this.#bars ??= {
      from: 0,
      to: 0,
      place: symbol,
      indexes: this.#indexes,
      receivedUs,
      startUs: sourceUs,
      openMicros: a,
      highMicros: b,
      lowMicros: c,
      closeMicros: d,
      volume: e,
    })
    block.from = this.#row
    if (block.to <= this.#row) block.to = endOf(KIND.bar, batch, this.#row)
    return block
  }

  advanceTo(row: number): void {
    const batch = this.#batch as EventBatch
    this.#row = row
    this.receivedUs = row < batch.count ? (batch.receivedUs[row] as number) : Number.POSITIVE_INFINITY
  }

  /** In the order of emission, so that indexes do not depend on how far threads have decoded ahead. */
  intern(place: number): InstrumentIndex {
    const text = this.#symbols[place] as string
    const index = this.#isOptions ? this.#instruments.requireOption(text) : this.#instruments.underlying(text)
    this.#indexes[place] = index
    return index
  }

  async close(): Promise<void> {
    await this.#feed.close()
  }

  #open(group: number, file: DataFile): void {
    this.#group = group
    this.#symbols = []
    this.#indexes.fill(NOT_HANDED_OUT)
    this.#isOptions = file.dataset.startsWith('OPRA')
    this.#lengthUs = SAMPLE_US[file.schema] ?? 0
  }

  #addSymbols(symbols: readonly string[]): void {
    for (const symbol of symbols) this.#symbols.push(symbol)
    if (this.#symbols.length <= this.#indexes.length) return
    const indexes = new Int32Array(this.#symbols.length * 2).fill(NOT_HANDED_OUT)
    indexes.set(this.#indexes)
    this.#indexes = indexes
  }

  #emitBar(
    sink: MarketSink,
    batch: EventBatch,
    row: number,
    instrument: InstrumentIndex,
    receivedUs: Us,
  ): void {
    const bar = this.#bar
    bar.instrument = instrument
    bar.receivedUs = receivedUs
    bar.startUs = batch.sourceUs[row] as number
    bar.lengthUs = receivedUs - bar.startUs
    bar.openMicros = batch.a[row] as number
    bar.highMicros = batch.b[row] as number
    bar.lowMicros = batch.c[row] as number
    bar.closeMicros = batch.d[row] as number
    bar.volume = batch.e[row] as number
    sink.onBar(bar)
  }

  #emitTrade(
    sink: MarketSink,
    batch: EventBatch,
    row: number,
    instrument: InstrumentIndex,
    receivedUs: Us,
  ): void {
    const trade = this.#trade
    trade.instrument = instrument
    trade.receivedUs = receivedUs
    trade.sourceUs = batch.sourceUs[row] as number
    trade.priceMicros = batch.a[row] as number
    trade.size = batch.b[row] as number
    sink.onTrade(trade)
  }
}

function endOf(wanted: number, { count, kind }: EventBatch, from: number): number {
  let row = from
  while (row < count && kind[row] === wanted) row++
  return row
}

/** Moves the trades of a batch to its front. */
function keepTrades(batch: EventBatch): void {
  const { count, kind, symbol, receivedUs, sourceUs, a, b } = batch
  let kept = 0
  for (let row = 0; row < count; row++) {
    if (kind[row] !== KIND.trade) continue
    if (kept < row) {
      kind[kept] = KIND.trade
      symbol[kept] = symbol[row] as number
      receivedUs[kept] = receivedUs[row] as number
      sourceUs[kept] = sourceUs[row] as number
      a[kept] = a[row] as number
      b[kept] = b[row] as number
    }
    kept++
  }
  batch.count = kept
}

/** Makes a tape of the files of one schema. */
export function createDatasetTape({ instruments, only, ...options }: DatasetTapeOptions): DatasetTape {
  return new DatasetTape(new FileFeed(options), instruments, only)
}
