import type { ApprovedOrder, Fill, InstrumentIndex, OrderId, Us } from '@scalp/canonical'

/** An order that was sent and has not ended. */
export interface WorkingOrder {
  readonly order: ApprovedOrder
  filled: number
  isCancelling: boolean
  /** Cash that a contract of an entry still to be filled may take, micro-dollars; 0 for what reduces or sells. */
  readonly reserveMicros: number
}

/** Orders sent and not ended, by id and by instrument. */
export class WorkingOrders {
  readonly #orders = new Map<OrderId, WorkingOrder>()
  /** Time-outs in the order of their instants; an order that has ended is skipped. */
  readonly #timeouts: { readonly atUs: Us; readonly orderId: OrderId }[] = []

  get size(): number {
    return this.#orders.size
  }

  /** When the next order times out; `Infinity` when none will. */
  get nextTimeoutUs(): Us {
    if (this.#timeouts.length === 0) return Number.POSITIVE_INFINITY
    for (let next = this.#timeouts.at(-1); next !== undefined; next = this.#timeouts.at(-1)) {
      if (this.#orders.has(next.orderId)) return next.atUs
      this.#timeouts.pop()
    }
    return Number.POSITIVE_INFINITY
  }

  get(orderId: OrderId): WorkingOrder | undefined {
    return this.#orders.get(orderId)
  }

  /** In the order they were sent. */
  all(): Iterable<WorkingOrder> {
    return this.#orders.values()
  }

  has(instrument: InstrumentIndex): boolean {
    for (const { order } of this.#orders.values()) if (order.instrument === instrument) return true
    return false
  }

  /** Signed contracts that working orders which reduce would still take off the position. */
  reducing(instrument: InstrumentIndex): number {
    let contracts = 0
    for (const { order, filled } of this.#orders.values()) {
      if (order.instrument !== instrument || !order.reduces) continue
      contracts += (order.side === 'buy' ? 1 : -1) * (order.contracts - filled)
    }
    return contracts
  }

  /** Cash that entries on their way may still take, micro-dollars. */
  get reservedMicros(): number {
    let reserved = 0
    for (const { order, filled, reserveMicros } of this.#orders.values())
      reserved += (order.contracts - filled) * reserveMicros
    return reserved
  }

  /** Instruments that an entry on its way would open, held or not. */
  opening(): ReadonlySet<InstrumentIndex> {
    const found = new Set<InstrumentIndex>()
    for (const { order } of this.#orders.values()) if (!order.reduces) found.add(order.instrument)
    return found
  }

  add(order: ApprovedOrder, reserveMicros = 0): void {
    this.#orders.set(order.id, { order, filled: 0, isCancelling: false, reserveMicros })
    if (order.timeoutMs === undefined) return
    const atUs = order.decidedUs + order.timeoutMs * 1_000
    const at = this.#timeouts.findLastIndex((timeout) => timeout.atUs > atUs)
    this.#timeouts.splice(at + 1, 0, { atUs, orderId: order.id })
  }

  /** Takes the order whose time is up. */
  popTimeout(): OrderId | undefined {
    return this.#timeouts.pop()?.orderId
  }

  /** Counts a fill; the order ends when nothing remains. */
  fill({ orderId, contracts, remaining }: Fill): void {
    const working = this.#orders.get(orderId)
    if (working === undefined) return
    working.filled += contracts
    if (remaining === 0) this.#orders.delete(orderId)
  }

  end(orderId: OrderId): WorkingOrder | undefined {
    const working = this.#orders.get(orderId)
    this.#orders.delete(orderId)
    return working
  }
}
