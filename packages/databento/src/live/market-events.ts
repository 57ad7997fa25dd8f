import {
  type Aggressor,
  BarBuffer,
  type InstrumentIndex,
  type InstrumentTable,
  type MarketSink,
  QuoteBuffer,
  TradeBuffer,
  US_PER_DAY,
  type Us,
} from '@scalp/canonical'
import type { Block } from '../dbn/assembler.js'
import { RTYPE } from '../dbn/enums.js'
import { type Field, layoutOf } from '../dbn/layouts.js'
import type { Metadata } from '../dbn/metadata.js'
import { type FieldValue, readField } from '../dbn/record.js'
import { Cmbp1View, OhlcvView, TradeView } from '../dbn/record-view.js'
import { GATEWAY_RTYPE, readMapping } from './gateway-message.js'

const OPEN_INTEREST = 9
const TRADE_ACTION = 0x54
const NO_QUANTITY: ReadonlySet<FieldValue> = new Set([2_147_483_647, 9_223_372_036_854_775_807n])
const BBO_1S = 0xc3
const BBO_1M = 0xc4
const MBP_1 = 0x01
const SECOND_US = 1_000_000
const NS_PER_DAY = 86_400_000_000_000n
const SAMPLE_US: ReadonlyMap<number, number> = new Map([
  [RTYPE.cbbo1s, SECOND_US],
  [RTYPE.cbbo1m, 60 * SECOND_US],
  [BBO_1S, SECOND_US],
  [BBO_1M, 60 * SECOND_US],
])
const BAR_US: ReadonlyMap<number, number> = new Map([
  [RTYPE.ohlcv1s, SECOND_US],
  [RTYPE.ohlcv1m, 60 * SECOND_US],
  [RTYPE.ohlcv1h, 3_600 * SECOND_US],
  [RTYPE.ohlcv1d, US_PER_DAY],
])
const AGGRESSORS: Readonly<Record<number, Aggressor>> = { 0x41: 'sell', 0x42: 'buy' }

/** What records became no event, and why. */
export interface LeftOut {
  /** No symbol mapping has named their instrument. */
  unmapped: number
  /** Their symbol is no option contract. */
  notOptions: number
}

/**
 * Turns blocks of live records into canonical events.
 *
 * Times: `receivedUs` is when the block arrived, also of records that a replay brings; `sourceUs` is the venue's
 * time, or the end of the interval that a quote samples. Of options, bars are told as the volume of the UTC day
 * so far, and open interest once a day, as the dataset tape does.
 */
export class MarketEvents {
  readonly leftOut: LeftOut = { unmapped: 0, notOptions: 0 }
  readonly #instruments: InstrumentTable
  readonly #areOptions: boolean
  readonly #symbols = new Map<number, string>()
  /** By instrument id, once an event was told; undefined: no option contract. */
  readonly #indexes = new Map<number, InstrumentIndex | undefined>()
  readonly #known = new Set<InstrumentIndex>()
  readonly #volumes = new Map<InstrumentIndex, { day: number; volume: number }>()
  /** The day that open interest was last told of. */
  readonly #interestDays = new Map<InstrumentIndex, number>()
  readonly #quoteView = new Cmbp1View()
  readonly #tradeView = new TradeView()
  readonly #barView = new OhlcvView()
  readonly #quote = new QuoteBuffer()
  readonly #trade = new TradeBuffer()
  readonly #bar = new BarBuffer()

  constructor(instruments: InstrumentTable, areOptions: boolean) {
    this.#instruments = instruments
    this.#areOptions = areOptions
    /** The index of an expired contract may be given to another one. */
    instruments.onListed(({ index }) => {
      if (!this.#known.has(index)) return
      this.#indexes.clear()
      this.#known.clear()
    })
  }

  /** Tells a sink of all the records of a block. */
  onBlock(block: Block, { version, tsOut }: Metadata, receivedUs: Us, sink: MarketSink): void {
    const { u32, view, length } = block
    this.#quoteView.bind(block)
    this.#tradeView.bind(block)
    this.#barView.bind(block)
    for (let at = 0; at < length; ) {
      const head = u32[at >>> 2] as number
      const rtype = (head >>> 8) & 0xff
      switch (rtype) {
        case RTYPE.cbbo1m:
        case RTYPE.cbbo1s:
        case BBO_1M:
        case BBO_1S:
          this.#onSample(at, SAMPLE_US.get(rtype) as number, receivedUs, sink)
          break
        case RTYPE.cmbp1:
        case MBP_1:
          this.#onTick(at, receivedUs, sink)
          break
        case RTYPE.tcbbo:
          this.#onQuotedTrade(at, receivedUs, sink)
          break
        case RTYPE.trade:
          this.#onTrade(at, receivedUs, sink)
          break
        case RTYPE.statistics:
          this.#onStatistic(view, at, version, receivedUs, sink)
          break
        case GATEWAY_RTYPE.mapping:
          this.#onMapping(view, at, version, tsOut)
          break
        default:
          if (BAR_US.has(rtype)) this.#onBar(at, BAR_US.get(rtype) as number, receivedUs, sink)
      }
      at += (head & 0xff) * 4
    }
  }

  #onMapping(view: DataView, at: number, version: number, tsOut: boolean): void {
    const { instrumentId, symbol } = readMapping(view, at, { version, tsOut })
    this.#symbols.set(instrumentId, symbol)
    this.#indexes.delete(instrumentId)
  }

  #indexOf(id: number): InstrumentIndex | undefined {
    const index = this.#indexes.get(id) ?? this.#intern(id)
    if (index === undefined) {
      if (this.#symbols.has(id)) this.leftOut.notOptions++
      else this.leftOut.unmapped++
    }
    return index
  }

  #intern(id: number): InstrumentIndex | undefined {
    const symbol = this.#symbols.get(id)
    if (symbol === undefined || this.#indexes.has(id)) return undefined
    const index = this.#areOptions
      ? this.#instruments.optionSymbol(symbol)
      : this.#instruments.underlying(symbol)
    this.#indexes.set(id, index)
    if (index !== undefined) this.#known.add(index)
    return index
  }

  #onSample(at: number, sampleUs: number, receivedUs: Us, sink: MarketSink): void {
    const instrument = this.#indexOf(this.#quoteView.moveTo(at).instrumentId)
    if (instrument !== undefined)
      this.#tellQuote(instrument, this.#quoteView.receivedUs, sampleUs, receivedUs, sink)
  }

  /** A quote; the trade that it follows from comes before it. */
  #onTick(at: number, receivedUs: Us, sink: MarketSink): void {
    const view = this.#quoteView.moveTo(at)
    const instrument = this.#indexOf(view.instrumentId)
    if (instrument === undefined) return
    if (view.action === TRADE_ACTION) this.#tellTrade(instrument, at, receivedUs, sink)
    this.#tellQuote(instrument, view.eventUs, 0, receivedUs, sink)
  }

  /** A trade with the quote that it met. */
  #onQuotedTrade(at: number, receivedUs: Us, sink: MarketSink): void {
    const view = this.#quoteView.moveTo(at)
    const instrument = this.#indexOf(view.instrumentId)
    if (instrument === undefined) return
    this.#tellQuote(instrument, view.eventUs, 0, receivedUs, sink)
    this.#tellTrade(instrument, at, receivedUs, sink)
  }

  #onTrade(at: number, receivedUs: Us, sink: MarketSink): void {
    const instrument = this.#indexOf(this.#tradeView.moveTo(at).instrumentId)
    if (instrument !== undefined) this.#tellTrade(instrument, at, receivedUs, sink)
  }

  #tellQuote(
    instrument: InstrumentIndex,
    sourceUs: Us,
    sampleUs: number,
    receivedUs: Us,
    sink: MarketSink,
  ): void {
    const quote = this.#quote
    const { bidMicros, askMicros, bidSize, askSize } = this.#quoteView
    quote.instrument = instrument
    quote.receivedUs = receivedUs
    quote.sourceUs = Number.isNaN(sourceUs) ? receivedUs : sourceUs
    quote.bidMicros = bidMicros
    quote.askMicros = askMicros
    quote.bidSize = bidSize
    quote.askSize = askSize
    quote.sampleUs = sampleUs
    sink.onQuote(quote)
  }

  #tellTrade(instrument: InstrumentIndex, at: number, receivedUs: Us, sink: MarketSink): void {
    const view = this.#tradeView.moveTo(at)
    const { priceMicros, eventUs } = view
    if (Number.isNaN(priceMicros)) return
    const trade = this.#trade
    trade.instrument = instrument
    trade.receivedUs = receivedUs
    trade.sourceUs = Number.isNaN(eventUs) ? receivedUs : eventUs
    trade.priceMicros = priceMicros
    trade.size = view.size
    trade.aggressor = AGGRESSORS[view.side] ?? 'unknown'
    sink.onTrade(trade)
  }

  #onBar(at: number, lengthUs: number, receivedUs: Us, sink: MarketSink): void {
    const view = this.#barView.moveTo(at)
    const instrument = this.#indexOf(view.instrumentId)
    if (instrument === undefined) return
    const { eventUs, volume } = view
    if (this.#areOptions) {
      const value = this.#volumeToday(instrument, eventUs, volume)
      sink.onStatistic({ instrument, receivedUs, kind: 'volume', value })
      return
    }
    const bar = this.#bar
    bar.instrument = instrument
    bar.receivedUs = receivedUs
    bar.startUs = eventUs
    bar.lengthUs = lengthUs
    bar.openMicros = view.openMicros
    bar.highMicros = view.highMicros
    bar.lowMicros = view.lowMicros
    bar.closeMicros = view.closeMicros
    bar.volume = volume
    sink.onBar(bar)
  }

  /** Open interest comes once from each venue, the same figure: the first of the day counts. */
  #onStatistic(view: DataView, at: number, version: number, receivedUs: Us, sink: MarketSink): void {
    const { statType, quantity } = statisticFields(version)
    if (readField(view, at, statType) !== OPEN_INTEREST) return
    const value = readField(view, at, quantity)
    if (NO_QUANTITY.has(value)) return
    const instrument = this.#indexOf(this.#tradeView.moveTo(at).instrumentId)
    if (instrument === undefined) return
    const day = Number(view.getBigUint64(at + 16, true) / NS_PER_DAY)
    if (this.#interestDays.get(instrument) === day) return
    this.#interestDays.set(instrument, day)
    sink.onStatistic({ instrument, receivedUs, kind: 'open-interest', value: Number(value) })
  }

  /** Adds to what was traded since the UTC day began. */
  #volumeToday(instrument: InstrumentIndex, us: Us, volume: number): number {
    const day = Math.floor(us / US_PER_DAY)
    const today = this.#volumes.get(instrument)
    if (today?.day === day) return (today.volume += volume)
    this.#volumes.set(instrument, { day, volume })
    return volume
  }
}

const STATISTIC_FIELDS = [1, 2, 3].map((version) => {
  const fields = layoutOf(RTYPE.statistics, version)?.fields ?? []
  const named = (name: string): Field => fields.find((field) => field.name === name) as Field
  return { statType: named('stat_type'), quantity: named('quantity') }
})

function statisticFields(version: number): { readonly statType: Field; readonly quantity: Field } {
  return STATISTIC_FIELDS[version - 1] as { statType: Field; quantity: Field }
}
