import {
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
import { type FileGroup, groupByDays } from './decode-group.js'
import { DecodePool } from './decode-pool.js'
import { addStats, type DecodeStats, type EventBatch, emptyStats, KIND } from './event-batch.js'

/** Files of one schema: read one after the other, or merged by receive time where they share days. */
export interface DatasetTapeOptions {
  readonly files: readonly DataFile[]
  readonly instruments: InstrumentTable
  /** OCC roots of options, or symbols of shares; undefined: all. */
  readonly symbols?: readonly string[]
  /** Leaves out options that expire more than so many days after the day of the record. */
  readonly maxDte?: number
  /** Threads that decode ahead; 1 decodes in the calling thread. The events are the same. */
  readonly workers?: number
  /** Called when a file has been read to its end. */
  readonly onFileEnd?: (file: DataFile, stats: DecodeStats) => void
}

const SAMPLE_US: Readonly<Record<string, number>> = { 'cbbo-1m': 60_000_000, 'cbbo-1s': 1_000_000 }

const NOT_HANDED_OUT = -1

/** The files of one schema of a dataset, as a tape. */
export class DatasetTape implements BlockTape {
  receivedUs: Us = Number.POSITIVE_INFINITY
  readonly stats: DecodeStats = emptyStats()
  readonly #groups: readonly FileGroup[]
  readonly #instruments: InstrumentTable
  readonly #pool: DecodePool
  readonly #onFileEnd: ((file: DataFile, stats: DecodeStats) => void) | undefined
  readonly #quote = new QuoteBuffer()
  readonly #trade = new TradeBuffer()
  readonly #bar = new BarBuffer()
  #batches: AsyncGenerator<EventBatch, readonly DecodeStats[]> | undefined
  #group = -1
  #batch: EventBatch | undefined
  #row = 0
  /** Symbols of the files at hand, and their instruments once a row of theirs was emitted. */
  #symbols: string[] = []
  #indexes: Int32Array = new Int32Array(1_024)
  #block: QuoteBlock | undefined
  #isOptions = true
  #lengthUs = 0

  constructor({ files, instruments, symbols, maxDte, workers = 1, onFileEnd }: DatasetTapeOptions) {
    this.#groups = groupByDays(files)
    this.#instruments = instruments
    this.#onFileEnd = onFileEnd
    this.#pool = new DecodePool({ groups: this.#groups, wanted: { symbols, maxDte }, workers })
  }

  async refill(): Promise<boolean> {
    for (;;) {
      if (this.#batches === undefined) {
        if (this.#group + 1 >= this.#groups.length) return false
        this.#open(++this.#group)
      }
      const { done, value } = await (
        this.#batches as AsyncGenerator<EventBatch, readonly DecodeStats[]>
      ).next()
      if (done === true) {
        this.#batches = undefined
        this.#endGroup(value)
        continue
      }
      this.#addSymbols(value.newSymbols)
      if (value.count === 0) continue
      this.#batch = value
      this.#block = undefined
      this.#row = 0
      this.receivedUs = value.receivedUs[0] as number
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
    if (block.to <= this.#row) block.to = endOfQuotes(batch, this.#row)
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
    await this.#batches?.return([])
    await this.#pool.close()
  }

  #endGroup(counts: readonly DecodeStats[]): void {
    for (const [at, file] of (this.#groups[this.#group] as FileGroup).entries()) {
      const stats = counts[at] as DecodeStats
      addStats(this.stats, stats)
      this.#onFileEnd?.(file, stats)
    }
  }

  #open(at: number): void {
    const file = this.#groups[at]?.[0] as DataFile
    this.#batches = this.#pool.read(at)
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

function endOfQuotes({ count, kind }: EventBatch, from: number): number {
  let row = from
  while (row < count && kind[row] === KIND.quote) row++
  return row
}

/** Makes a tape of the files of one schema. */
export function createDatasetTape(options: DatasetTapeOptions): DatasetTape {
  return new DatasetTape(options)
}
