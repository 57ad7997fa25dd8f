import {
  type ApprovedOrder,
  type Broker,
  type BrokerSink,
  type Clock,
  type InstrumentTable,
  isScalpError,
  type Micros,
  type OrderEvent,
  type OrderId,
  type Side,
  type Us,
  wallClock,
} from '@scalp/canonical'
import { AlpacaApiError } from '../errors.js'
import { type OrderRequest, TradingClient, type TradingClientOptions } from '../rest/trading-client.js'
import { type Activity, isFinal, type Order } from '../rest/trading-schemas.js'
import { TradingStream, type TradingStreamOptions } from '../stream/trading-stream.js'
import { createKeepAliveFetch } from './keep-alive-fetch.js'

/** What a broker takes. */
export interface AlpacaBrokerOptions
  extends Omit<TradingClientOptions, 'baseUrl'>,
    Omit<TradingStreamOptions, 'baseUrl' | 'onUpdate' | 'onListening' | 'onFault'> {
  readonly instruments: InstrumentTable
  /** Begins every client order id, which must be unique for ever: put the date and a run number in it. */
  readonly runId: string
  /** Origins of another server. */
  readonly baseUrl?: string
  readonly streamUrl?: string
  /** How often open orders are compared with REST; 3,000 ms unless told. */
  readonly reconcileMs?: number
  /** How often expiries, exercises and assignments are asked for; 60,000 ms unless told. */
  readonly activityMs?: number
  /** What an execution costs; nothing unless told, as on paper. */
  readonly feesMicros?: (fill: { side: Side; contracts: number; priceMicros: Micros }) => Micros
  /** An order that Alpaca still does not know after so long was never placed; 30,000 ms unless told. */
  readonly unknownMs?: number
  /** What the broker cannot turn into an event: an unknown outcome, a message of a new shape. */
  readonly onProblem?: (problem: unknown) => void
}

interface Tracked {
  readonly order: ApprovedOrder
  /** Alpaca's id; empty until known. */
  id: string
  filled: number
  /** Of what is filled, the average price times the quantity. */
  filledValue: number
  isAccepted: boolean
  isFinal: boolean
  wantsCancel: boolean
  /** Since when the outcome of sending it is unknown; `NaN` while it is not. */
  unknownUs: Us
}

/** Final orders kept for late news. */
const REMEMBERED = 1_000
const DAY_MS = 86_400_000
const REFUSED = new Set(['order_cancel_rejected', 'order_replace_rejected'])

/**
 * Alpaca as a venue.
 *
 * Fills are worked out from the cumulative quantity of an order, over stream and REST: an update that comes
 * twice, late, or never changes nothing in the sum. An order whose outcome is unknown stays open here until
 * Alpaca tells. No event is sent before `submit` has returned.
 */
export class AlpacaBroker implements Broker {
  readonly client: TradingClient
  readonly stream: TradingStream
  readonly #options: AlpacaBrokerOptions
  readonly #clock: Clock
  readonly #orders = new Map<string, Tracked>()
  readonly #open = new Map<OrderId, Tracked>()
  #sink: BrokerSink | undefined
  #reconcileTimer: NodeJS.Timeout | undefined
  #activityTimer: NodeJS.Timeout | undefined
  #isReconciling = false
  #mustReconcileAgain = false
  readonly #activities = new Set<string>()
  #activitiesFrom = ''

  constructor(options: AlpacaBrokerOptions) {
    this.#options = options
    this.#clock = options.clock ?? wallClock
    const { baseUrl, streamUrl, ...shared } = options
    const onUnknown = (clientOrderId: string): void => {
      options.onUnknown?.(clientOrderId)
      options.onProblem?.({ kind: 'order-unknown', clientOrderId })
    }
    this.client = new TradingClient({
      fetch: createKeepAliveFetch(),
      ...shared,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      onUnknown,
    })
    this.stream = new TradingStream({
      ...shared,
      ...(streamUrl === undefined ? {} : { baseUrl: streamUrl }),
      onUpdate: ({ event, order, receivedUs }) => {
        if (!REFUSED.has(event)) this.#learn(order, receivedUs)
      },
      onListening: () => void this.reconcile(),
      onFault: (reason, raw) => options.onProblem?.({ kind: 'stream-fault', reason, raw }),
    })
  }

  /** Orders that are not known to be final. */
  get openOrders(): number {
    return this.#open.size
  }

  /** True while updates come in: no order may go out before. */
  get isListening(): boolean {
    return this.stream.state === 'connected'
  }

  /** Resolves when the stream is listening and the account may trade. */
  async connect(sink: BrokerSink): Promise<void> {
    this.#sink = sink
    const { nowUs } = await this.client.clock()
    /** On paper these activities appear a day late, so what is already listed is remembered, not told. */
    this.#activitiesFrom = new Date(Math.floor(nowUs / 1_000) - 3 * DAY_MS).toISOString().slice(0, 10)
    for await (const { id } of this.#settlements()) this.#activities.add(id)
    await this.stream.start()
    this.#reconcileTimer = setInterval(() => {
      if (this.#open.size > 0) void this.reconcile()
    }, this.#options.reconcileMs ?? 3_000)
    this.#activityTimer = setInterval(() => void this.pollActivities(), this.#options.activityMs ?? 60_000)
  }

  async close(): Promise<void> {
    clearInterval(this.#reconcileTimer)
    clearInterval(this.#activityTimer)
    await this.stream.stop()
    this.#sink = undefined
  }

  submit(order: ApprovedOrder): void {
    const clientOrderId = this.#clientId(order.id)
    const tracked: Tracked = {
      order,
      id: '',
      filled: 0,
      filledValue: 0,
      isAccepted: false,
      isFinal: false,
      wantsCancel: false,
      unknownUs: Number.NaN,
    }
    this.#orders.set(clientOrderId, tracked)
    this.#open.set(order.id, tracked)
    void this.#send(tracked, clientOrderId)
  }

  cancel(orderId: OrderId): void {
    const tracked = this.#open.get(orderId)
    if (tracked === undefined || tracked.wantsCancel) return
    tracked.wantsCancel = true
    if (tracked.id !== '') void this.#cancel(tracked)
  }

  /** Compares every open order with REST. Runs by itself; safe to call at any time. */
  async reconcile(): Promise<void> {
    if (this.#isReconciling) {
      this.#mustReconcileAgain = true
      return
    }
    this.#isReconciling = true
    this.#mustReconcileAgain = false
    try {
      for (const tracked of Array.from(this.#open.values())) {
        if (tracked.isFinal) continue
        const found =
          tracked.id === ''
            ? await this.client.orderByClientId(this.#clientId(tracked.order.id))
            : await this.client.order(tracked.id)
        if (found === undefined) {
          this.#giveUp(tracked)
          continue
        }
        this.#learn(found, this.#clock.nowUs())
        if (tracked.wantsCancel && !isFinal(found.status) && found.status !== 'pending_cancel')
          await this.#cancel(tracked)
      }
    } catch (error) {
      this.#options.onProblem?.(error)
    } finally {
      this.#isReconciling = false
    }
    if (this.#mustReconcileAgain) await this.reconcile()
  }

  /** Asks for expiries, exercises and assignments since the connect; each is told once. */
  async pollActivities(): Promise<void> {
    try {
      const types = ['OPEXP', 'OPEXC', 'OPASN']
      for await (const activity of this.client.activities({
        types,
        after: this.#activitiesFrom.slice(0, 10),
      })) {
        if (this.#activities.has(activity.id)) continue
        this.#activities.add(activity.id)
        const instrument = this.#options.instruments.optionSymbol(activity.symbol)
        if (instrument === undefined) continue
        this.#tell({
          type: 'position-settled',
          instrument,
          /** The activity takes the position away, so what was held has the opposite sign. */
          contracts: -activity.quantity,
          priceMicros: Number.isNaN(activity.priceMicros) ? 0 : activity.priceMicros,
          feesMicros: 0,
          reason:
            activity.activityType === 'OPEXP'
              ? 'expired'
              : activity.activityType === 'OPEXC'
                ? 'exercised'
                : 'assigned',
          receivedUs: this.#clock.nowUs(),
        })
      }
    } catch (error) {
      this.#options.onProblem?.(error)
    }
  }

  #settlements(): AsyncGenerator<Activity> {
    return this.client.activities({ types: ['OPEXP', 'OPEXC', 'OPASN'], after: this.#activitiesFrom })
  }

  async #send(tracked: Tracked, clientOrderId: string): Promise<void> {
    try {
      const order = await this.client.submitOrder(this.#request(tracked.order, clientOrderId))
      this.#learn(order, this.#clock.nowUs())
    } catch (error) {
      if (error instanceof AlpacaApiError && !tracked.isAccepted) {
        this.#finish(tracked)
        this.#tell({
          type: 'order-rejected',
          orderId: tracked.order.id,
          receivedUs: this.#clock.nowUs(),
          reason: `${error.apiCode ?? error.status} ${error.apiMessage}`,
        })
      } else {
        /** Unknown: it stays open, and reconciling goes on asking. */
        tracked.unknownUs = this.#clock.nowUs()
        this.#options.onProblem?.(error)
        if (!isScalpError(error)) throw error
      }
    }
    if (tracked.wantsCancel && !tracked.isFinal && tracked.id !== '') await this.#cancel(tracked)
  }

  async #cancel(tracked: Tracked): Promise<void> {
    try {
      const wasTaken = await this.client.cancelOrder(tracked.id)
      if (!wasTaken) this.#learn(await this.client.order(tracked.id), this.#clock.nowUs())
    } catch (error) {
      this.#options.onProblem?.(error)
    }
  }

  #request(order: ApprovedOrder, clientOrderId: string): OrderRequest {
    const { symbol } = this.#options.instruments.get(order.instrument)
    const base = {
      symbol,
      side: order.side,
      quantity: order.contracts,
      timeInForce: 'day',
      clientOrderId,
      positionIntent: `${order.side}_to_${order.reduces ? 'close' : 'open'}`,
      isUrgent: order.reduces,
    } as const
    return order.limitMicros === undefined
      ? { ...base, type: 'market' }
      : { ...base, type: 'limit', limitMicros: order.limitMicros }
  }

  /** Takes over what an order has become, from whichever side it was heard; older news change nothing. */
  #learn(order: Order, receivedUs: Us): void {
    const tracked = this.#orders.get(order.clientOrderId)
    if (tracked === undefined) return
    if (tracked.id === '') tracked.id = order.id
    if (tracked.isFinal && order.filledQuantity <= tracked.filled) return
    if (
      !tracked.isAccepted &&
      (order.filledQuantity > 0 || (order.status !== 'rejected' && order.status !== 'pending_new'))
    ) {
      tracked.isAccepted = true
      this.#tell({ type: 'order-accepted', orderId: tracked.order.id, receivedUs })
    }
    if (order.filledQuantity > tracked.filled) this.#fill(tracked, order, receivedUs)
    if (!isFinal(order.status) || tracked.isFinal) return
    this.#finish(tracked)
    if (order.status === 'rejected')
      this.#tell({
        type: 'order-rejected',
        orderId: tracked.order.id,
        receivedUs,
        reason: 'rejected by the venue',
      })
    else if (order.status !== 'filled')
      this.#tell({ type: 'order-cancelled', orderId: tracked.order.id, receivedUs, reason: order.status })
  }

  /** What is new of the cumulative fill, at the price that brings our average to Alpaca's. */
  #fill(tracked: Tracked, order: Order, receivedUs: Us): void {
    const contracts = order.filledQuantity - tracked.filled
    const value = order.filledAverageMicros * order.filledQuantity
    const priceMicros = Math.round((value - tracked.filledValue) / contracts)
    tracked.filled = order.filledQuantity
    tracked.filledValue = value
    const { id, instrument, side } = tracked.order
    this.#tell({
      type: 'order-filled',
      fillId: `${this.#clientId(id)}.${tracked.filled}`,
      orderId: id,
      instrument,
      side,
      contracts,
      priceMicros,
      feesMicros: this.#options.feesMicros?.({ side, contracts, priceMicros }) ?? 0,
      remaining: tracked.order.contracts - tracked.filled,
      receivedUs,
      quoteAgeUs: Number.NaN,
      bidMicros: Number.NaN,
      askMicros: Number.NaN,
    })
  }

  /** Long after an unknown outcome, an order that Alpaca does not know never was. */
  #giveUp(tracked: Tracked): void {
    const receivedUs = this.#clock.nowUs()
    if (!(receivedUs - tracked.unknownUs > (this.#options.unknownMs ?? 30_000) * 1_000)) return
    this.#finish(tracked)
    const reason = 'it never reached the venue'
    this.#tell({ type: 'order-rejected', orderId: tracked.order.id, receivedUs, reason })
  }

  /** Final orders are remembered for a while, for news that come late. */
  #finish(tracked: Tracked): void {
    tracked.isFinal = true
    this.#open.delete(tracked.order.id)
    if (this.#orders.size - this.#open.size <= REMEMBERED) return
    for (const [clientOrderId, { isFinal }] of this.#orders) {
      if (!isFinal) continue
      this.#orders.delete(clientOrderId)
      return
    }
  }

  #tell(event: OrderEvent): void {
    try {
      this.#sink?.onOrderEvent(event)
    } catch (error) {
      this.#options.onProblem?.(error)
    }
  }

  #clientId(orderId: OrderId): string {
    return `${this.#options.runId}-${orderId}`
  }
}

/** Alpaca as a venue; paper unless both switches of live trading are set. */
export function createAlpacaBroker(options: AlpacaBrokerOptions): AlpacaBroker {
  return new AlpacaBroker(options)
}
