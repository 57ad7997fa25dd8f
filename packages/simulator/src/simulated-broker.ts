import {
  type ApprovedOrder,
  type Broker,
  type BrokerSink,
  type CalendarReader,
  type InstrumentIndex,
  type InstrumentReader,
  type Micros,
  type OrderEvent,
  type OrderId,
  type Quote,
  type QuoteReader,
  type Settlement,
  type Side,
  type UnderlyingReader,
  type Us,
} from '@scalp/canonical'
import type { OptionCosts } from './costs.js'
import { DuplicateOrderError } from './errors.js'
import { intrinsicMicros, isLastSession, nextCloseUs } from './expiry.js'
import { fillPriceMicros, type Slippage } from './fill-price.js'

/**
 * When an order may fill.
 *
 * - `nextQuote`: on the first quote received after the order reached the venue; honest on interval data.
 * - `freshOnly`: at once, on the standing quote, if it is at most `maxQuoteAgeMs` old; else never.
 * - `immediate`: at once, on the standing quote whatever its age; for reference runs and tick data only.
 */
export type FillModel = 'nextQuote' | 'freshOnly' | 'immediate'

/** What a simulated venue is made of. */
export interface SimulatedBrokerOptions {
  readonly instruments: InstrumentReader
  readonly calendar: CalendarReader
  readonly costs: OptionCosts
  readonly fillModel?: FillModel
  readonly slippage?: Slippage
  /** From decision to venue; 50 ms unless told. */
  readonly orderLatencyUs?: number
  /** From venue to us; 50 ms unless told. */
  readonly responseLatencyUs?: number
  /** Share of the displayed size that our orders may take, 1 unless told; 0 ignores size. */
  readonly participation?: number
  /** For `freshOnly`; 5,000 unless told. */
  readonly maxQuoteAgeMs?: number
}

/** The market as the venue needs to know it besides the quotes it is shown. */
export interface VenueMarket {
  /** The time at which orders and cancels are sent: the engine's, which may be past the last quote. */
  readonly nowUs: Us
  /** The standing book: for fills at once, and to price what is left at the end. */
  readonly quotes: QuoteReader
  /** Prices that expiring contracts settle at. */
  readonly prices: UnderlyingReader
}

interface Resting {
  readonly order: ApprovedOrder
  readonly arriveUs: Us
  remaining: number
  fills: number
}

interface Due<Value> {
  readonly atUs: Us
  readonly value: Value
}

/**
 * A venue that fills orders against recorded quotes: latency both ways, costs, expiry.
 *
 * It never fills on a quote that it received before the order, except under the two models that say so.
 * Replay shows it each quote before the engine sees it, and drives it by `nextUs` and `advanceTo`.
 */
export class SimulatedBroker implements Broker {
  readonly #options: Required<Omit<SimulatedBrokerOptions, 'slippage'>> & { readonly slippage: Slippage }
  #sink: BrokerSink | undefined
  #market: VenueMarket | undefined
  #nowUs: Us = Number.NEGATIVE_INFINITY
  readonly #known = new Set<OrderId>()
  readonly #arrivals: Due<ApprovedOrder>[] = []
  readonly #cancels: Due<OrderId>[] = []
  readonly #outgoing: Due<OrderEvent>[] = []
  readonly #resting = new Map<OrderId, Resting>()
  /** Resting orders by instrument index: lets a quote nobody waits for pass in a few ns. */
  #waiting = new Uint16Array(1_024)
  readonly #held = new Map<InstrumentIndex, number>()
  #closeUs: Us = Number.POSITIVE_INFINITY

  constructor(options: SimulatedBrokerOptions) {
    this.#options = {
      fillModel: 'nextQuote',
      slippage: { kind: 'percent', percent: 0 },
      orderLatencyUs: 50_000,
      responseLatencyUs: 50_000,
      participation: 1,
      maxQuoteAgeMs: 5_000,
      ...options,
    }
  }

  /** When the venue has something to do of itself; `Infinity` when it waits for quotes or orders. */
  get nextUs(): Us {
    return Math.min(dueUs(this.#arrivals), dueUs(this.#cancels), dueUs(this.#outgoing), this.#closeUs)
  }

  /**
   * Resting orders by instrument index; none beyond its end. Replay reads it row by row: only where it is not 0 must
   * a quote be shown. Borrowed: it may be another array after the next call.
   */
  get watched(): Uint16Array {
    return this.#waiting
  }

  /** Shows the venue the book and the prices of a run; replay does so with its engine. */
  attach(market: VenueMarket): void {
    this.#market = market
  }

  connect(sink: BrokerSink): Promise<void> {
    this.#sink = sink
    return Promise.resolve()
  }

  submit(order: ApprovedOrder): void {
    if (this.#known.has(order.id)) throw new DuplicateOrderError({ orderId: order.id })
    this.#known.add(order.id)
    insert(this.#arrivals, { atUs: order.decidedUs + this.#options.orderLatencyUs, value: order })
  }

  cancel(orderId: OrderId): void {
    const sentUs = Math.max(this.#nowUs, this.#market?.nowUs ?? this.#nowUs)
    insert(this.#cancels, { atUs: sentUs + this.#options.orderLatencyUs, value: orderId })
  }

  /** Does what is due up to and including an instant, in the order of time. */
  advanceTo(us: Us): void {
    for (let next = this.nextUs; next <= us; next = this.nextUs) {
      this.#nowUs = Math.max(this.#nowUs, next)
      if (dueUs(this.#outgoing) === next) this.#deliver()
      else if (dueUs(this.#arrivals) === next) this.#arrive()
      else if (dueUs(this.#cancels) === next) this.#applyCancel()
      else this.#closeSession()
    }
    this.#nowUs = Math.max(this.#nowUs, us)
  }

  /** Shows the venue a quote; orders that wait for one of this instrument may fill. */
  onQuote(quote: Quote): void {
    this.#nowUs = quote.receivedUs
    if ((this.#waiting[quote.instrument] ?? 0) === 0) return
    let bidSize = quote.bidSize * this.#options.participation
    let askSize = quote.askSize * this.#options.participation
    for (const resting of this.#resting.values()) {
      if (resting.order.instrument !== quote.instrument || resting.arriveUs > quote.receivedUs) continue
      const displayed = resting.order.side === 'buy' ? askSize : bidSize
      const filled = this.#tryFill(resting, quote, this.#options.participation === 0 ? Infinity : displayed)
      if (resting.order.side === 'buy') askSize -= filled
      else bidSize -= filled
    }
  }

  /** Ends the run: cancels what rests, and settles what is held at the last bid or ask, flagged `end-of-data`. */
  finish(us: Us): void {
    this.advanceTo(us)
    for (const { order } of this.#resting.values()) this.#cancelled(order.id, 'end of data')
    for (const { value } of this.#arrivals.splice(0))
      this.#send({ type: 'order-cancelled', orderId: value.id, receivedUs: us, reason: 'end of data' })
    for (const [instrument, contracts] of this.#held) {
      const quotes = this.#market?.quotes
      const side: Side = contracts > 0 ? 'sell' : 'buy'
      const mark = contracts > 0 ? quotes?.bidMicros(instrument) : quotes?.askMicros(instrument)
      const priceMicros = mark !== undefined && Number.isFinite(mark) ? mark : 0
      this.#settle({
        instrument,
        contracts,
        priceMicros,
        reason: 'end-of-data',
        feesMicros: this.#fees(instrument, side, Math.abs(contracts), priceMicros),
        receivedUs: us,
      })
    }
    while (this.#outgoing.length > 0) this.#deliver()
  }

  #arrive(): void {
    const due = this.#arrivals.shift()
    if (due === undefined) return
    const { value: order, atUs } = due
    if (!this.#options.calendar.isOpen(atUs)) {
      this.#reject(order.id, 'the market is closed')
      return
    }
    this.#send({ type: 'order-accepted', orderId: order.id, receivedUs: 0 })
    const resting: Resting = { order, arriveUs: atUs, remaining: order.contracts, fills: 0 }
    this.#resting.set(order.id, resting)
    this.#watch(order.instrument, 1)
    this.#watchClose()
    if (this.#options.fillModel !== 'nextQuote') this.#fillAtOnce(resting)
  }

  #fillAtOnce(resting: Resting): void {
    const quote = this.#market?.quotes.copy(resting.order.instrument)
    const maxAgeUs = this.#options.fillModel === 'immediate' ? Infinity : this.#options.maxQuoteAgeMs * 1_000
    if (quote !== undefined && resting.arriveUs - quote.receivedUs <= maxAgeUs)
      this.#tryFill(resting, quote, Infinity)
    if (resting.remaining > 0) this.#cancelled(resting.order.id, 'no fresh quote to fill on')
  }

  /** Fills what the quote allows and answers how many contracts it took. */
  #tryFill(resting: Resting, quote: Quote, displayed: number): number {
    const { order } = resting
    if (!this.#isFillable(quote)) return 0
    const priceMicros = fillPriceMicros(order.side, quote, order.limitMicros, this.#options.slippage)
    const contracts = Math.min(resting.remaining, Math.floor(displayed))
    if (!(priceMicros >= 0) || !(contracts > 0)) return 0
    resting.remaining -= contracts
    resting.fills++
    this.#hold(order.instrument, order.side === 'buy' ? contracts : -contracts)
    this.#send({
      type: 'order-filled',
      fillId: `${order.id}.${resting.fills}`,
      orderId: order.id,
      instrument: order.instrument,
      side: order.side,
      contracts,
      priceMicros,
      feesMicros: this.#fees(order.instrument, order.side, contracts, priceMicros),
      remaining: resting.remaining,
      receivedUs: 0,
      quoteAgeUs: Math.max(0, this.#nowUs - quote.sourceUs),
      bidMicros: quote.bidMicros,
      askMicros: quote.askMicros,
    })
    if (resting.remaining === 0) this.#forget(order.id)
    return contracts
  }

  /** A sample at the closing bell is the state before it; one at the opening bell is the state before the open. */
  #isFillable({ receivedUs, sampleUs }: Quote): boolean {
    if (this.#options.fillModel === 'immediate') return true
    const session = this.#options.calendar.session(receivedUs)
    if (session === undefined) return false
    return sampleUs > 0
      ? receivedUs > session.openUs && receivedUs <= session.closeUs
      : receivedUs >= session.openUs && receivedUs < session.closeUs
  }

  #applyCancel(): void {
    const due = this.#cancels.shift()
    if (due === undefined) return
    const waiting = this.#arrivals.findIndex(({ value }) => value.id === due.value)
    if (waiting >= 0)
      insert(this.#cancels, { atUs: this.#arrivals[waiting]?.atUs ?? due.atUs, value: due.value })
    else if (this.#resting.has(due.value)) this.#cancelled(due.value, 'cancelled on request')
  }

  /** Just after the bell: day orders end, and contracts with no further session settle. */
  #closeSession(): void {
    const { calendar, instruments } = this.#options
    const closedUs = this.#closeUs
    this.#closeUs = Number.POSITIVE_INFINITY
    for (const { order } of this.#resting.values()) this.#cancelled(order.id, 'the session closed')
    for (const [index, contracts] of this.#held) {
      const instrument = instruments.get(index)
      if (instrument.kind !== 'option' || !isLastSession(calendar, closedUs, instrument.option.expiry))
        continue
      const price = this.#market?.prices.get(instrument.option.underlying)?.priceMicros ?? Number.NaN
      const value = intrinsicMicros(instrument.option, price)
      const bid = this.#market?.quotes.bidMicros(index) ?? Number.NaN
      const priceMicros = Number.isFinite(value) ? value : Number.isFinite(bid) ? bid : 0
      const reason = priceMicros === 0 ? 'expired' : contracts > 0 ? 'exercised' : 'assigned'
      this.#settle({ instrument: index, contracts, priceMicros, feesMicros: 0, reason, receivedUs: closedUs })
    }
    this.#watchClose(closedUs + 1)
  }

  #settle(settlement: Settlement): void {
    this.#held.delete(settlement.instrument)
    insert(this.#outgoing, {
      atUs: settlement.receivedUs,
      value: { type: 'position-settled', ...settlement },
    })
  }

  #hold(instrument: InstrumentIndex, contracts: number): void {
    const held = (this.#held.get(instrument) ?? 0) + contracts
    if (held === 0) this.#held.delete(instrument)
    else this.#held.set(instrument, held)
    this.#watchClose()
  }

  /** The bell matters only while something rests or is held. */
  #watchClose(fromUs: Us = this.#nowUs): void {
    if (this.#held.size === 0 && this.#resting.size === 0) return
    if (this.#closeUs === Number.POSITIVE_INFINITY)
      this.#closeUs = nextCloseUs(this.#options.calendar, fromUs) + 1
  }

  #cancelled(orderId: OrderId, reason: string): void {
    this.#forget(orderId)
    this.#send({ type: 'order-cancelled', orderId, receivedUs: 0, reason })
  }

  #reject(orderId: OrderId, reason: string): void {
    this.#send({ type: 'order-rejected', orderId, receivedUs: 0, reason })
  }

  #forget(orderId: OrderId): void {
    const resting = this.#resting.get(orderId)
    if (resting === undefined) return
    this.#resting.delete(orderId)
    this.#watch(resting.order.instrument, -1)
  }

  #watch(instrument: InstrumentIndex, by: 1 | -1): void {
    if (instrument >= this.#waiting.length) {
      const longer = new Uint16Array(Math.max(instrument + 1, this.#waiting.length * 2))
      longer.set(this.#waiting)
      this.#waiting = longer
    }
    this.#waiting[instrument] = (this.#waiting[instrument] as number) + by
  }

  #send(event: OrderEvent): void {
    const receivedUs = this.#nowUs + this.#options.responseLatencyUs
    insert(this.#outgoing, { atUs: receivedUs, value: { ...event, receivedUs } })
  }

  #deliver(): void {
    const due = this.#outgoing.shift()
    if (due !== undefined) this.#sink?.onOrderEvent(due.value)
  }

  #fees(index: InstrumentIndex, side: Side, contracts: number, priceMicros: Micros): Micros {
    const instrument = this.#options.instruments.get(index)
    const multiplier = instrument.kind === 'option' ? instrument.option.multiplier : 1
    const date = this.#options.calendar.tradingDate(this.#nowUs)
    return this.#options.costs.feesMicros({ side, contracts, priceMicros, multiplier, date })
  }
}

function dueUs(queue: readonly Due<unknown>[]): Us {
  return queue[0]?.atUs ?? Number.POSITIVE_INFINITY
}

/** Keeps a queue in the order of time; equal times stay in the order of insertion. */
function insert<Value>(queue: Due<Value>[], due: Due<Value>): void {
  const at = queue.findLastIndex(({ atUs }) => atUs <= due.atUs)
  queue.splice(at + 1, 0, due)
}
