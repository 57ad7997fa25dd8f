import type { ApprovedOrder, InstrumentIndex, OrderId, Us } from '@scalp/canonical'
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
  /** By instrument index: lets a quote nobody waits for pass in a few ns. */
  #watched = new Uint16Array(1_024)

  get size(): number {
    return this.#orders.size
  }

  /** How many wait, by instrument index; none beyond its end. Borrowed: it may be another array after `add`. */
  get watched(): Uint16Array {
    return this.#watched
  }

  has(instrument: InstrumentIndex): boolean {
    return instrument < this.#watched.length && this.#watched[instrument] !== 0
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
    if (instrument >= this.#watched.length) {
      const grown = new Uint16Array(2 ** Math.ceil(Math.log2(instrument + 1)))
      grown.set(this.#watched)
      this.#watched = grown
    }
    this.#watched[instrument] = (this.#watched[instrument] ?? 0) + 1
    this.forceUs = Math.min(this.forceUs, resting.forceUs)
  }

  remove({ order }: RestingOrder): void {
    if (!this.#orders.delete(order.id)) return
    this.#watched[order.instrument] = (this.#watched[order.instrument] ?? 1) - 1
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
