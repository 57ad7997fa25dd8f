import { describe, expect, test } from 'vitest'
import {
  type ApprovedOrder,
  type Broker,
  type BrokerSink,
  type Feed,
  type InstrumentIndex,
  isScalpError,
  type MarketSink,
  type OrderEvent,
  type OrderId,
  QuoteBuffer,
  type Tape,
  toOrderId,
} from '../src/index.js'
import { describeBroker, describeFeed, describeTape, type TestFramework } from '../src/testing.js'

const INSTRUMENT = 3 as InstrumentIndex
const START_US = 1_740_063_600_000_000

/** Runs a suite, and answers the sentences it fails. */
async function failuresOf(define: (framework: TestFramework) => void): Promise<string[]> {
  const runs: [string, () => Promise<void>][] = []
  define({ describe: (_, body) => body(), test: (name, run) => runs.push([name, run]) })
  const failed: string[] = []
  for (const [name, run] of runs)
    try {
      await run()
    } catch (error) {
      expect(isScalpError(error) && error.code, String(error)).toBe('PORT_BROKEN')
      failed.push(name)
    }
  expect(runs.length).toBeGreaterThan(2)
  return failed
}

/** A venue that answers by and by, and how it can be wrong. */
class ToyBroker implements Broker {
  nowUs = START_US
  readonly #fault: string
  readonly #resting = new Map<OrderId, ApprovedOrder>()
  readonly #known = new Set<OrderId>()
  #queue: (() => void)[] = []
  #sink: BrokerSink | undefined

  constructor(fault = '') {
    this.#fault = fault
  }

  connect(sink: BrokerSink): Promise<void> {
    this.#sink = sink
    if (this.#fault === 'early') this.#tell({ type: 'order-accepted', orderId: toOrderId('suite', 1) })
    return Promise.resolve()
  }

  submit(order: ApprovedOrder): void {
    if (this.#known.has(order.id) && this.#fault !== 'twice') return
    this.#known.add(order.id)
    const arrive = (): void => this.#arrive(order)
    if (this.#fault === 'at once') arrive()
    else this.#queue.push(arrive)
  }

  cancel(orderId: OrderId): void {
    this.#queue.push(() => {
      const known = this.#resting.delete(orderId)
      if (known || this.#fault === 'unknown')
        this.#tell({ type: 'order-cancelled', orderId, reason: 'asked for' })
    })
  }

  work(): void {
    const due = this.#queue
    this.#queue = []
    for (const next of due) {
      this.nowUs += this.#fault === 'back' ? -50 : 50
      next()
    }
  }

  #arrive(order: ApprovedOrder): void {
    const { id: orderId, instrument, side, contracts, limitMicros = 0 } = order
    if (this.#fault !== 'silent') this.#tell({ type: 'order-accepted', orderId })
    if (limitMicros < 1_000_000) {
      this.#resting.set(orderId, order)
      return
    }
    for (let filled = 1; filled <= contracts; filled++)
      this.#tell({
        type: 'order-filled',
        orderId,
        fillId: this.#fault === 'one id' ? 'fill' : `${orderId}.${filled}.${this.#known.size}`,
        instrument,
        side,
        contracts: 1,
        priceMicros: this.#fault === 'dear' ? limitMicros + 1 : limitMicros,
        feesMicros: this.#fault === 'dollars' ? 0.65 : 650_000,
        remaining: this.#fault === 'remaining' ? contracts : contracts - filled,
        quoteAgeUs: 0,
        bidMicros: Number.NaN,
        askMicros: Number.NaN,
      })
    if (this.#fault === 'double') this.#tell({ type: 'order-cancelled', orderId, reason: 'done' })
  }

  #tell(event: Without<OrderEvent, 'receivedUs'>): void {
    this.#sink?.onOrderEvent({ ...event, receivedUs: this.nowUs } as OrderEvent)
  }
}

type Without<T, Key extends string> = T extends unknown ? Omit<T, Key> : never

const brokerFailures = (fault?: string): Promise<string[]> =>
  failuresOf((framework) =>
    describeBroker(framework, 'toy', () => {
      const broker = new ToyBroker(fault)
      return Promise.resolve({
        broker,
        instrument: INSTRUMENT,
        fillsMicros: 1_250_000,
        restsMicros: 10_000,
        nowUs: () => broker.nowUs,
        settle: () => Promise.resolve(broker.work()),
      })
    }),
  )

describe('the suite for brokers', () => {
  test('passes a broker that keeps its promises', async () => {
    expect(await brokerFailures()).toEqual([])
  })

  const faults = [
    'early',
    'at once',
    'twice',
    'unknown',
    'back',
    'silent',
    'one id',
    'dear',
    'dollars',
    'remaining',
    'double',
  ]
  test.each(faults)('fails one with the fault "%s"', async (fault) => {
    expect(await brokerFailures(fault)).not.toEqual([])
  })
})

/** Tells quotes, and how it can be wrong. */
class ToyFeed implements Feed {
  readonly #fault: string
  readonly #quote = new QuoteBuffer()
  #sink: MarketSink | undefined
  #us = START_US

  constructor(fault = '') {
    this.#fault = fault
  }

  start(sink: MarketSink): Promise<void> {
    this.#sink = sink
    if (this.#fault === 'early') this.publish()
    return Promise.resolve()
  }

  stop(): Promise<void> {
    if (this.#fault !== 'late') this.#sink = undefined
    return Promise.resolve()
  }

  publish(): void {
    const quote = this.#quote
    quote.instrument = INSTRUMENT
    this.#us += this.#fault === 'back' ? -1 : 1
    quote.receivedUs = this.#fault === 'ms' ? this.#us / 1_000 : this.#us
    quote.sourceUs = this.#us
    quote.bidMicros = this.#fault === 'dollars' ? 1.25 : 1_250_000
    quote.bidSize = 1
    quote.askSize = this.#fault === 'empty' ? 3 : 0
    if (this.#fault === 'shared copy') quote.copy = () => quote
    if (this.#fault !== 'silent') this.#sink?.onQuote(quote)
  }
}

const feedFailures = (fault?: string): Promise<string[]> =>
  failuresOf((framework) =>
    describeFeed(framework, 'toy', () => {
      const feed = new ToyFeed(fault)
      return Promise.resolve({ feed, publish: () => Promise.resolve(feed.publish()) })
    }),
  )

describe('the suite for feeds', () => {
  test('passes a feed that keeps its promises', async () => {
    expect(await feedFailures()).toEqual([])
  })

  const faults = ['early', 'late', 'back', 'ms', 'dollars', 'empty', 'shared copy', 'silent']
  test.each(faults)('fails one with the fault "%s"', async (fault) => {
    expect(await feedFailures(fault)).not.toEqual([])
  })
})

/** Plays two blocks of two quotes, and how it can be wrong. */
class ToyTape implements Tape {
  receivedUs = Number.POSITIVE_INFINITY
  readonly #fault: string
  readonly #feed = new ToyFeed()
  readonly #startUs = START_US + 1
  #row = 0

  constructor(fault = '') {
    this.#fault = fault
    if (fault === 'open') this.receivedUs = this.#startUs
  }

  refill(): Promise<boolean> {
    if (this.#row === 4) return Promise.resolve(false)
    this.receivedUs = this.#startUs + this.#row
    return Promise.resolve(true)
  }

  emit(sink: MarketSink): void {
    void this.#feed.start(sink)
    this.#feed.publish()
    if (this.#fault === 'two') this.#feed.publish()
    this.#row++
    this.receivedUs =
      this.#row % 2 === 0 ? Infinity : this.#startUs + this.#row + (this.#fault === 'head' ? 1 : 0)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

const tapeFailures = (fault?: string): Promise<string[]> =>
  failuresOf((framework) =>
    describeTape(framework, 'toy', { open: () => Promise.resolve(new ToyTape(fault)) }),
  )

describe('the suite for tapes', () => {
  test('passes a tape that keeps its promises', async () => {
    expect(await tapeFailures()).toEqual([])
  })

  test.each(['open', 'two', 'head'])('fails one with the fault "%s"', async (fault) => {
    expect(await tapeFailures(fault)).not.toEqual([])
  })
})
