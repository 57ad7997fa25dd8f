import type { BarView, MarketSink, QuoteView, Statistic, Tape, TradeView, Us } from '@scalp/canonical'
import type { Engine } from '@scalp/engine'
import { EmptyReplayError } from './errors.js'
import type { SimulatedBroker } from './simulated-broker.js'

/** What a replay runs. */
export interface ReplayOptions {
  readonly engine: Engine
  readonly broker: SimulatedBroker
  /** In the order that decides equal times: underlyings, trades, quotes, statistics. */
  readonly tapes: readonly Tape[]
  /** Called about every `progressEvents` events and at the end. */
  readonly onProgress?: (progress: ReplayProgress) => void
  /** Called at the first event of each minute of market time, with all before it done: equity is sampled there. */
  readonly onMinute?: (us: Us) => void
}

/** How far a replay has come. */
export interface ReplayProgress {
  readonly events: number
  readonly quotes: number
  /** Time of the last event. */
  readonly us: Us
}

const PROGRESS_EVENTS = 262_144
const US_PER_MINUTE = 60_000_000

/**
 * Runs the engine over tapes: again and again the earliest of tape, venue and wake.
 *
 * The venue sees a quote before the engine does, so that an order decided on it can only fill on a later one.
 * At equal times the venue's news comes first, then wakes, then tapes in their order.
 *
 * @throws {@link EmptyReplayError} When no tape holds an event.
 */
export async function replay({
  engine,
  broker,
  tapes,
  onProgress,
  onMinute,
}: ReplayOptions): Promise<ReplayProgress> {
  const tap = new Tap(engine, broker)
  broker.attach(engine)
  await broker.connect(engine)
  let events = 0
  let us: Us = Number.NaN
  let minute = Number.NaN
  let reported = 0
  const live: Tape[] = []
  for (const tape of tapes) if (await hasEvent(tape)) live.push(tape)
  if (live.length === 0) throw new EmptyReplayError()
  while (live.length > 0) {
    const at = earliest(live)
    const tape = live[at] as Tape
    const others = headOfOthers(live, at)
    /** Stay on this tape while nothing else is due. */
    while (
      tape.receivedUs < others.before &&
      tape.receivedUs <= others.after &&
      tape.receivedUs !== Number.POSITIVE_INFINITY
    ) {
      const eventUs = tape.receivedUs
      runDue(engine, broker, eventUs)
      const eventMinute = Math.floor(eventUs / US_PER_MINUTE)
      if (eventMinute !== minute) {
        minute = eventMinute
        onMinute?.(eventUs)
      }
      us = eventUs
      tape.emit(tap)
      events++
    }
    if (events - reported >= PROGRESS_EVENTS) {
      reported = events
      onProgress?.({ events, quotes: tap.quotes, us })
    }
    if (tape.receivedUs === Number.POSITIVE_INFINITY && !(await hasEvent(tape))) live.splice(at, 1)
  }
  finish(engine, broker, us)
  onMinute?.(us)
  onProgress?.({ events, quotes: tap.quotes, us })
  return { events, quotes: tap.quotes, us }
}

/** Lets venue and wakes act up to an instant, in the order of time, the venue first at equal times. */
function runDue(engine: Engine, broker: SimulatedBroker, us: Us): void {
  for (;;) {
    const brokerUs = broker.nextUs
    const wakeUs = engine.nextWakeUs
    if (brokerUs > us && wakeUs > us) return
    if (brokerUs <= wakeUs) broker.advanceTo(brokerUs)
    else engine.advanceTo(wakeUs)
  }
}

/** Plays the session to its bell after the last event, then ends what is left. */
function finish(engine: Engine, broker: SimulatedBroker, us: Us): void {
  const endUs = engine.sessionEndUs(us)
  runDue(engine, broker, endUs)
  broker.finish(endUs)
  engine.advanceTo(endUs)
}

async function hasEvent(tape: Tape): Promise<boolean> {
  while (tape.receivedUs === Number.POSITIVE_INFINITY) if (!(await tape.refill())) return false
  return true
}

function earliest(tapes: readonly Tape[]): number {
  let at = 0
  let us = Number.POSITIVE_INFINITY
  for (let i = 0; i < tapes.length; i++) {
    const head = tapes[i]?.receivedUs ?? Number.POSITIVE_INFINITY
    if (head < us) {
      us = head
      at = i
    }
  }
  return at
}

/** The earliest heads among tapes that win a tie against this one, and among those that lose it. */
function headOfOthers(tapes: readonly Tape[], at: number): { before: Us; after: Us } {
  let before = Number.POSITIVE_INFINITY
  let after = Number.POSITIVE_INFINITY
  for (let i = 0; i < tapes.length; i++) {
    const head = tapes[i]?.receivedUs ?? Number.POSITIVE_INFINITY
    if (i < at) before = Math.min(before, head)
    else if (i > at) after = Math.min(after, head)
  }
  return { before, after }
}

/** Shows each quote to the venue, then to the engine. */
class Tap implements MarketSink {
  quotes = 0
  readonly #engine: Engine
  readonly #broker: SimulatedBroker

  constructor(engine: Engine, broker: SimulatedBroker) {
    this.#engine = engine
    this.#broker = broker
  }

  onQuote(quote: QuoteView): undefined {
    this.quotes++
    this.#broker.onQuote(quote)
    this.#engine.onQuote(quote)
  }

  onTrade(trade: TradeView): undefined {
    this.#engine.onTrade(trade)
  }

  onBar(bar: BarView): undefined {
    this.#engine.onBar(bar)
  }

  onStatistic(statistic: Statistic): undefined {
    this.#engine.onStatistic(statistic)
  }
}
