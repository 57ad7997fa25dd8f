import {
  type Broker,
  type Fill,
  formatUs,
  type InstrumentIndex,
  type InstrumentReader,
  type JournalEntry,
  type OrderId,
  type OrderIntent,
  type PositionReader,
  type Refusal,
  type Side,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import type { GateContext, GateKeeper } from '@scalp/gates'
import type { SubmitResult } from '@scalp/strategy'
import { InvalidIntentError } from './errors.js'
import { type WorkingOrder, WorkingOrders } from './working-orders.js'

/** What a desk is made of. */
export interface OrderDeskOptions {
  readonly gates: GateKeeper
  /** What gates read; its `nowUs` is the turn's. */
  readonly context: GateContext
  readonly broker: Broker
  readonly instruments: InstrumentReader
  readonly positions: PositionReader
  readonly write: (entry: JournalEntry) => void
}

/** Turns intents into orders: gates first, the journal next, and out of the door when the turn is over. */
export class OrderDesk {
  readonly working: WorkingOrders = new WorkingOrders()
  /** Until then nothing is opened. */
  warmUntilUs: Us = Number.NEGATIVE_INFINITY
  readonly #options: OrderDeskOptions
  readonly #outbox: (() => void)[] = []

  constructor(options: OrderDeskOptions) {
    this.#options = options
  }

  /** True when something waits to leave. */
  get hasMail(): boolean {
    return this.#outbox.length > 0
  }

  /** A position in it, or an order on its way. */
  isBusy(instrument: InstrumentIndex): boolean {
    return this.#options.positions.contracts(instrument) !== 0 || this.working.has(instrument)
  }

  /** Contracts of a position that an order on this side would close; negative when it would add to it. */
  held(instrument: InstrumentIndex, side: Side): number {
    const contracts = this.#options.positions.contracts(instrument)
    return side === 'sell' ? contracts : -contracts
  }

  /** {@link held}, less what orders already working will close. */
  closable(instrument: InstrumentIndex, side: Side): number {
    const reducing = this.working.reducing(instrument)
    return this.held(instrument, side) + (side === 'sell' ? reducing : -reducing)
  }

  /** @throws {@link InvalidIntentError} When no venue could understand the order. */
  submit(intent: OrderIntent): SubmitResult {
    const { gates, context, broker, instruments, write } = this.#options
    this.#check(intent)
    if (context.nowUs < this.warmUntilUs && this.closable(intent.instrument, intent.side) < intent.contracts)
      return this.#refuse(intent, [this.#warmUp()])
    const review = gates.review(intent, context, this.working.reducing(intent.instrument))
    const { symbol } = instruments.get(intent.instrument)
    if (!review.approved) return this.#refuse(intent, review.refusals)
    const { order } = review
    this.working.add(order)
    write({ type: 'order-submitted', atUs: context.nowUs, symbol, order })
    this.#outbox.push(() => broker.submit(order))
    return { status: 'submitted', orderId: order.id }
  }

  /** Asks the venue to cancel, once. */
  cancel(orderId: OrderId): undefined {
    const working = this.working.get(orderId)
    if (working === undefined || working.isCancelling) return
    working.isCancelling = true
    this.#options.write({ type: 'cancel-requested', atUs: this.#options.context.nowUs, orderId })
    this.#outbox.push(() => this.#options.broker.cancel(orderId))
  }

  /** Cancels the order whose time is up. */
  timeOut(): void {
    const orderId = this.working.popTimeout()
    if (orderId !== undefined) this.cancel(orderId)
  }

  /** Cancels entries that rest and closes what is held at market, in one instrument or all. */
  flatten(tag: string, only?: InstrumentIndex): undefined {
    for (const { order } of this.working.all()) {
      if (!order.reduces && (only === undefined || only === order.instrument)) this.cancel(order.id)
    }
    for (const { instrument, contracts } of this.#options.positions.open()) {
      if (only !== undefined && only !== instrument) continue
      const left = contracts + this.working.reducing(instrument)
      if (left !== 0)
        this.submit({ instrument, side: left > 0 ? 'sell' : 'buy', contracts: Math.abs(left), tag })
    }
  }

  /** The tag of an order that still works. */
  tagOf(orderId: OrderId): string | undefined {
    return this.working.get(orderId)?.order.tag
  }

  fill(fill: Fill): void {
    this.working.fill(fill)
  }

  end(orderId: OrderId): WorkingOrder | undefined {
    return this.working.end(orderId)
  }

  /** Lets orders and cancels leave, in the order they were decided. */
  send(): void {
    for (const leave of this.#outbox.splice(0)) leave()
  }

  #refuse(intent: OrderIntent, refusals: readonly Refusal[]): SubmitResult {
    const { context, instruments, write } = this.#options
    const { symbol } = instruments.get(intent.instrument)
    write({ type: 'intent-refused', atUs: context.nowUs, symbol, intent, refusals })
    return { status: 'refused', refusals }
  }

  #warmUp(): Refusal {
    const value = (this.warmUntilUs - this.#options.context.nowUs) / US_PER_SECOND
    return {
      code: 'WARM_UP',
      gate: 'warm_up',
      value,
      limit: 0,
      unit: 's',
      resumes: `at ${formatUs(this.warmUntilUs)}, when the warm-up is over`,
    }
  }

  #check(intent: OrderIntent): void {
    const { contracts, limitMicros, instrument } = intent
    if (!(Number.isInteger(contracts) && contracts > 0))
      throw new InvalidIntentError({ reason: `${contracts} contracts`, intent })
    if (limitMicros !== undefined && !(limitMicros > 0))
      throw new InvalidIntentError({ reason: `a limit of ${limitMicros}`, intent })
    if (this.#options.instruments.get(instrument).kind !== 'option')
      throw new InvalidIntentError({ reason: 'the instrument is no option', intent })
  }
}
