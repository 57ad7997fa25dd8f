import { type ApprovedOrder, InstrumentCounts, type OrderId, type Us } from '@scalp/canonical'
import type { Latency } from './latency.js'
import type { QueuePosition } from './queue-position.js'

/** An order at the venue. */
export interface RestingOrder {
  readonly order: ApprovedOrder
  readonly latency: Latency
  readonly arrivedUs: Us
  readonly queue: QueuePosition | undefined
  remaining: number
  fills: number
  /** When it is filled at an old mark since no quote came; `Infinity` for orders that may wait. */
  forceUs: Us
}

/** Orders at the venue, in the order of their arrival. */
export class RestingOrders {
  /** When the next exit is forced; `Infinity` when none is. */
  forceUs: Us = Number.POSITIVE_INFINITY
  readonly #orders = new Map<OrderId, RestingOrder>()
  /** Contracts that are waited for: lets a quote nobody waits for pass in a few ns. */
  watched: InstrumentCounts = new InstrumentCounts()

  get size(): number {
    return this.#orders.size
  }

  get(orderId: OrderId): RestingOrder | undefined {
    return this.#orders.get(orderId)
  }

  all(): Iterable<RestingOrder> {
    return this.#orders.values()
  }

  add(resting: RestingOrder): void {
    const { id, instrument } = resting.order
    this.#orders.set(id, resting)
    this.watched.add(instrument)
    this.forceUs = Math.min(this.forceUs, resting.forceUs)
  }

  remove({ order }: RestingOrder): void {
    if (!this.#orders.delete(order.id)) return
    this.watched.remove(order.instrument)
    this.#plan()
  }

  postpone(resting: RestingOrder, forceUs: Us): void {
    resting.forceUs = forceUs
    this.#plan()
  }

  #plan(): void {
    this.forceUs = Number.POSITIVE_INFINITY
    for (const { forceUs } of this.#orders.values()) this.forceUs = Math.min(this.forceUs, forceUs)
  }
}
