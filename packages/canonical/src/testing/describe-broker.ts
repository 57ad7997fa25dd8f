import type { InstrumentIndex } from '../instruments.js'
import { type ApprovedOrder, type OrderEvent, type OrderId, toOrderId } from '../orders.js'
import type { Broker } from '../ports.js'
import type { Micros, Us } from '../units.js'
import { isAmount, isInstant, must, type TestFramework } from './conformance.js'

/** A broker and the venue behind it, as the suite drives them. The venue is one that fills nobody's real money. */
export interface BrokerStage {
  /** Not connected yet. */
  readonly broker: Broker
  /** What is bought; the venue quotes it. */
  readonly instrument: InstrumentIndex
  /** A buy limit that fills, and one so low that it rests. */
  readonly fillsMicros: Micros
  readonly restsMicros: Micros
  /** Time as the broker knows it: orders are decided now. */
  nowUs(): Us
  /** Lets orders reach the venue, the market go on, and everything that follows be told. */
  settle(): Promise<void>
  close?(): Promise<void>
}

/**
 * What every broker must do: `describeBroker({ describe, test }, 'mine', openStage)`. Each test opens a stage of its own.
 *
 * Timing too: nothing is told before `connect` resolves, and no call tells its own outcome before it returns.
 */
export function describeBroker(
  { describe, test }: TestFramework,
  name: string,
  open: () => Promise<BrokerStage>,
): void {
  const on = (sentence: string, run: (stage: Stage) => Promise<void>): void =>
    test(sentence, async () => {
      const given = await open()
      try {
        const stage = new Stage(given)
        await stage.connect()
        await run(stage)
        stage.checkEvents()
      } finally {
        await given.close?.()
      }
    })

  describe(`broker: ${name}`, () => {
    on('tells nothing of itself: no order, no event', async (stage) => {
      await stage.settle()
      must(stage.events.length === 0, 'There are events, and no order', stage.events)
    })

    on('an order that the market meets is accepted and filled to the last contract', async (stage) => {
      const order = stage.submit({ contracts: 2, limitMicros: stage.given.fillsMicros })
      await stage.settle()
      const events = stage.eventsOf(order.id)
      must(events[0]?.type === 'order-accepted', 'The first event is no acceptance', events)
      must(stage.filled(order.id) === 2, 'Two contracts were to fill', events)
      must(stage.ends(order.id) === 1, 'A filled order has ended once', events)
    })

    on('an order that rests is cancelled once, however often it is asked for', async (stage) => {
      const order = stage.submit({ contracts: 1, limitMicros: stage.given.restsMicros })
      await stage.settle()
      must(stage.ends(order.id) === 0, 'The order was to rest', stage.eventsOf(order.id))
      stage.cancel(order.id)
      stage.cancel(order.id)
      await stage.settle()
      const events = stage.eventsOf(order.id)
      must(events.at(-1)?.type === 'order-cancelled', 'It was to end as cancelled', events)
      must(stage.ends(order.id) === 1, 'It was to end once', events)
    })

    on('a cancel that follows its order at once ends it as well', async (stage) => {
      const order = stage.submit({ contracts: 1, limitMicros: stage.given.restsMicros })
      stage.cancel(order.id)
      await stage.settle()
      await stage.settle()
      must(stage.ends(order.id) === 1, 'The order was to end once', stage.eventsOf(order.id))
      must(stage.filled(order.id) === 0, 'Nothing was to fill', stage.eventsOf(order.id))
    })

    on('a cancel of an order that has ended, or never was, changes nothing', async (stage) => {
      const order = stage.submit({ contracts: 1, limitMicros: stage.given.fillsMicros })
      await stage.settle()
      const before = stage.events.length
      stage.cancel(order.id)
      stage.cancel(toOrderId('never', 1))
      await stage.settle()
      must(
        stage.events.length === before,
        'There is news of an order that had ended',
        stage.events.slice(before),
      )
    })

    on('an order sent again is one order', async (stage) => {
      const order = stage.submit({ contracts: 1, limitMicros: stage.given.fillsMicros })
      try {
        stage.submit({ ...order })
      } catch {
        /** To refuse it aloud is as good. */
      }
      await stage.settle()
      must(stage.filled(order.id) === 1, 'One contract was to be bought', stage.eventsOf(order.id))
      must(stage.ends(order.id) === 1, 'It was to end once', stage.eventsOf(order.id))
    })

    on('orders under way together are told apart', async (stage) => {
      const first = stage.submit({ contracts: 1, limitMicros: stage.given.fillsMicros })
      const second = stage.submit({ contracts: 1, limitMicros: stage.given.restsMicros })
      await stage.settle()
      must(stage.filled(first.id) === 1, 'The first was to fill', stage.events)
      must(stage.ends(second.id) === 0, 'The second was to rest', stage.events)
      stage.cancel(second.id)
      await stage.settle()
      must(stage.ends(second.id) === 1, 'The second was to end', stage.events)
    })
  })
}

type OrderNews = Exclude<OrderEvent, { readonly type: 'position-settled' }>

/** Hears a broker, and holds every event against what is known. */
class Stage {
  readonly given: BrokerStage
  readonly events: OrderNews[] = []
  readonly #orders = new Map<OrderId, ApprovedOrder>()
  /** What the broker is being asked; it may not answer meanwhile. */
  #asking = ''
  #early: OrderEvent | undefined
  #isConnected = false

  constructor(given: BrokerStage) {
    this.given = given
  }

  async connect(): Promise<void> {
    const connected = this.#ask('connect', () =>
      this.given.broker.connect({
        onOrderEvent: (event): undefined => {
          if (this.#asking !== '' || !this.#isConnected) this.#early ??= event
          if (event.type !== 'position-settled') this.events.push(structuredClone(event))
        },
      }),
    )
    await connected
    this.#isConnected = true
  }

  submit(fields: Pick<ApprovedOrder, 'contracts'> & Partial<ApprovedOrder>): ApprovedOrder {
    /** Only gates approve orders, and the suite stands in for them: its venue is a simulated one. */
    const order = {
      id: toOrderId('suite', this.#orders.size + 1),
      instrument: this.given.instrument,
      side: 'buy',
      decidedUs: this.given.nowUs(),
      reduces: false,
      ...fields,
    } as ApprovedOrder
    this.#orders.set(order.id, order)
    this.#ask('submit', () => this.given.broker.submit(order))
    return order
  }

  cancel(id: OrderId): void {
    this.#ask('cancel', () => this.given.broker.cancel(id))
  }

  settle(): Promise<void> {
    return this.given.settle()
  }

  eventsOf(id: OrderId): readonly OrderNews[] {
    return this.events.filter(({ orderId }) => orderId === id)
  }

  filled(id: OrderId): number {
    return this.eventsOf(id).reduce(
      (sum, event) => sum + (event.type === 'order-filled' ? event.contracts : 0),
      0,
    )
  }

  /** How often an order has ended. */
  ends(id: OrderId): number {
    return this.eventsOf(id).filter(isEnd).length
  }

  /** What holds of every event of every test. */
  checkEvents(): void {
    must(
      this.#early === undefined,
      'An event came before connect, submit or cancel had returned',
      this.#early,
    )
    let lastUs = 0
    const fillIds = new Set<string>()
    const ended = new Set<OrderId>()
    const left = new Map<OrderId, number>()
    for (const event of this.events) {
      const order = this.#orders.get(event.orderId)
      if (order === undefined) return must(false, 'An event is about an order that was not sent', event)
      must(isInstant(event.receivedUs), 'receivedUs is no instant in µs', event)
      must(event.receivedUs >= lastUs, 'An event is older than the one before', event)
      must(event.receivedUs >= order.decidedUs, 'An event is older than the decision for its order', event)
      lastUs = event.receivedUs
      must(!ended.has(event.orderId), 'An order that has ended has news', event)
      if (isEnd(event)) ended.add(event.orderId)
      if (event.type !== 'order-filled') continue
      must(!fillIds.has(event.fillId), 'Two fills have one fillId', event)
      fillIds.add(event.fillId)
      must(
        event.instrument === order.instrument && event.side === order.side,
        'A fill is of another order',
        event,
      )
      must(Number.isInteger(event.contracts) && event.contracts > 0, 'A fill is of no whole contracts', event)
      must(isAmount(event.priceMicros), 'priceMicros is no amount', event)
      must(isAmount(event.feesMicros), 'feesMicros is no amount', event)
      must(event.priceMicros <= (order.limitMicros ?? Infinity), 'A buy filled above its limit', event)
      const remaining = (left.get(event.orderId) ?? order.contracts) - event.contracts
      must(event.remaining === remaining && remaining >= 0, `remaining was to be ${remaining}`, event)
      left.set(event.orderId, remaining)
    }
  }

  #ask<T>(what: string, ask: () => T): T {
    this.#asking = what
    try {
      return ask()
    } finally {
      this.#asking = ''
    }
  }
}

function isEnd(event: OrderNews): boolean {
  if (event.type === 'order-filled') return event.remaining === 0
  return event.type === 'order-cancelled' || event.type === 'order-rejected'
}
