import {
  type ApprovedOrder,
  type Broker,
  type BrokerSink,
  type CalendarReader,
  type Fill,
  InstrumentCounts,
  type InstrumentIndex,
  type InstrumentReader,
  type InstrumentTable,
  type Micros,
  type OrderEvent,
  type OrderId,
  type Quote,
  type Side,
  type Trade,
  type Us,
} from '@scalp/canonical'
import type { ContractAdjustment, Dividend } from './contract-terms.js'
import type { OptionCosts } from './costs.js'
import { DueQueue } from './due-queue.js'
import { DuplicateOrderError } from './errors.js'
import { nextCloseUs } from './expiry.js'
import type { FeeLedger } from './fee-ledger.js'
import { boundFill } from './fill-bounds.js'
import { fillPriceMicros, type Slippage } from './fill-price.js'
import { type Halt, Halts } from './halts.js'
import { createLatency, type Latency, type LatencyModel, type LatencySource } from './latency.js'
import { Liquidity } from './liquidity.js'
import { QueuePosition } from './queue-position.js'
import { type RestingOrder, RestingOrders } from './resting-orders.js'
import { Settlements } from './settlements.js'
import type { VenueMarket } from './venue-market.js'

/**
 * When an order may fill.
 *
 * - `nextQuote`: on the first quote received after the order reached the venue; honest on interval data.
 * - `queue`: as `nextQuote`, and a limit that rests also fills by trades, once those before it have been filled.
 * - `freshOnly`: at once, on the standing quote, if it is at most `maxQuoteAgeMs` old; else never.
 * - `immediate`: at once, on the standing quote whatever its age; for reference runs and tick data only.
 */
export type FillModel = 'nextQuote' | 'queue' | 'freshOnly' | 'immediate'

/** What a simulated venue is made of. */
export interface SimulatedBrokerOptions {
  /** An `InstrumentTable` where contracts are adjusted: the new ones are listed in it. */
  readonly instruments: InstrumentReader & Partial<Pick<InstrumentTable, 'option'>>
  readonly calendar: CalendarReader
  readonly costs: OptionCosts
  readonly fillModel?: FillModel
  readonly slippage?: Slippage
  /** From decision to venue; 50 ms unless told. */
  readonly orderLatencyUs?: number
  /** From venue to us; 50 ms unless told. */
  readonly responseLatencyUs?: number
  /** In place of the two fixed latencies. */
  readonly latency?: LatencyModel
  /** Seeds what is drawn: latencies. */
  readonly seed?: string
  /** Share of the displayed size that our orders may take, 1 unless told; 0 ignores size. */
  readonly participation?: number
  /** For `freshOnly`; 5,000 unless told. */
  readonly maxQuoteAgeMs?: number
  /**
   * A market order that reduces a position and that no quote has filled for so long, or until the bell, fills at the
   * last mark, flagged: no position is ever stuck. 900,000 unless told.
   */
  readonly forcedExitMs?: number
  readonly halts?: readonly Halt[]
  readonly dividends?: readonly Dividend[]
  readonly adjustments?: readonly ContractAdjustment[]
}

type Settings = Required<
  Omit<SimulatedBrokerOptions, 'latency' | 'seed' | 'halts' | 'dividends' | 'adjustments' | 'instruments'>
>

const LAST_ROUNDS = 8

/**
 * A venue that fills orders against recorded quotes: latency, displayed size, costs, halts, expiry and assignment.
 *
 * It never fills on a quote that it received before the order, except under the two models that say so.
 * Replay shows it each quote before the engine sees it, and drives it by `nextUs` and `advanceTo`.
 */
export class SimulatedBroker implements Broker {
  readonly #options: Settings
  readonly #instruments: InstrumentReader
  readonly #latency: LatencySource
  readonly #ledger: FeeLedger | undefined
  readonly #liquidity: Liquidity
  readonly #halts: Halts
  readonly #settlements: Settlements
  readonly #known = new Set<OrderId>()
  readonly #arrivals = new DueQueue<{ readonly order: ApprovedOrder; readonly latency: Latency }>()
  readonly #cancels = new DueQueue<OrderId>()
  readonly #outgoing = new DueQueue<OrderEvent>()
  readonly #resting = new RestingOrders()
  #sink: BrokerSink | undefined
  #market: VenueMarket | undefined
  #nowUs: Us = Number.NEGATIVE_INFINITY
  /** News comes over one stream, so none overtakes another. */
  #lastNewsUs: Us = Number.NEGATIVE_INFINITY
  #closeUs: Us = Number.POSITIVE_INFINITY
  #openingUs: Us = Number.POSITIVE_INFINITY

  constructor(options: SimulatedBrokerOptions) {
    const { instruments, calendar, costs, dividends = [], adjustments = [] } = options
    this.#options = {
      fillModel: 'nextQuote',
      slippage: { kind: 'percent', percent: 0 },
      orderLatencyUs: 50_000,
      responseLatencyUs: 50_000,
      participation: 1,
      maxQuoteAgeMs: 5_000,
      forcedExitMs: 900_000,
      ...options,
    }
    const { orderLatencyUs, responseLatencyUs, participation } = this.#options
    this.#instruments = instruments
    this.#latency = createLatency(
      options.latency ?? {
        order: { kind: 'fixed', us: orderLatencyUs },
        response: { kind: 'fixed', us: responseLatencyUs },
      },
      options.seed ?? 'venue',
    )
    this.#ledger = costs.openLedger?.()
    this.#liquidity = new Liquidity(participation)
    this.#halts = new Halts(options.halts ?? [])
    this.#settlements = new Settlements({ instruments, calendar, costs, dividends, adjustments })
  }

  /** When the venue has something to do of itself; `Infinity` when it waits for quotes or orders. */
  get nextUs(): Us {
    return Math.min(
      this.#arrivals.nextUs,
      this.#cancels.nextUs,
      this.#outgoing.nextUs,
      this.#closeUs,
      this.#openingUs,
      this.#resting.forceUs,
    )
  }

  /** Shows the venue the book and the prices of a run, and where it counts what it waits for; replay does so. */
  attach(market: VenueMarket, watched: InstrumentCounts = new InstrumentCounts()): void {
    this.#market = market
    this.#resting.watched = watched
    this.#settlements.attach(market)
  }

  connect(sink: BrokerSink): Promise<void> {
    this.#sink = sink
    return Promise.resolve()
  }

  submit(order: ApprovedOrder): void {
    if (this.#known.has(order.id)) throw new DuplicateOrderError({ orderId: order.id })
    this.#known.add(order.id)
    const latency = this.#latency.next()
    this.#arrivals.add(order.decidedUs + latency.orderUs, { order, latency })
  }

  cancel(orderId: OrderId): void {
    const sentUs = Math.max(this.#nowUs, this.#market?.nowUs ?? this.#nowUs)
    this.#cancels.add(sentUs + this.#latency.next().orderUs, orderId)
  }

  /** Does what is due up to and including an instant, in the order of time. */
  advanceTo(us: Us): void {
    for (let next = this.nextUs; next <= us; next = this.nextUs) {
      this.#nowUs = Math.max(this.#nowUs, next)
      if (this.#outgoing.nextUs === next) this.#deliver()
      else if (this.#arrivals.nextUs === next) this.#arrive()
      else if (this.#cancels.nextUs === next) this.#applyCancel()
      else if (this.#openingUs === next) this.#openSession()
      else if (this.#resting.forceUs === next) this.#forceDue()
      else this.#closeSession()
    }
    this.#nowUs = Math.max(this.#nowUs, us)
  }

  /** Shows the venue a quote; orders that wait for one of this instrument may fill. */
  onQuote(quote: Quote): void {
    this.#nowUs = quote.receivedUs
    const { instrument, receivedUs } = quote
    if (!this.#resting.watched.has(instrument)) return
    for (const resting of this.#resting.all()) {
      if (resting.order.instrument !== instrument || resting.arrivedUs >= receivedUs) continue
      this.#tryFill(resting, quote)
      resting.queue?.see(quote)
    }
  }

  /** Shows the venue a trade: under `queue` it works off what stands before a resting limit. */
  onTrade(trade: Trade): void {
    this.#nowUs = trade.receivedUs
    const { instrument, receivedUs } = trade
    if (this.#options.fillModel !== 'queue' || !this.#resting.watched.has(instrument)) return
    if (!this.#isTrading(instrument, receivedUs)) return
    let left = Math.floor(trade.size * (this.#options.participation || 1))
    for (const resting of this.#resting.all()) {
      const { order, queue, arrivedUs } = resting
      if (
        order.instrument !== instrument ||
        queue === undefined ||
        order.limitMicros === undefined ||
        arrivedUs >= receivedUs
      )
        continue
      const contracts = Math.min(resting.remaining, left, queue.reach(trade))
      if (contracts <= 0) continue
      left -= contracts
      const quotes = this.#market?.quotes
      this.#fill(resting, contracts, order.limitMicros, {
        quoteAgeUs: Number.NaN,
        bidMicros: quotes?.bidMicros(instrument) ?? Number.NaN,
        askMicros: quotes?.askMicros(instrument) ?? Number.NaN,
      })
    }
  }

  /** Ends the run: cancels what rests, and settles what is held at the last bid or ask, flagged `end-of-data`. */
  finish(us: Us): void {
    this.advanceTo(us)
    for (const resting of this.#resting.all()) this.#cancelled(resting, 'end of data')
    this.#turnAway(us)
    const fees = (instrument: InstrumentIndex, contracts: number, priceMicros: Micros): Micros =>
      this.#options.costs.feesMicros(
        this.#costInput(instrument, contracts > 0 ? 'sell' : 'buy', Math.abs(contracts), priceMicros),
      )
    for (const event of this.#settlements.atEnd(us, fees)) this.#send(event)
    while (this.#outgoing.size > 0) this.#deliver()
    /** Some answer the end of an order with another one; whoever does so for ever is not heard for ever. */
    for (let round = 0; this.#arrivals.size > 0 && round < LAST_ROUNDS; round++) {
      this.#turnAway(us)
      while (this.#outgoing.size > 0) this.#deliver()
    }
  }

  /** Ends orders on their way here, since the data end before they arrive. */
  #turnAway(us: Us): void {
    for (let due = this.#arrivals.take(); due !== undefined; due = this.#arrivals.take()) {
      const { order, latency } = due.value
      this.#send(
        { type: 'order-cancelled', orderId: order.id, receivedUs: us, reason: 'end of data' },
        latency,
      )
    }
  }

  #arrive(): void {
    const due = this.#arrivals.take()
    if (due === undefined) return
    const { atUs: arrivedUs } = due
    const { order, latency } = due.value
    const { fillModel, calendar, forcedExitMs } = this.#options
    const reject = (reason: string): void =>
      this.#send({ type: 'order-rejected', orderId: order.id, receivedUs: 0, reason }, latency)
    if (!calendar.isOpen(arrivedUs)) return reject('the market is closed')
    const listed = this.#instruments.get(order.instrument)
    if (listed.kind === 'option' && !this.#settlements.isTrading(listed.option, arrivedUs))
      return reject('the contract no longer trades')
    this.#send({ type: 'order-accepted', orderId: order.id, receivedUs: 0 }, latency)
    const isWaiting = fillModel === 'nextQuote' || fillModel === 'queue'
    const resting: RestingOrder = {
      order,
      latency,
      arrivedUs,
      remaining: order.contracts,
      fills: 0,
      forceUs:
        isWaiting && order.reduces && order.limitMicros === undefined
          ? arrivedUs + forcedExitMs * 1_000
          : Number.POSITIVE_INFINITY,
      queue:
        fillModel === 'queue' && order.limitMicros !== undefined
          ? new QueuePosition(order.side, order.limitMicros)
          : undefined,
    }
    this.#resting.add(resting)
    this.#watchClose()
    const standing = this.#market?.quotes.copy(order.instrument)
    if (standing !== undefined) resting.queue?.see(standing)
    if (!isWaiting) this.#fillAtOnce(resting, standing)
  }

  #fillAtOnce(resting: RestingOrder, quote: Quote | undefined): void {
    const maxAgeUs = this.#options.fillModel === 'immediate' ? Infinity : this.#options.maxQuoteAgeMs * 1_000
    if (quote !== undefined && resting.arrivedUs - quote.receivedUs <= maxAgeUs) this.#tryFill(resting, quote)
    if (resting.remaining > 0) this.#cancelled(resting, 'no fresh quote to fill on')
  }

  /** Fills what price and displayed size of a quote allow. */
  #tryFill(resting: RestingOrder, quote: Quote): void {
    const { order, arrivedUs } = resting
    const { side, limitMicros } = order
    const { slippage } = this.#options
    if (!this.#isFillable(quote)) return
    const priceMicros = fillPriceMicros(side, quote, limitMicros, slippage)
    if (!(priceMicros >= 0)) return
    const contracts = Math.min(resting.remaining, this.#liquidity.available(quote, side, this.#nowUs))
    if (!(contracts > 0)) return
    this.#liquidity.take(quote, side, contracts, this.#nowUs)
    /** Replay shows a quote here before the engine takes it, so the book still has the one before. */
    const before = quote.sampleUs > 0 ? this.#market?.quotes.copy(quote.instrument) : undefined
    const bounds = boundFill({ side, limitMicros, slippage, arrivedUs, before, quote, priceMicros })
    this.#fill(resting, contracts, priceMicros, {
      quoteAgeUs: Math.max(0, this.#nowUs - quote.sourceUs),
      bidMicros: quote.bidMicros,
      askMicros: quote.askMicros,
      ...(bounds === undefined ? {} : { bounds }),
    })
  }

  #fill(
    resting: RestingOrder,
    contracts: number,
    priceMicros: Micros,
    quoted: Pick<Fill, 'quoteAgeUs' | 'bidMicros' | 'askMicros' | 'bounds' | 'isForced'>,
  ): void {
    const { order } = resting
    const { id, instrument, side } = order
    resting.remaining -= contracts
    resting.fills++
    this.#settlements.hold(instrument, side === 'buy' ? contracts : -contracts)
    const input = this.#costInput(instrument, side, contracts, priceMicros)
    this.#send(
      {
        type: 'order-filled',
        fillId: `${id}.${resting.fills}`,
        orderId: id,
        instrument,
        side,
        contracts,
        priceMicros,
        feesMicros: this.#ledger?.charge(id, input) ?? this.#options.costs.feesMicros(input),
        remaining: resting.remaining,
        receivedUs: 0,
        ...quoted,
      },
      resting.latency,
    )
    if (resting.remaining === 0) this.#resting.remove(resting)
    else if (Number.isFinite(resting.forceUs))
      this.#resting.postpone(resting, this.#nowUs + this.#options.forcedExitMs * 1_000)
    this.#watchClose()
  }

  /** A sample at the closing bell is the state before it; one at the opening bell is the state before the open. */
  #isFillable({ instrument, receivedUs, sampleUs }: Quote): boolean {
    if (this.#halts.isHalted(this.#instruments.get(instrument), this.#nowUs)) return false
    if (this.#options.fillModel === 'immediate') return true
    const session = this.#options.calendar.session(receivedUs)
    if (session === undefined) return false
    return sampleUs > 0
      ? receivedUs > session.openUs && receivedUs <= session.closeUs
      : receivedUs >= session.openUs && receivedUs < session.closeUs
  }

  #isTrading(instrument: InstrumentIndex, us: Us): boolean {
    return this.#options.calendar.isOpen(us) && !this.#halts.isHalted(this.#instruments.get(instrument), us)
  }

  #applyCancel(): void {
    const due = this.#cancels.take()
    if (due === undefined) return
    const { value: orderId, atUs } = due
    const arrivesUs = this.#arrivals.timeOf(({ order }) => order.id === orderId)
    const resting = this.#resting.get(orderId)
    if (arrivesUs !== undefined) this.#cancels.add(Math.max(arrivesUs, atUs), orderId)
    else if (resting !== undefined) this.#cancelled(resting, 'cancelled on request')
  }

  /** Exits whose quotes have vanished; while trading is halted they wait on. */
  #forceDue(): void {
    for (const resting of this.#resting.all()) {
      if (resting.forceUs > this.#nowUs) continue
      if (this.#halts.isHalted(this.#instruments.get(resting.order.instrument), this.#nowUs))
        this.#resting.postpone(resting, this.#nowUs + 60_000_000)
      else this.#force(resting)
    }
  }

  /** Fills at the last mark, whatever its age: a sale at the bid or for nothing, a purchase at the ask or intrinsic. */
  #force(resting: RestingOrder): void {
    const { instrument, side } = resting.order
    const quotes = this.#market?.quotes
    const listed = this.#instruments.get(instrument)
    const intrinsic =
      listed.kind === 'option' ? this.#settlements.intrinsic(instrument, listed.option) : Number.NaN
    const mark =
      (side === 'sell' ? quotes?.bidMicros(instrument) : quotes?.askMicros(instrument)) ?? Number.NaN
    const priceMicros = Number.isFinite(mark) ? mark : side === 'sell' ? 0 : intrinsic
    if (!Number.isFinite(priceMicros))
      return this.#cancelled(resting, 'no quote, and no price to force an exit at')
    const worst = Number.isFinite(intrinsic) ? intrinsic : side === 'sell' ? 0 : priceMicros
    this.#fill(resting, resting.remaining, priceMicros, {
      quoteAgeUs: this.#nowUs - (quotes?.sourceUs(instrument) ?? Number.NaN),
      bidMicros: quotes?.bidMicros(instrument) ?? Number.NaN,
      askMicros: quotes?.askMicros(instrument) ?? Number.NaN,
      isForced: true,
      bounds: {
        bestMicros: priceMicros,
        expectedMicros: priceMicros,
        worstMicros: side === 'sell' ? Math.min(priceMicros, worst) : Math.max(priceMicros, worst),
      },
    })
  }

  /** Just after the bell: exits that no quote filled are forced, day orders end, and the calendar has its way. */
  #closeSession(): void {
    const closedUs = this.#closeUs
    this.#closeUs = Number.POSITIVE_INFINITY
    for (const resting of this.#resting.all()) {
      const isHalted = this.#halts.isHalted(this.#instruments.get(resting.order.instrument), closedUs)
      if (Number.isFinite(resting.forceUs) && !isHalted) this.#force(resting)
      else this.#cancelled(resting, 'the session closed')
    }
    this.#liquidity.clear()
    for (const event of this.#settlements.atClose(closedUs)) this.#send(event)
    this.#openingUs = this.#settlements.nextOpeningUs(closedUs)
    this.#watchClose(closedUs + 1)
  }

  #openSession(): void {
    const { events, againUs } = this.#settlements.atOpening(this.#openingUs)
    this.#openingUs = againUs
    for (const event of events) this.#send(event)
  }

  /** The bell matters only while something rests or is held. */
  #watchClose(fromUs: Us = this.#nowUs): void {
    if (this.#settlements.size === 0 && this.#resting.size === 0) return
    if (this.#closeUs === Number.POSITIVE_INFINITY)
      this.#closeUs = nextCloseUs(this.#options.calendar, fromUs) + 1
  }

  #cancelled(resting: RestingOrder, reason: string): void {
    this.#resting.remove(resting)
    const { order, latency } = resting
    this.#send({ type: 'order-cancelled', orderId: order.id, receivedUs: 0, reason }, latency)
  }

  /** Sends news on its way; settlements are the calendar's, and known at once. */
  #send(event: OrderEvent, latency?: Latency): void {
    const atUs = latency === undefined ? event.receivedUs : this.#nowUs + latency.responseUs
    const receivedUs = Math.max(this.#lastNewsUs, atUs)
    this.#lastNewsUs = receivedUs
    this.#outgoing.add(receivedUs, { ...event, receivedUs })
  }

  #deliver(): void {
    const due = this.#outgoing.take()
    if (due !== undefined) this.#sink?.onOrderEvent(due.value)
  }

  #costInput(index: InstrumentIndex, side: Side, contracts: number, priceMicros: Micros) {
    const instrument = this.#instruments.get(index)
    const multiplier = instrument.kind === 'option' ? instrument.option.multiplier : 1
    const date = this.#options.calendar.tradingDate(this.#nowUs)
    return { side, contracts, priceMicros, multiplier, date }
  }
}
