import {
  createOptionId,
  type Fill,
  type InstrumentIndex,
  InstrumentTable,
  type QuoteReader,
} from '@scalp/canonical'
import { Account, PositionTracker } from '../src/index.js'

/** A tracker and an account over one contract, whose quote the test sets. */
export class Ledger {
  readonly instruments: InstrumentTable = new InstrumentTable()
  readonly instrument: InstrumentIndex
  readonly tracker: PositionTracker
  readonly account: Account
  bidMicros = Number.NaN
  askMicros = Number.NaN
  #fills = 0

  constructor(startingCashMicros = 10_000_000_000) {
    const { instruments } = this
    const id = createOptionId({ underlying: 'TSLA', expiry: '2024-01-05', right: 'C', strike: 250 })
    this.instrument = instruments.option(id)
    this.tracker = new PositionTracker({ instruments })
    const quotes = {
      bidMicros: () => this.bidMicros,
      askMicros: () => this.askMicros,
    } as Partial<QuoteReader>
    this.account = new Account({
      instruments,
      positions: this.tracker,
      quotes: quotes as QuoteReader,
      startingCashMicros,
    })
  }

  /** Fills signed contracts at a price; time moves on by a second. */
  fill(signed: number, priceMicros: number, feesMicros = 0, tag?: string): Fill {
    const number = ++this.#fills
    const fill: Fill = {
      fillId: `fill-${number}`,
      orderId: `order-${number}` as Fill['orderId'],
      instrument: this.instrument,
      side: signed > 0 ? 'buy' : 'sell',
      contracts: Math.abs(signed),
      priceMicros,
      feesMicros,
      remaining: 0,
      receivedUs: number * 1_000_000,
      quoteAgeUs: 0,
      bidMicros: priceMicros,
      askMicros: priceMicros,
    }
    if (this.tracker.apply(fill, tag)) this.account.apply(fill)
    return fill
  }
}
