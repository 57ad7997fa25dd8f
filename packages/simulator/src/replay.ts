import {
  type BarBlock,
  type BarView,
  type BlockTape,
  createQuoteBlock,
  type InstrumentIndex,
  isBlockTape,
  type MarketSink,
  type QuoteBlock,
  QuoteRow,
  type QuoteView,
  type Statistic,
  type Tape,
  type TradeView,
  type Us,
} from '@scalp/canonical'
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
  const player = new Player(engine, broker, onMinute)
  broker.attach(engine)
  await broker.connect(engine)
  let reported = 0
  const live: Tape[] = []
  for (const tape of tapes) if (await hasEvent(tape)) live.push(tape)
  if (live.length === 0) throw new EmptyReplayError()
  while (live.length > 0) {
    const at = earliest(live)
    const tape = live[at] as Tape
    player.play(tape, headOfOthers(live, at))
    if (player.events - reported >= PROGRESS_EVENTS) {
      reported = player.events
      onProgress?.(player.progress())
    }
    if (tape.receivedUs === Number.POSITIVE_INFINITY && !(await hasEvent(tape))) live.splice(at, 1)
  }
  finish(engine, broker, player.us)
  onMinute?.(player.us)
  onProgress?.(player.progress())
  return player.progress()
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

/** The earliest heads among the other tapes: of those that win a tie, and of those that lose it. */
interface Heads {
  readonly before: Us
  readonly after: Us
}

function headOfOthers(tapes: readonly Tape[], at: number): Heads {
  let before = Number.POSITIVE_INFINITY
  let after = Number.POSITIVE_INFINITY
  for (let i = 0; i < tapes.length; i++) {
    const head = tapes[i]?.receivedUs ?? Number.POSITIVE_INFINITY
    if (i < at) before = Math.min(before, head)
    else if (i > at) after = Math.min(after, head)
  }
  return { before, after }
}

/** Plays events of one tape at a time, as long as no other is due: quotes by the block, others one by one. */
class Player implements MarketSink {
  events = 0
  quotes = 0
  /** Time of the last event. */
  us: Us = Number.NaN
  #minuteEndsUs: Us = Number.NEGATIVE_INFINITY
  readonly #engine: Engine
  readonly #broker: SimulatedBroker
  readonly #onMinute: ((us: Us) => void) | undefined
  /** The row that the venue is shown. */
  readonly #row = new QuoteRow(createQuoteBlock({ rows: 0, sampleUs: 0 }))

  constructor(engine: Engine, broker: SimulatedBroker, onMinute: ((us: Us) => void) | undefined) {
    this.#engine = engine
    this.#broker = broker
    this.#onMinute = onMinute
  }

  progress(): ReplayProgress {
    return { events: this.events, quotes: this.quotes, us: this.us }
  }

  /** Stays on a tape until another is due or its block is used up. */
  play(tape: Tape, heads: Heads): void {
    const lends = isBlockTape(tape)
    for (
      let eventUs = tape.receivedUs;
      eventUs < heads.before && eventUs <= heads.after && eventUs !== Number.POSITIVE_INFINITY;
      eventUs = tape.receivedUs
    ) {
      const quotes = lends ? tape.quotes() : undefined
      const bars = lends && quotes === undefined ? tape.bars?.() : undefined
      if (lends && quotes !== undefined) this.#playQuotes(tape, quotes, heads)
      else if (lends && bars !== undefined) this.#playBars(tape, bars, heads)
      else {
        this.#moveTo(eventUs)
        tape.emit(this)
        this.events++
      }
    }
  }

  onQuote(quote: QuoteView): undefined {
    this.quotes++
    this.#broker.onQuote(quote)
    this.#engine.onQuote(quote)
  }

  onTrade(trade: TradeView): undefined {
    this.#broker.onTrade(trade)
    this.#engine.onTrade(trade)
  }

  onBar(bar: BarView): undefined {
    this.#engine.onBar(bar)
  }

  onStatistic(statistic: Statistic): undefined {
    this.#engine.onStatistic(statistic)
  }

  /** Between two looks at what is due the engine takes as many rows as it can: that is what makes replay fast. */
  #playQuotes(tape: BlockTape, block: QuoteBlock, heads: Heads): void {
    const { from, receivedUs, place, indexes } = block
    const to = rowsBefore(block, heads)
    const broker = this.#broker
    const engine = this.#engine
    const view = this.#row
    view.block = block
    for (let row = from; row < to; ) {
      this.#moveTo(receivedUs[row] as Us)
      const at = place[row] as number
      view.row = row
      view.instrument = ((indexes[at] as number) < 0 ? tape.intern(at) : indexes[at]) as InstrumentIndex
      broker.onQuote(view)
      const untilUs = Math.min(broker.nextUs, engine.nextWakeUs, this.#minuteEndsUs)
      row = engine.onQuotes(tape, block, { from: row, to, untilUs, watched: broker.watched })
    }
    this.us = receivedUs[to - 1] as Us
    this.events += to - from
    this.quotes += to - from
    tape.advanceTo(to)
  }

  /** As quotes; the venue looks at none. */
  #playBars(tape: BlockTape, block: BarBlock, heads: Heads): void {
    const { from, receivedUs } = block
    const to = rowsBefore(block, heads)
    const broker = this.#broker
    const engine = this.#engine
    for (let row = from; row < to; ) {
      this.#moveTo(receivedUs[row] as Us)
      const untilUs = Math.min(broker.nextUs, engine.nextWakeUs, this.#minuteEndsUs)
      row = engine.onBars(tape, block, { from: row, to, untilUs })
    }
    this.us = receivedUs[to - 1] as Us
    this.events += to - from
    tape.advanceTo(to)
  }

  /** All that is due before an event of that time happens. */
  #moveTo(us: Us): void {
    runDue(this.#engine, this.#broker, us)
    if (us >= this.#minuteEndsUs) {
      this.#minuteEndsUs = (Math.floor(us / US_PER_MINUTE) + 1) * US_PER_MINUTE
      this.#onMinute?.(us)
    }
    this.us = us
  }
}

/** One past the last row that is due before the other tapes; at least one row is. */
function rowsBefore({ from, to, receivedUs }: QuoteBlock | BarBlock, { before, after }: Heads): number {
  const isDue = (row: number): boolean => {
    const us = receivedUs[row] as Us
    return us < before && us <= after
  }
  if (isDue(to - 1)) return to
  let low = from + 1
  let high = to - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isDue(middle)) low = middle + 1
    else high = middle
  }
  return low
}
