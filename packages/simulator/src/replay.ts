import {
  type BarBlock,
  type BarView,
  type BlockTape,
  createQuoteBlock,
  InstrumentCounts,
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
import type { Engine, Market } from '@scalp/engine'
import { EmptyReplayError, SeparateMarketsError } from './errors.js'
import type { SimulatedBroker } from './simulated-broker.js'

/** One of several runs that are replayed together. */
export interface ReplayLane {
  readonly engine: Engine
  readonly broker: SimulatedBroker
  /** Called at the first event of each minute of market time, with all before it done: equity is sampled there. */
  readonly onMinute?: (us: Us) => void
}

/** What runs over the same events are. */
export interface ReplayTogetherOptions {
  /** At least one; their engines share a market. */
  readonly lanes: readonly [ReplayLane, ...ReplayLane[]]
  /** In the order that decides equal times: underlyings, trades, quotes, statistics. */
  readonly tapes: readonly Tape[]
  /** Called about every `progressEvents` events and at the end. */
  readonly onProgress?: (progress: ReplayProgress) => void
}

/** What a replay runs. */
export interface ReplayOptions extends Omit<ReplayTogetherOptions, 'lanes'>, ReplayLane {}

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
 * At equal times the venue's news comes first, then bells and implied prices, then wakes, then tapes in their order.
 *
 * @throws {@link EmptyReplayError} When no tape holds an event.
 */
export function replay({ engine, broker, onMinute, ...rest }: ReplayOptions): Promise<ReplayProgress> {
  const lane: ReplayLane = { engine, broker, ...(onMinute === undefined ? {} : { onMinute }) }
  return replayTogether({ ...rest, lanes: [lane] })
}

/**
 * Runs engines that share a market over one pass of the tapes. Each does what {@link replay} would have it do alone.
 *
 * What a lane throws goes to its engine's `onFailure`, and the others go on; without that the replay fails.
 *
 * @throws {@link EmptyReplayError} When no tape holds an event.
 * @throws {@link SeparateMarketsError} When the engines do not share a market.
 */
export async function replayTogether({
  lanes,
  tapes,
  onProgress,
}: ReplayTogetherOptions): Promise<ReplayProgress> {
  const { market } = lanes[0].engine
  if (lanes.some(({ engine }) => engine.market !== market)) throw new SeparateMarketsError()
  const player = new Player(market, lanes)
  await player.connect()
  let reported = 0
  const live: Tape[] = []
  for (const tape of tapes) if (await hasEvent(tape)) live.push(tape)
  if (live.length === 0) throw new EmptyReplayError()
  while (live.length > 0 && player.isAlive) {
    const at = earliest(live)
    const tape = live[at] as Tape
    player.play(tape, headOfOthers(live, at))
    if (player.events - reported >= PROGRESS_EVENTS) {
      reported = player.events
      onProgress?.(player.progress())
    }
    if (tape.receivedUs === Number.POSITIVE_INFINITY && !(await hasEvent(tape))) live.splice(at, 1)
  }
  player.finish()
  onProgress?.(player.progress())
  return player.progress()
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

/** Plays events of one tape at a time, as long as no other is due: quotes and bars by the block, others one by one. */
class Player implements MarketSink {
  events = 0
  quotes = 0
  /** Time of the last event. */
  us: Us = Number.NaN
  #minuteEndsUs: Us = Number.NEGATIVE_INFINITY
  /** When the next lane has something to do of itself. */
  #dueUs: Us = Number.POSITIVE_INFINITY
  readonly #market: Market
  #lanes: readonly ReplayLane[]
  /** Contracts that some venue waits for. */
  readonly #watched = new InstrumentCounts()
  /** The row that venues are shown. */
  readonly #row = new QuoteRow(createQuoteBlock({ rows: 0, sampleUs: 0 }))

  constructor(market: Market, lanes: readonly ReplayLane[]) {
    this.#market = market
    this.#lanes = lanes
  }

  async connect(): Promise<void> {
    for (const { engine, broker } of this.#lanes) {
      broker.attach(engine, this.#watched)
      await broker.connect(engine)
    }
    this.#plan()
  }

  /** False once every lane has failed. */
  get isAlive(): boolean {
    return this.#lanes.length > 0
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
        if (this.#market.hasActed) this.#plan()
        this.events++
      }
    }
  }

  /** Plays the session to its bell after the last event, then ends what is left. */
  finish(): void {
    const endUs = this.#market.sessionEndUs(this.us)
    this.#runDue(endUs)
    this.#each(({ engine, broker }) => {
      /** What the end brings is late by each venue's latency: every lane ends from the same instant. */
      this.#market.nowUs = endUs
      broker.finish(endUs)
      while (engine.nextTurnUs <= endUs) engine.takeTurn()
    })
    this.#each((lane) => lane.onMinute?.(this.us))
  }

  onQuote(quote: QuoteView): undefined {
    this.quotes++
    if (this.#watched.has(quote.instrument)) this.#showVenues(({ broker }) => broker.onQuote(quote))
    this.#market.onQuote(quote)
  }

  onTrade(trade: TradeView): undefined {
    if (this.#watched.has(trade.instrument)) this.#showVenues(({ broker }) => broker.onTrade(trade))
    this.#market.onTrade(trade)
  }

  onBar(bar: BarView): undefined {
    this.#market.onBar(bar)
  }

  onStatistic(statistic: Statistic): undefined {
    this.#market.onStatistic(statistic)
  }

  /** Between two looks at what is due the market takes as many rows as it can: that is what makes replay fast. */
  #playQuotes(tape: BlockTape, block: QuoteBlock, heads: Heads): void {
    const { from, receivedUs, place, indexes } = block
    const to = rowsBefore(block, heads)
    const market = this.#market
    const watched = this.#watched
    const view = this.#row
    view.block = block
    for (let row = from; row < to; ) {
      this.#moveTo(receivedUs[row] as Us)
      const at = place[row] as number
      view.row = row
      view.instrument = ((indexes[at] as number) < 0 ? tape.intern(at) : indexes[at]) as InstrumentIndex
      if (watched.has(view.instrument)) {
        this.#showVenues(({ broker }) => broker.onQuote(view))
        this.#plan()
      }
      const untilUs = Math.min(this.#dueUs, market.nextUs, this.#minuteEndsUs)
      row = market.onQuotes(tape, block, { from: row, to, untilUs, watched: watched.counts })
      if (market.hasActed) this.#plan()
    }
    this.us = receivedUs[to - 1] as Us
    this.events += to - from
    this.quotes += to - from
    tape.advanceTo(to)
  }

  /** As quotes; venues look at none. */
  #playBars(tape: BlockTape, block: BarBlock, heads: Heads): void {
    const { from, receivedUs } = block
    const to = rowsBefore(block, heads)
    const market = this.#market
    for (let row = from; row < to; ) {
      this.#moveTo(receivedUs[row] as Us)
      const untilUs = Math.min(this.#dueUs, market.nextUs, this.#minuteEndsUs)
      row = market.onBars(tape, block, { from: row, to, untilUs })
      if (market.hasActed) this.#plan()
    }
    this.us = receivedUs[to - 1] as Us
    this.events += to - from
    tape.advanceTo(to)
  }

  /** All that is due before an event of that time happens; a date begins before what it brings is interned. */
  #moveTo(us: Us): void {
    this.#runDue(us)
    this.#market.moveTo(us)
    if (us >= this.#minuteEndsUs) {
      this.#minuteEndsUs = (Math.floor(us / US_PER_MINUTE) + 1) * US_PER_MINUTE
      this.#each((lane) => lane.onMinute?.(us))
    }
    this.us = us
    if (this.#market.hasActed) this.#plan()
  }

  /** Lets venues, the market and wakes act up to an instant, in the order of time, and in this order at equal times. */
  #runDue(us: Us): void {
    const market = this.#market
    while (this.#dueUs <= us || market.nextUs <= us) {
      const nextUs = Math.min(this.#dueUs, market.nextUs)
      const venue = this.#lanes.find(({ broker }) => broker.nextUs <= nextUs)
      if (venue !== undefined) this.#try(venue, ({ broker }) => broker.advanceTo(nextUs))
      else if (market.nextUs <= nextUs) market.advance()
      else {
        const lane = this.#lanes.find(({ engine }) => engine.nextTurnUs <= nextUs)
        if (lane !== undefined) this.#try(lane, ({ engine }) => engine.takeTurn())
      }
      this.#plan()
    }
  }

  /** Looks anew when a lane has something to do. */
  #plan(): void {
    this.#market.hasActed = false
    let dueUs = Number.POSITIVE_INFINITY
    let failed = 0
    for (const { engine, broker } of this.#lanes) {
      if (engine.hasFailed) failed++
      else dueUs = Math.min(dueUs, broker.nextUs, engine.nextTurnUs)
    }
    this.#dueUs = dueUs
    if (failed > 0) this.#lanes = this.#lanes.filter(({ engine }) => !engine.hasFailed)
  }

  #showVenues(show: (lane: ReplayLane) => void): void {
    this.#each(show)
    this.#market.hasActed = true
  }

  #each(what: (lane: ReplayLane) => void): void {
    for (const lane of this.#lanes) this.#try(lane, what)
  }

  /** What a lane throws ends that lane, if its engine takes it. */
  #try(lane: ReplayLane, what: (lane: ReplayLane) => void): void {
    if (lane.engine.hasFailed) return
    try {
      what(lane)
    } catch (error) {
      lane.engine.fail(error)
    }
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
