import type { ApprovedOrder, Broker, BrokerSink, Clock, OrderId } from '@scalp/canonical'
import type { ToyVenue, VenueMessage } from './venue.js'

export { ToyVenue, type VenueMessage } from './venue.js'

/** What the adapter takes: time is given to it, so that a test can hold it. */
export interface ToyBrokerOptions {
  readonly venue: ToyVenue
  readonly clock: Clock
}

interface Tracked {
  readonly order: ApprovedOrder
  filled: number
  cents: number
}

const MICROS_PER_CENT = 10_000

/** A venue behind the port of a broker: their words become ours, their sums become single fills. */
export class ToyBroker implements Broker {
  readonly #venue: ToyVenue
  readonly #clock: Clock
  /** Orders that have not ended; messages about others are late ones, and change nothing. */
  readonly #open = new Map<OrderId, Tracked>()
  readonly #sent = new Set<OrderId>()
  #sink: BrokerSink | undefined

  constructor({ venue, clock }: ToyBrokerOptions) {
    this.#venue = venue
    this.#clock = clock
  }

  connect(sink: BrokerSink): Promise<void> {
    this.#sink = sink
    this.#venue.onMessage = (message) => this.#onMessage(message)
    return Promise.resolve()
  }

  /** An order goes out once, whoever asks again. */
  submit(order: ApprovedOrder): void {
    if (this.#sent.has(order.id)) return
    this.#sent.add(order.id)
    this.#open.set(order.id, { order, filled: 0, cents: Number.NaN })
    this.#venue.place(
      order.id,
      order.contracts,
      Math.floor((order.limitMicros ?? Infinity) / MICROS_PER_CENT),
    )
  }

  cancel(orderId: OrderId): void {
    if (this.#open.has(orderId)) this.#venue.kill(orderId)
  }

  #onMessage({ ref, state, filled, averageCents, why }: VenueMessage): void {
    const orderId = ref as OrderId
    const tracked = this.#open.get(orderId)
    if (tracked === undefined) return
    const receivedUs = this.#clock.nowUs()
    const isFirst = Number.isNaN(tracked.cents)
    if (isFirst) tracked.cents = 0
    if (state !== 'open') this.#open.delete(orderId)
    if (state === 'refused')
      this.#sink?.onOrderEvent({ type: 'order-rejected', orderId, receivedUs, reason: why })
    else if (isFirst) this.#sink?.onOrderEvent({ type: 'order-accepted', orderId, receivedUs })
    if (filled > tracked.filled) this.#fill(tracked, filled, averageCents * filled, receivedUs)
    if (state === 'killed')
      this.#sink?.onOrderEvent({ type: 'order-cancelled', orderId, receivedUs, reason: why })
  }

  /** The venue tells sums; what is new in them is one fill. */
  #fill(tracked: Tracked, filled: number, cents: number, receivedUs: number): void {
    const { id: orderId, instrument, side, contracts: wanted } = tracked.order
    const contracts = filled - tracked.filled
    const priceMicros = Math.round(((cents - tracked.cents) / contracts) * MICROS_PER_CENT)
    tracked.filled = filled
    tracked.cents = cents
    this.#sink?.onOrderEvent({
      type: 'order-filled',
      orderId,
      fillId: `${orderId}.${filled}`,
      instrument,
      side,
      contracts,
      priceMicros,
      feesMicros: 0,
      remaining: wanted - filled,
      receivedUs,
      quoteAgeUs: Number.NaN,
      bidMicros: Number.NaN,
      askMicros: Number.NaN,
    })
  }
}
