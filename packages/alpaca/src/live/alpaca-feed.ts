import {
  BarBuffer,
  type Feed,
  type InstrumentIndex,
  type InstrumentTable,
  type MarketSink,
  QuoteBuffer,
  TradeBuffer,
  toMicros,
  US_PER_MINUTE,
  type Us,
} from '@scalp/canonical'
import { MarketStream, type MarketStreamOptions } from '../stream/market-stream.js'
import type { MarketMessage } from '../wire/market-decoder.js'
import type { WireQuote, WireTrade } from '../wire/market-views.js'
import { WireTimestamp } from '../wire/timestamp.js'
import { optionTradeEffect, stockTradeEffect } from '../wire/trade-conditions.js'

/** What a feed takes besides what its streams do. */
export interface AlpacaFeedOptions extends Omit<MarketStreamOptions, 'sink' | 'feed' | 'codec'> {
  readonly instruments: InstrumentTable
  /** Contracts to watch, without padding. */
  readonly contracts: readonly string[]
  /** Stocks to watch. */
  readonly underlyings: readonly string[]
  /** `indicative` unless told; it is delayed and altered, so not for live decisions. */
  readonly optionFeed?: 'opra' | 'indicative'
  /** `iex` unless told. */
  readonly stockFeed?: 'sip' | 'iex' | 'delayed_sip'
}

/** Alpaca's option and stock streams as one feed of canonical events. */
export class AlpacaFeed implements Feed {
  readonly #options: AlpacaFeedOptions
  readonly #contracts: Set<string>
  readonly #quote = new QuoteBuffer()
  readonly #trade = new TradeBuffer()
  readonly #bar = new BarBuffer()
  #sink: MarketSink | undefined
  #optionStream: MarketStream | undefined
  #stockStream: MarketStream | undefined

  constructor(options: AlpacaFeedOptions) {
    this.#options = options
    this.#contracts = new Set(options.contracts)
  }

  /** The streams that run, for their state and counts. */
  get streams(): readonly MarketStream[] {
    return [this.#optionStream, this.#stockStream].filter((stream) => stream !== undefined)
  }

  /** True while every stream is connected and all that is wanted is acknowledged. */
  get isReady(): boolean {
    const { streams } = this
    return streams.length > 0 && streams.every(({ isSubscribed }) => isSubscribed)
  }

  /** Connects; resolves when everything wanted is subscribed. */
  async start(sink: MarketSink): Promise<void> {
    this.#sink = sink
    const { optionFeed = 'indicative', stockFeed = 'iex', underlyings } = this.#options
    if (this.#contracts.size > 0) {
      this.#optionStream = this.#open(optionFeed, true)
      this.#optionStream.subscribe(both(Array.from(this.#contracts)))
    }
    if (underlyings.length > 0) {
      this.#stockStream = this.#open(stockFeed, false)
      this.#stockStream.subscribe({ ...both(underlyings), bars: underlyings })
    }
    const { streams } = this
    await Promise.all(streams.map((stream) => stream.start()))
    await Promise.all(streams.map((stream) => stream.subscribed()))
  }

  async stop(): Promise<void> {
    await Promise.all(this.streams.map((stream) => stream.stop()))
    this.#sink = undefined
  }

  /** Changes the contracts watched by the difference to those watched now. */
  watch(contracts: readonly string[]): void {
    const wanted = new Set(contracts)
    const added = contracts.filter((symbol) => !this.#contracts.has(symbol))
    const removed = Array.from(this.#contracts).filter((symbol) => !wanted.has(symbol))
    for (const symbol of added) this.#contracts.add(symbol)
    for (const symbol of removed) this.#contracts.delete(symbol)
    this.#optionStream?.unsubscribe(both(removed))
    this.#optionStream?.subscribe(both(added))
  }

  #open(feed: MarketStreamOptions['feed'], isOption: boolean): MarketStream {
    const indexes: InstrumentIndex[] = []
    const { instruments } = this.#options
    /** The canonical index of a symbol id, looked up at first sight. */
    const indexOf = (view: WireQuote | WireTrade): InstrumentIndex | undefined => {
      const known = indexes[view.symbolId]
      if (known !== undefined) return known
      const { symbol } = view
      const index = isOption ? instruments.optionSymbol(symbol) : instruments.underlying(symbol)
      if (index !== undefined) indexes[view.symbolId] = index
      return index
    }
    const stream: MarketStream = new MarketStream({
      ...this.#options,
      feed,
      sink: {
        onQuote: (view): undefined => {
          const index = indexOf(view)
          if (index !== undefined) this.#onQuote(view, index, stream.receivedUs)
        },
        onTrade: (view): undefined => {
          const index = indexOf(view)
          const { conditions } = view
          const effect = isOption ? optionTradeEffect(conditions) : stockTradeEffect(conditions)
          if (index !== undefined && effect === 'price-and-volume')
            this.#onTrade(view, index, stream.receivedUs)
        },
        onMessage: (message): undefined => {
          if (message.T === 'b') this.#onBar(message, stream.receivedUs)
        },
        onFault: () => undefined,
      },
    })
    return stream
  }

  #onQuote(view: WireQuote, instrument: InstrumentIndex, receivedUs: Us): void {
    const quote = this.#quote
    quote.instrument = instrument
    quote.receivedUs = receivedUs
    quote.sourceUs = view.sourceUs
    quote.bidMicros = view.bidMicros
    quote.askMicros = view.askMicros
    quote.bidSize = Number.isNaN(quote.bidMicros) ? 0 : view.bidSize
    quote.askSize = Number.isNaN(quote.askMicros) ? 0 : view.askSize
    this.#sink?.onQuote(quote)
  }

  /** Minute bars of the underlyings. */
  #onBar(message: MarketMessage, receivedUs: Us): void {
    const { S: symbol, t } = message
    if (typeof symbol !== 'string' || !(t instanceof WireTimestamp)) return
    const bar = this.#bar
    bar.instrument = this.#options.instruments.underlying(symbol)
    bar.receivedUs = receivedUs
    bar.startUs = t.us
    bar.lengthUs = US_PER_MINUTE
    bar.openMicros = toMicros(Number(message['o']))
    bar.highMicros = toMicros(Number(message['h']))
    bar.lowMicros = toMicros(Number(message['l']))
    bar.closeMicros = toMicros(Number(message['c']))
    bar.volume = Number(message['v'])
    bar.vwapMicros = toMicros(Number(message['vw']))
    this.#sink?.onBar(bar)
  }

  #onTrade(view: WireTrade, instrument: InstrumentIndex, receivedUs: Us): void {
    const trade = this.#trade
    trade.instrument = instrument
    trade.receivedUs = receivedUs
    trade.sourceUs = view.sourceUs
    trade.priceMicros = view.priceMicros
    trade.size = view.size
    this.#sink?.onTrade(trade)
  }
}

/** A feed of Alpaca's option and stock streams. */
export function createAlpacaFeed(options: AlpacaFeedOptions): AlpacaFeed {
  return new AlpacaFeed(options)
}

function both(symbols: readonly string[]): { trades: readonly string[]; quotes: readonly string[] } {
  return { trades: symbols, quotes: symbols }
}
