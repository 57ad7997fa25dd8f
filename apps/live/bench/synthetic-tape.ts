import {
  createOptionId,
  createRandom,
  type InstrumentIndex,
  type InstrumentTable,
  type MarketSink,
  QuoteBuffer,
  type Random,
  type Session,
  type Tape,
  TradeBuffer,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import { calendarYears, type ExchangeCalendar } from '@scalp/market-data'
import { black76Value } from '@scalp/pricing'

interface Contract {
  readonly index: InstrumentIndex
  readonly sign: 1 | -1
  readonly strike: number
  readonly expiryUs: Us
}

/** What a synthetic tape is like. */
export interface SyntheticTapeOptions {
  readonly instruments: InstrumentTable
  readonly calendar: ExchangeCalendar
  readonly symbol: string
  readonly sessions: readonly Session[]
  /** Events a second of market time: one in fifty is a trade of the underlying. */
  readonly eventsPerSecond: number
  readonly strikes: number
}

/** Sessions of an underlying that walks and bursts, and of a chain priced from it. Nothing is allocated per event. */
export class SyntheticTape implements Tape {
  receivedUs: Us = Number.POSITIVE_INFINITY
  readonly #options: SyntheticTapeOptions
  readonly #random: Random = createRandom('load')
  readonly #quote = new QuoteBuffer()
  readonly #trade = new TradeBuffer()
  readonly #stepUs: number
  #contracts: Contract[] = []
  #day = -1
  #event = 0
  #price = 250
  #drift = 0
  #left = 0

  constructor(options: SyntheticTapeOptions) {
    this.#options = options
    this.#stepUs = US_PER_SECOND / options.eventsPerSecond
  }

  refill(): Promise<boolean> {
    this.#day++
    const session = this.#options.sessions[this.#day]
    if (session === undefined) return Promise.resolve(false)
    this.#event = 0
    this.#contracts = this.#list(session)
    this.receivedUs = session.openUs
    return Promise.resolve(true)
  }

  emit(sink: MarketSink): void {
    const us = this.receivedUs
    if (this.#event % 50 === 0) this.#tick(us, sink)
    else this.#show(us, sink)
    this.#event++
    const session = this.#options.sessions[this.#day] as Session
    const nextUs = session.openUs + Math.round(this.#event * this.#stepUs)
    this.receivedUs = nextUs < session.closeUs ? nextUs : Number.POSITIVE_INFINITY
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #tick(us: Us, sink: MarketSink): void {
    const seconds = (50 * this.#stepUs) / US_PER_SECOND
    this.#left -= seconds
    if (this.#left <= 0) {
      /** Twenty seconds of drift now and then, quiet in between. */
      const isBurst = this.#drift === 0 && this.#random() < 0.3
      this.#drift = isBurst ? ((this.#random() < 0.5 ? -1 : 1) * (0.5 + this.#random() * 0.4)) / 100 / 20 : 0
      this.#left = 20
    }
    const home = Math.log(250 / this.#price) * 0.0004 * seconds
    this.#price *= Math.exp(
      this.#drift * seconds + home + (this.#random() - 0.5) * 0.0002 * Math.sqrt(seconds),
    )
    const trade = this.#trade
    trade.instrument = this.#options.instruments.underlying(this.#options.symbol)
    trade.receivedUs = us
    trade.sourceUs = us
    trade.priceMicros = Math.round(this.#price * 100) * 10_000
    trade.size = 100
    sink.onTrade(trade)
  }

  #show(us: Us, sink: MarketSink): void {
    const { index, sign, strike, expiryUs } = this.#contracts[
      this.#event % this.#contracts.length
    ] as Contract
    const value = black76Value(sign, this.#price, strike, calendarYears(us, expiryUs), 0.38, 1)
    const half = Math.max(0.01, value * 0.012)
    const quote = this.#quote
    quote.instrument = index
    quote.receivedUs = us
    quote.sourceUs = us
    const bid = Math.max(0, Math.round((value - half) * 100))
    quote.bidMicros = bid === 0 ? Number.NaN : bid * 10_000
    quote.askMicros = Math.max(bid + 1, Math.round((value + half) * 100)) * 10_000
    quote.bidSize = bid === 0 ? 0 : 20
    quote.askSize = 20
    sink.onQuote(quote)
  }

  #list({ date }: Session): Contract[] {
    const { instruments, calendar, symbol, strikes } = this.#options
    const contracts: Contract[] = []
    let session = calendar.nextSession(date)
    for (let expiry = 0; expiry < 3 && session !== undefined; expiry++) {
      for (let step = -strikes; step <= strikes; step++)
        for (const right of ['C', 'P'] as const) {
          const strike = 250 + step * 2.5
          const index = instruments.option(
            createOptionId({ underlying: symbol, expiry: session.date, right, strike }),
          )
          contracts.push({ index, sign: right === 'C' ? 1 : -1, strike, expiryUs: session.closeUs })
        }
      session = calendar.nextSession(session.date)
    }
    return contracts
  }
}
