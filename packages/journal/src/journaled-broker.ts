import {
  type ApprovedOrder,
  type Broker,
  type BrokerSink,
  type Clock,
  isScalpError,
  type OrderId,
} from '@scalp/canonical'

/** What has to be recorded before an order leaves. */
export interface Flushable {
  /** Records what waits, or throws. */
  flush(): void
}

/** What a journaled broker is made of. */
export interface JournaledBrokerOptions {
  readonly broker: Broker
  readonly journal: Flushable
  /** Dates the rejection of an order that could not be recorded. */
  readonly clock: Clock
  /** Hears why something left unrecorded, or did not leave. */
  readonly onProblem?: (problem: unknown) => void
}

/**
 * A broker that records first: the journal is flushed, then the order leaves.
 *
 * An entry that cannot be recorded does not leave and comes back as `order-rejected`. What only reduces a position,
 * and a cancel, leaves all the same: a full disk must never trap us.
 */
export class JournaledBroker implements Broker {
  readonly #options: JournaledBrokerOptions
  #sink: BrokerSink | undefined

  constructor(options: JournaledBrokerOptions) {
    this.#options = options
  }

  connect(sink: BrokerSink): Promise<void> {
    this.#sink = sink
    return this.#options.broker.connect(sink)
  }

  submit(order: ApprovedOrder): void {
    const problem = this.#record()
    if (problem === undefined || order.reduces) this.#options.broker.submit(order)
    else queueMicrotask(() => this.#reject(order.id, problem))
  }

  cancel(orderId: OrderId): void {
    this.#record()
    this.#options.broker.cancel(orderId)
  }

  #record(): unknown {
    try {
      this.#options.journal.flush()
      return undefined
    } catch (error) {
      this.#options.onProblem?.(error)
      return error
    }
  }

  #reject(orderId: OrderId, problem: unknown): void {
    const reason = isScalpError(problem) ? problem.code : String(problem)
    const receivedUs = this.#options.clock.nowUs()
    this.#sink?.onOrderEvent({
      type: 'order-rejected',
      orderId,
      receivedUs,
      reason: `not recorded, so not sent: ${reason}`,
    })
  }
}

/** Makes a broker that records first. */
export function createJournaledBroker(options: JournaledBrokerOptions): JournaledBroker {
  return new JournaledBroker(options)
}
