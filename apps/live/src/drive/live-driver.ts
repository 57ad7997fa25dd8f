import {
  type ApprovedOrder,
  BarBuffer,
  type BarView,
  type Broker,
  type BrokerSink,
  type Feed,
  type InstrumentIndex,
  type MarketSink,
  type OrderEvent,
  type OrderId,
  QuoteBuffer,
  type QuoteView,
  type Statistic,
  TradeBuffer,
  type TradeView,
  type Us,
} from '@scalp/canonical'
import type { Engine } from '@scalp/engine'
import type { LiveClock } from '../clock/market-clock.js'
import { Histogram } from '../ops/histogram.js'

/** Sees each event as the engine does, just before it. Called within a turn: it must not block. */
export interface EventRecorder {
  quote(quote: QuoteView): void
  trade(trade: TradeView): void
  bar(bar: BarView): void
  statistic(statistic: Statistic): void
  order(event: OrderEvent): void
  flatten(us: Us, tag: string, instrument: InstrumentIndex | undefined): void
}

/** A venue that lives in market time: a simulated broker. It sees a quote before the engine does. */
export interface DrivenVenue {
  readonly nextUs: Us
  advanceTo(us: Us): void
  onQuote(quote: QuoteView): void
}

/** Looks on after an event was handled. Called within a turn: it must be cheap. */
export interface EventObserver {
  changed(instrument: InstrumentIndex): void
  traded(trade: TradeView): void
  /** There is a new price of an underlying. */
  priced(symbol: string): void
}

/** What a driver takes. */
export interface LiveDriverOptions {
  readonly clock: LiveClock
  /** Where orders go in the end. */
  readonly broker: Broker
  /** The same broker, when it must be driven. */
  readonly venue?: DrivenVenue
  readonly recorder?: EventRecorder
  /** Before each event: what is between turns, such as a change of health, enters here. */
  readonly beforeEvent?: () => void
  /** Looks on, for screens. */
  readonly observer?: EventObserver
  /** A turn failed: nothing more is decided, and whoever started the driver must end the run. */
  readonly onFault: (error: unknown) => void
  /** An event came with a time before the engine's: the clock went back. It is handled at the engine's time. */
  readonly onClockBack?: (byUs: number) => void
}

/**
 * Drives an engine by real time: events as they come, wakes by timers.
 *
 * Each event is one synchronous turn; what was due before it happens first, in the order of time. Orders are kept
 * until the turn is over. The engine's time only moves to instants of events and wakes,
 * never to "now", so that a recording of the events is enough to repeat every decision.
 */
export class LiveDriver implements MarketSink, BrokerSink {
  /** From the start of a turn to the departure of its orders, ms. */
  readonly turns: Histogram = new Histogram()
  /** From an order's departure to the venue's first word of it, ms. */
  readonly roundTrips: Histogram = new Histogram()
  events = 0
  clocksBack = 0
  /** Real time of the last market event, ms of `performance.now`. */
  lastEventMs: number = Number.NaN
  readonly #options: LiveDriverOptions
  readonly #outbox: (() => void)[] = []
  readonly #sentMs = new Map<OrderId, number>()
  readonly #quote = new QuoteBuffer()
  readonly #trade = new TradeBuffer()
  readonly #bar = new BarBuffer()
  #engine: Engine | undefined
  #timer: NodeJS.Timeout | undefined
  #timerUs: Us = Number.POSITIVE_INFINITY
  #isRunning = false
  #feed: Feed | undefined

  constructor(options: LiveDriverOptions) {
    this.#options = options
  }

  /** What the engine is given as its broker: orders wait here until their turn is over. */
  get outbox(): Broker {
    return {
      connect: () => Promise.resolve(),
      submit: (order: ApprovedOrder) => {
        this.#outbox.push(() => {
          this.#sentMs.set(order.id, performance.now())
          this.#options.broker.submit(order)
        })
      },
      cancel: (orderId: OrderId) => {
        this.#outbox.push(() => this.#options.broker.cancel(orderId))
      },
    }
  }

  /** True until a turn failed or the driver was stopped. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Takes the engine and begins: venue first, then data. */
  async start(engine: Engine, feed: Feed): Promise<void> {
    this.#engine = engine
    this.#feed = feed
    this.#isRunning = true
    await this.#options.broker.connect(this)
    this.#leave()
    this.#plan()
    await feed.start(this)
  }

  /** Ends the flow of events. What is on its way at the venue stays there. */
  async stop(): Promise<void> {
    this.#isRunning = false
    clearTimeout(this.#timer)
    await this.#feed?.stop()
  }

  /** Looks anew when the next wake is due: the clock's speed has changed. */
  replan(): void {
    this.#plan()
  }

  /** Does what is due by now; timers call it. */
  tick(): void {
    this.#turn(this.#options.clock.nowUs(), () => undefined)
  }

  /** A turn of an operator. */
  flatten(tag: string, instrument?: InstrumentIndex): void {
    this.#turn(this.#options.clock.nowUs(), (engine, us) => {
      this.#options.recorder?.flatten(us, tag, instrument)
      engine.flatten(us, tag, instrument)
    })
  }

  onQuote(quote: QuoteView): undefined {
    const startMs = performance.now()
    const engine = this.#engine
    if (engine === undefined || !this.#isRunning) return
    try {
      this.#options.beforeEvent?.()
      const us = this.#moveTo(engine, quote.receivedUs)
      const view = us === quote.receivedUs ? quote : restamp(this.#quote, quote, us)
      const { recorder, venue, observer } = this.#options
      recorder?.quote(view)
      venue?.onQuote(view)
      engine.onQuote(view)
      observer?.changed(quote.instrument)
      this.lastEventMs = startMs
      this.#end(engine, startMs)
    } catch (error) {
      this.#fail(error)
    }
  }

  onTrade(trade: TradeView): undefined {
    this.#event(trade.receivedUs, (engine, us) => {
      const view = us === trade.receivedUs ? trade : restamp(this.#trade, trade, us)
      this.#options.recorder?.trade(view)
      engine.onTrade(view)
      this.#options.observer?.traded(view)
      this.#observePrice(engine, trade.instrument)
    })
  }

  onBar(bar: BarView): undefined {
    this.#event(bar.receivedUs, (engine, us) => {
      const view = us === bar.receivedUs ? bar : restamp(this.#bar, bar, us)
      this.#options.recorder?.bar(view)
      engine.onBar(view)
      this.#observePrice(engine, bar.instrument)
    })
  }

  onStatistic(statistic: Statistic): undefined {
    this.#event(statistic.receivedUs, (engine, us) => {
      const view = us === statistic.receivedUs ? statistic : { ...statistic, receivedUs: us }
      this.#options.recorder?.statistic(view)
      engine.onStatistic(view)
      this.#options.observer?.changed(statistic.instrument)
    })
  }

  onOrderEvent(event: OrderEvent): undefined {
    if ('orderId' in event) {
      const sentMs = this.#sentMs.get(event.orderId)
      if (sentMs !== undefined) this.roundTrips.add(performance.now() - sentMs)
      this.#sentMs.delete(event.orderId)
    }
    this.#turn(event.receivedUs, (engine, us) => {
      const view = us === event.receivedUs ? event : { ...event, receivedUs: us }
      this.#options.recorder?.order(view)
      engine.onOrderEvent(view)
    })
  }

  #observePrice(engine: Engine, instrument: InstrumentIndex): void {
    const { observer } = this.#options
    if (observer === undefined) return
    const listed = engine.instruments.get(instrument)
    if (listed.kind === 'underlying') observer.priced(listed.symbol)
    else observer.changed(instrument)
  }

  #event(us: Us, act: (engine: Engine, us: Us) => void): void {
    this.lastEventMs = performance.now()
    this.#turn(us, act)
  }

  #turn(atUs: Us, act: (engine: Engine, us: Us) => void): void {
    const startMs = performance.now()
    const engine = this.#engine
    if (engine === undefined || !this.#isRunning) return
    try {
      this.#options.beforeEvent?.()
      act(engine, this.#moveTo(engine, atUs))
      this.#end(engine, startMs)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Does what is due up to an instant, the venue first at equal times; answers the time that the turn has. */
  #moveTo(engine: Engine, us: Us): Us {
    const { venue, onClockBack } = this.#options
    let at = us
    if (us < engine.nowUs) {
      at = engine.nowUs
      this.clocksBack++
      onClockBack?.(engine.nowUs - us)
    }
    for (;;) {
      const venueUs = venue === undefined ? Number.POSITIVE_INFINITY : venue.nextUs
      const wakeUs = engine.nextWakeUs
      if (venueUs > at && wakeUs > at) return at
      if (venueUs <= wakeUs) venue?.advanceTo(venueUs)
      else {
        engine.advanceTo(wakeUs)
        if (this.#outbox.length > 0) this.#leave()
      }
    }
  }

  #end(engine: Engine, startMs: number): void {
    this.events++
    if (this.#outbox.length > 0) this.#leave()
    const nextUs = Math.min(engine.nextWakeUs, this.#options.venue?.nextUs ?? Number.POSITIVE_INFINITY)
    if (nextUs !== this.#timerUs) this.#plan()
    const endMs = performance.now()
    this.turns.add(endMs - startMs)
  }

  /** The broker records first what it is given: see `createJournaledBroker`. */
  #leave(): void {
    for (const leave of this.#outbox.splice(0)) leave()
  }

  /** Sets the timer for what is due next. */
  #plan(): void {
    const engine = this.#engine
    clearTimeout(this.#timer)
    if (engine === undefined || !this.#isRunning) return
    const { clock, venue } = this.#options
    this.#timerUs = Math.min(engine.nextWakeUs, venue?.nextUs ?? Number.POSITIVE_INFINITY)
    const ms = clock.msUntil(this.#timerUs)
    /** Not beyond what a timer holds; a clock that stands still is looked at again. */
    const waitMs = Number.isFinite(ms) ? Math.min(Math.max(0, Math.ceil(ms)), LONGEST_MS) : IDLE_MS
    this.#timer = setTimeout(() => {
      this.#timerUs = Number.NaN
      this.tick()
    }, waitMs)
  }

  #fail(error: unknown): void {
    this.#isRunning = false
    clearTimeout(this.#timer)
    this.#options.onFault(error)
  }
}

const LONGEST_MS = 3_600_000
const IDLE_MS = 1_000

/** A copy of a borrowed event with another time of receipt. */
function restamp<Buffer extends { receivedUs: Us }>(buffer: Buffer, event: object, us: Us): Buffer {
  for (const key of Object.keys(buffer)) {
    const value: unknown = (event as Record<string, unknown>)[key]
    ;(buffer as Record<string, unknown>)[key] = value
  }
  buffer.receivedUs = us
  return buffer
}

/** Drives an engine until the driver is stopped. */
export async function runLive({
  engine,
  feed,
  driver,
}: {
  readonly engine: Engine
  readonly feed: Feed
  readonly driver: LiveDriver
}): Promise<LiveDriver> {
  await driver.start(engine, feed)
  return driver
}
