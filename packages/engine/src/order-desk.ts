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

/** Limits over all that runs in one engine, however many strategies there are. */
export interface SharedLimits {
  /** Contracts held, or being bought or sold to open, at the same time. */
  readonly maxOpenPositions?: number
}

/** What a desk is made of. */
export interface OrderDeskOptions {
  readonly gates: GateKeeper
  /** What gates read; its `nowUs` is the turn's. */
  readonly context: GateContext
  readonly broker: Broker
  readonly instruments: InstrumentReader
  readonly positions: PositionReader
  readonly limits?: SharedLimits
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
    if (this.closable(intent.instrument, intent.side) < intent.contracts) {
      if (context.nowUs < this.warmUntilUs) return this.#refuse(intent, [this.#warmUp()])
      const full = this.#full(intent.instrument)
      if (full !== undefined) return this.#refuse(intent, [full])
    }
    const review = gates.review(intent, context, this.working.reducing(intent.instrument))
    const { symbol } = instruments.get(intent.instrument)
    if (!review.approved) return this.#refuse(intent, review.refusals)
    const { order } = review
    this.working.add(order, this.#reserve(order))
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

  /** What a contract of an entry may cost: its limit, else the ask of now. */
  #reserve({ instrument, side, limitMicros, reduces }: OrderIntent & { readonly reduces: boolean }): number {
    if (side === 'sell' || reduces) return 0
    const { context, instruments } = this.#options
    const listed = instruments.get(instrument)
    const priceMicros = limitMicros ?? context.quotes.askMicros(instrument)
    const multiplier = listed.kind === 'option' ? listed.option.multiplier : 1
    return Number.isFinite(priceMicros) ? priceMicros * multiplier : 0
  }

  /** Why no further contract may be opened; undefined while one may, or where it is open already. */
  #full(instrument: InstrumentIndex): Refusal | undefined {
    const limit = this.#options.limits?.maxOpenPositions
    if (limit === undefined) return undefined
    const open = new Set(this.working.opening())
    for (const held of this.#options.positions.open()) open.add(held.instrument)
    if (open.has(instrument) || open.size < limit) return undefined
    return {
      code: 'MAX_OPEN_POSITIONS',
      gate: 'shared_limits',
      value: open.size,
      limit,
      unit: 'positions',
      resumes: 'when a position is closed',
    }
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
