import {
  type AccountReader,
  type BarBlock,
  BarBuffer,
  type BarView,
  type BlockTape,
  type Broker,
  type BrokerSink,
  type CalendarReader,
  createQuoteBlock,
  type Fill,
  type Instrument,
  type InstrumentIndex,
  type InstrumentTable,
  type Journal,
  type JournalEntry,
  type MarketSink,
  type Micros,
  type OrderEvent,
  type OrderId,
  type PositionReader,
  type QuoteBlock,
  type QuoteReader,
  QuoteRow,
  type QuoteView,
  type Settlement,
  type Statistic,
  type TradeView,
  UnderlyingBuffer,
  type UnderlyingReader,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'
import type { GateContext, GateKeeper } from '@scalp/gates'
import { ImpliedUnderlying, QuoteColumns, UnderlyingPrices } from '@scalp/market-data'
import { Account, PositionTracker } from '@scalp/positions'
import type { OrderEnd, Strategy, StrategyHandlers } from '@scalp/strategy'
import { DayClock } from './day-clock.js'
import { ClockBackwardsError } from './errors.js'
import { ManagedOrders, type ManagedState } from './managed-orders.js'
import { OrderDesk, type SharedLimits } from './order-desk.js'
import { TurnContext } from './turn-context.js'
import { WakeQueue } from './wake-queue.js'

/** What an engine is made of. */
export interface EngineOptions<Config> {
  readonly strategy: Strategy<Config>
  /** Validated: see `resolveConfig` of `@scalp/strategy`. */
  readonly config: Config
  readonly underlyings: readonly string[]
  readonly instruments: InstrumentTable
  readonly calendar: CalendarReader
  readonly gates: GateKeeper
  readonly broker: Broker
  readonly journal?: Journal
  readonly startingCashMicros: Micros
  /** Seeds `context.random`. */
  readonly seed?: string
  /** True: underlying prices are derived from option quotes, because no bars or trades of them are fed. */
  readonly impliesUnderlyings?: boolean
  /** From the first event or the opening bell after it nothing is opened for so long, so that measures have settled; µs. */
  readonly warmUpUs?: number
  /** False tells the strategy that nobody reads the `inputs` of its decisions; trades keep those of their orders. */
  readonly readsInputs?: boolean
  /** Limits over everything that runs in it. */
  readonly limits?: SharedLimits
  /** What gates read besides the engine's own state: health of feed and broker, the account's status, Greeks, facts. */
  readonly gateReaders?: Pick<GateContext, 'health' | 'accountStatus' | 'greeks' | 'facts'>
}

/** What was held and known before a restart. */
export interface RestoredState {
  /** The time of the restart. */
  readonly us: Us
  /** Positions as the fills that made them; they are paid for already, so cash does not move. */
  readonly holdings: readonly { readonly fill: Fill; readonly tag?: string }[]
  /** What {@link Engine.snapshot} gave; absent when there is none. */
  readonly strategyState?: unknown
  /** What {@link Engine.managedState} gave; absent when there is none. */
  readonly managedState?: ManagedState
  /** Equity at the start of the session that goes on; that of now unless told. */
  readonly sessionStartEquityMicros?: Micros
}

/** Which rows of a block the engine may handle before somebody else must be asked. */
export interface RowSpan {
  readonly from: number
  readonly to: number
  readonly untilUs: Us
}

/** {@link RowSpan} of quotes, which a venue may have to see first. */
export interface QuoteSpan extends RowSpan {
  /** By instrument index, not 0: the venue must see quotes of it first. The first row is exempt. */
  readonly watched: Uint16Array
}

/**
 * Runs one strategy: one event in, orders out, the same way live and in a backtest.
 *
 * A turn is synchronous: the clock is set to the event's receive time, state is updated, the strategy is
 * called, its intents pass the gates, decisions are journaled, then orders leave. Whoever drives the engine
 * calls {@link Engine.advanceTo} when {@link Engine.nextWakeUs} comes before the next event.
 */
export class Engine implements MarketSink, BrokerSink {
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly instruments: InstrumentTable
  readonly #quotes = new QuoteColumns()
  readonly #prices = new UnderlyingPrices()
  readonly #tracker: PositionTracker
  readonly #account: Account
  readonly #calendar: CalendarReader
  readonly #journal: Journal | undefined
  readonly #handlers: StrategyHandlers
  readonly #desk: OrderDesk
  readonly #managed: ManagedOrders
  readonly #warmUpUs: number
  readonly #day: DayClock
  readonly #wakes = new WakeQueue()
  readonly #implied: ReadonlyMap<string, ImpliedUnderlying>
  readonly #context: TurnContext
  /** Round trips written to the journal. */
  #written = 0
  #impliedUs: Us = Number.POSITIVE_INFINITY
  /** The price, the bar and the quote that a strategy is shown. */
  readonly #bar = new BarBuffer()
  readonly #underlying = new UnderlyingBuffer()
  readonly #row = new QuoteRow(createQuoteBlock({ rows: 0, sampleUs: 0 }))
  readonly #isEveryQuote: boolean

  constructor(options: EngineOptions<unknown>) {
    const { instruments, calendar, gates, broker, journal, underlyings } = options
    this.instruments = instruments
    this.#calendar = calendar
    this.#journal = journal
    this.#tracker = new PositionTracker({ instruments })
    this.#account = new Account({
      instruments,
      quotes: this.#quotes,
      positions: this.#tracker,
      startingCashMicros: options.startingCashMicros,
    })
    this.quotes = this.#quotes
    this.prices = this.#prices
    this.positions = this.#tracker
    this.account = this.#account
    this.#implied = new Map(
      options.impliesUnderlyings === true
        ? underlyings.map((symbol) => [
            symbol,
            new ImpliedUnderlying({ symbol, instruments, quotes: this.#quotes, calendar }),
          ])
        : [],
    )
    /** The getter of the literal has a `this` of its own. */
    const nowUs = (): Us => this.#context.nowUs
    const gateContext: GateContext = {
      get nowUs() {
        return nowUs()
      },
      quotes: this.#quotes,
      prices: this.#prices,
      instruments,
      positions: this.#tracker,
      account: this.#funds(),
      calendar,
      ...options.gateReaders,
    }
    this.#day = new DayClock(calendar)
    this.#desk = new OrderDesk({
      gates,
      context: gateContext,
      broker,
      instruments,
      positions: this.#tracker,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      write: (entry) => this.#write(entry),
    })
    this.#managed = new ManagedOrders({
      desk: this.#desk,
      quotes: this.#quotes,
      now: nowUs,
      isOpen: () => calendar.isOpen(nowUs()),
      write: (entry) => this.#write(entry),
      onEnd: (end) => this.#handlers.onManagedEnd?.(end),
    })
    this.#warmUpUs = options.warmUpUs ?? 0
    instruments.onListed(({ index }: Instrument) => this.#quotes.reset(index))
    this.#context = new TurnContext({
      desk: this.#desk,
      managed: this.#managed,
      wakes: this.#wakes,
      underlyings,
      instruments,
      quotes: this.#quotes,
      prices: this.#prices,
      positions: this.#tracker,
      account: this.#account,
      calendar,
      seed: options.seed ?? 'scalp',
      readsInputs: options.readsInputs ?? true,
      write: (entry) => this.#write(entry),
    })
    this.#handlers = options.strategy.create(options.config, this.#context)
    const { onQuote, quoteScope } = this.#handlers
    this.#isEveryQuote = onQuote !== undefined && quoteScope !== 'held'
  }

  /** Receive time of the latest turn. */
  get nowUs(): Us {
    return this.#context.nowUs
  }

  /** When the engine wants a turn without an event: session edges, wakes, time-outs. */
  get nextWakeUs(): Us {
    return Math.min(
      this.#day.bellUs,
      this.#wakes.nextUs,
      this.#desk.working.nextTimeoutUs,
      this.#impliedUs,
      this.#managed.nextUs,
    )
  }

  get workingOrders(): number {
    return this.#desk.working.size
  }

  /** Closed round trips and fills so far are the tracker's to tell. */
  get tracker(): PositionTracker {
    return this.#tracker
  }

  /** What the strategy must not forget in a restart, as plain JSON; undefined when it keeps nothing. */
  snapshot(): unknown {
    return this.#handlers.snapshot?.()
  }

  /** Exits that are watched on our side, as plain JSON, to be kept whenever {@link Engine.snapshot} is. */
  managedState(): ManagedState {
    return this.#managed.snapshot((index) => this.instruments.get(index).symbol)
  }

  /** Takes over what was held before a restart; once, before the first event. */
  restore({ us, holdings, strategyState, managedState, sessionStartEquityMicros }: RestoredState): void {
    /** The time first, and the bell last: the strategy finds its positions when it rings. */
    this.#context.nowUs = us
    for (const { fill, tag } of holdings) this.#tracker.apply(fill, tag)
    this.#write({
      type: 'engine-restored',
      atUs: us,
      positions: this.#tracker.open().map((held) => ({
        symbol: this.instruments.get(held.instrument).symbol,
        contracts: held.contracts,
        averageMicros: held.averageMicros,
      })),
    })
    if (managedState !== undefined)
      this.#managed.restore(managedState, (symbol) => this.instruments.find(symbol)?.index)
    if (strategyState !== undefined) this.#handlers.restore?.(strategyState)
    this.#begin(us)
    if (sessionStartEquityMicros !== undefined) this.#account.startSession(sessionStartEquityMicros)
    this.#end()
  }

  /** A turn without an event: cancels what rests and closes what is held, in one instrument or all. */
  flatten(us: Us, tag: string, instrument?: InstrumentIndex): void {
    this.#begin(us)
    this.#managed.flatten(tag, instrument)
    this.#desk.flatten(tag, instrument)
    this.#end()
  }

  /** Just after the closing bell of the session that an instant belongs to; the instant itself without one. */
  sessionEndUs(us: Us): Us {
    const session = this.#calendar.session(us)
    return session === undefined ? us : Math.max(us, session.closeUs + US_PER_SECOND)
  }

  /** Does what is due up to and including an instant, in the order of time. */
  advanceTo(us: Us): void {
    for (let next = this.nextWakeUs; next <= us; next = this.nextWakeUs) {
      this.#begin(next)
      if (this.#day.bellUs === next) this.#ring()
      else if (this.#impliedUs === next) this.#implyUnderlyings()
      else if (this.#desk.working.nextTimeoutUs === next) this.#desk.timeOut()
      else if (this.#managed.nextUs === next) this.#managed.advance()
      else {
        this.#wakes.pop()
        this.#handlers.onWake?.(next)
      }
      this.#end()
    }
    if (us > this.#context.nowUs) this.#begin(us)
  }

  onQuote(quote: QuoteView): undefined {
    this.#begin(quote.receivedUs)
    const { instrument } = quote
    if (!this.#quotes.apply(quote)) return
    if (this.#implied.size > 0 && this.#impliedUs === Number.POSITIVE_INFINITY)
      this.#impliedUs = nextEstimateUs(quote.receivedUs, quote.sampleUs)
    const isHeld = this.#tracker.contracts(instrument) !== 0
    if (isHeld) this.#tracker.mark(instrument, quote.bidMicros, quote.askMicros)
    if (this.#managed.size > 0) this.#managed.onQuote(quote)
    if (isHeld || this.#isEveryQuote) this.#handlers.onQuote?.(quote)
    if (this.#desk.hasMail) this.#desk.send()
  }

  /**
   * Handles rows of a block, each as {@link Engine.onQuote} handles a quote, and answers the row it stopped before:
   * `to`, or the first row after `from` that is not before `untilUs`, or whose instrument is `watched`, or that comes
   * after one on which the strategy acted. Whoever drives the engine then looks what is due.
   */
  onQuotes(tape: BlockTape, block: QuoteBlock, { from, to, untilUs, watched }: QuoteSpan): number {
    const { indexes, place, receivedUs } = block
    const quotes = this.#quotes
    const tracker = this.#tracker
    const managed = this.#managed
    const isManaging = managed.size > 0
    const view = this.#row
    const isEvery = this.#isEveryQuote
    let isEstimateDue = this.#implied.size > 0 && this.#impliedUs === Number.POSITIVE_INFINITY
    let stopUs = untilUs
    let nowUs = Number.NaN
    const context = this.#context
    context.hasActed = false
    view.block = block
    let touched = from
    for (let row = from; row < to; row++) {
      const us = receivedUs[row] as Us
      if (us >= stopUs && row > from) return row
      if (row === touched) touched = quotes.touch(block, row, to)
      const at = place[row] as number
      let instrument = indexes[at] as InstrumentIndex
      if (instrument < 0) instrument = tape.intern(at)
      if (row > from && instrument < watched.length && watched[instrument] !== 0) return row
      if (us !== nowUs) {
        this.#begin(us)
        nowUs = us
      }
      if (!quotes.applyRow(block, row, instrument)) continue
      if (isEstimateDue) {
        isEstimateDue = false
        this.#impliedUs = nextEstimateUs(us, block.sampleUs)
        if (this.#impliedUs < stopUs) stopUs = this.#impliedUs
      }
      const isHeld = tracker.contracts(instrument) !== 0
      const isManaged = isManaging && managed.isWatching(instrument)
      if (!(isHeld || isEvery || isManaged)) continue
      view.row = row
      view.instrument = instrument
      if (isHeld) tracker.mark(instrument, view.bidMicros, view.askMicros)
      if (isManaged) {
        managed.onQuote(view)
        context.hasActed = true
      }
      if (isHeld || isEvery) this.#handlers.onQuote?.(view)
      if (context.hasActed) {
        if (this.#desk.hasMail) this.#desk.send()
        return row + 1
      }
    }
    return to
  }

  onTrade(trade: TradeView): undefined {
    this.#begin(trade.receivedUs)
    const { kind } = this.instruments.get(trade.instrument)
    this.#handlers.onTrade?.(trade)
    if (kind === 'underlying')
      this.#price(trade.instrument, trade.priceMicros, trade.size, trade.sourceUs, false)
    this.#end()
  }

  onBar(bar: BarView): undefined {
    this.#begin(bar.receivedUs)
    const { kind } = this.instruments.get(bar.instrument)
    this.#handlers.onBar?.(bar)
    if (kind === 'underlying') this.#price(bar.instrument, bar.closeMicros, bar.volume, bar.receivedUs, false)
    this.#end()
  }

  /**
   * Handles rows of a block, each as {@link Engine.onBar} handles a bar, and answers the row it stopped before: `to`, or
   * the first row after `from` that is not before `untilUs`, or that comes after one that may have changed what is due.
   */
  onBars(tape: BlockTape, block: BarBlock, { from, to, untilUs }: RowSpan): number {
    const { indexes, place, receivedUs, closeMicros, volume } = block
    const context = this.#context
    context.hasActed = false
    for (let row = from; row < to; row++) {
      const us = receivedUs[row] as Us
      if (us >= untilUs && row > from) return row
      const at = place[row] as number
      let instrument = indexes[at] as InstrumentIndex
      if (instrument < 0) instrument = tape.intern(at)
      const isNewDate = this.#day.isNewDate(us)
      this.#begin(us)
      if (this.#handlers.onBar !== undefined) this.#handlers.onBar(this.#barOf(block, row, instrument))
      if (this.instruments.get(instrument).kind === 'underlying')
        this.#price(instrument, closeMicros[row] as Micros, volume[row] as number, us, false)
      if (!(context.hasActed || isNewDate)) continue
      this.#end()
      return row + 1
    }
    return to
  }

  onStatistic(statistic: Statistic): undefined {
    this.#begin(statistic.receivedUs)
    this.#quotes.applyStatistic(statistic)
    this.#handlers.onStatistic?.(statistic)
    this.#end()
  }

  onOrderEvent(event: OrderEvent): undefined {
    this.#begin(event.receivedUs)
    switch (event.type) {
      case 'order-accepted':
        this.#write({ type: event.type, atUs: event.receivedUs, orderId: event.orderId })
        break
      case 'order-filled':
        this.#fill(event)
        break
      case 'order-rejected':
      case 'order-cancelled':
        this.#endOrder(event)
        break
      case 'position-settled':
        this.#settle(event)
        break
    }
    this.#end()
  }

  /** Starts a turn: time is the event's. */
  #begin(us: Us): void {
    const context = this.#context
    if (us < context.nowUs) throw new ClockBackwardsError({ nowUs: context.nowUs, eventUs: us })
    context.nowUs = us
    if (this.#day.isNewDate(us)) this.#startDate(us)
  }

  /** Ends a turn: the journal is written, then orders leave. */
  #end(): void {
    if (this.#desk.hasMail) this.#desk.send()
  }

  /** A new New York date: contracts that expired are forgotten, and yesterday's quotes with them. */
  #startDate(us: Us): void {
    const date = this.#day.startDate(us)
    if (this.#desk.warmUntilUs === Number.NEGATIVE_INFINITY)
      this.#desk.warmUntilUs = Math.max(us, this.#day.session?.openUs ?? us) + this.#warmUpUs
    const isHeld = (index: InstrumentIndex): boolean => this.#tracker.contracts(index) !== 0
    this.#managed.expire((index) => {
      const listed = this.instruments.get(index)
      return listed.kind === 'option' && listed.option.expiry < date
    })
    this.instruments.retireExpired(date, this.#context.isBusy)
    this.#quotes.clear(isHeld)
    if (this.#day.bellUs === us) this.#ring()
  }

  /** The account as gates see it: cash that entries on their way will take is spent already. */
  #funds(): AccountReader {
    const account = this.#account
    const reserved = (): Micros => this.#desk.working.reservedMicros
    return {
      get cashMicros() {
        return account.cashMicros - reserved()
      },
      get equityMicros() {
        return account.equityMicros
      },
      get sessionStartEquityMicros() {
        return account.sessionStartEquityMicros
      },
    }
  }

  #ring(): void {
    const { session } = this.#day
    if (session === undefined) return
    const isOpening = this.#day.ring() === 'open'
    if (isOpening) this.#account.startSession()
    this.#write({
      type: isOpening ? 'session-opened' : 'session-closed',
      atUs: this.#context.nowUs,
      date: session.date,
      equityMicros: this.#account.equityMicros,
    })
    if (isOpening) this.#handlers.onSessionOpen?.(session)
    else this.#handlers.onSessionClose?.(session)
  }

  #implyUnderlyings(): void {
    this.#impliedUs = Number.POSITIVE_INFINITY
    for (const [symbol, implied] of this.#implied) {
      const priceMicros = implied.estimate(this.#context.nowUs)
      if (priceMicros > 0)
        this.#price(this.instruments.underlying(symbol), priceMicros, 0, this.#context.nowUs, true)
    }
  }

  #price(
    instrument: InstrumentIndex,
    priceMicros: Micros,
    volume: number,
    sourceUs: Us,
    isDerived: boolean,
  ): void {
    const underlying = this.#underlying
    underlying.instrument = instrument
    underlying.symbol = this.instruments.get(instrument).symbol
    underlying.receivedUs = this.#context.nowUs
    underlying.sourceUs = sourceUs
    underlying.priceMicros = priceMicros
    underlying.volume = volume
    underlying.isDerived = isDerived
    if (this.#prices.apply(underlying)) this.#handlers.onUnderlying?.(underlying)
  }

  /** A row as the one bar that is lent. */
  #barOf(block: BarBlock, row: number, instrument: InstrumentIndex): BarView {
    const bar = this.#bar
    bar.instrument = instrument
    bar.receivedUs = block.receivedUs[row] as Us
    bar.startUs = block.startUs[row] as Us
    bar.lengthUs = bar.receivedUs - bar.startUs
    bar.openMicros = block.openMicros[row] as Micros
    bar.highMicros = block.highMicros[row] as Micros
    bar.lowMicros = block.lowMicros[row] as Micros
    bar.closeMicros = block.closeMicros[row] as Micros
    bar.volume = block.volume[row] as number
    return bar
  }

  #fill(fill: Fill): void {
    const tag = this.#desk.tagOf(fill.orderId)
    if (!this.#tracker.apply(fill, tag)) return
    this.#desk.fill(fill)
    this.#account.apply(fill)
    const instrument = this.instruments.get(fill.instrument)
    const price =
      instrument.kind === 'option' ? this.#prices.get(instrument.option.underlying)?.priceMicros : undefined
    this.#write({
      ...fill,
      type: 'order-filled',
      symbol: instrument.symbol,
      atUs: fill.receivedUs,
      underlyingMicros: price ?? Number.NaN,
      equityMicros: this.#account.equityMicros,
    })
    this.#writeClosed()
    this.#managed.onFill(fill)
    this.#handlers.onFill?.(fill)
  }

  #settle(settlement: Settlement): void {
    if (!this.#tracker.settle(settlement)) return
    this.#account.settle(settlement)
    this.#write({
      ...settlement,
      type: 'position-settled',
      symbol: this.instruments.get(settlement.instrument).symbol,
      atUs: settlement.receivedUs,
      equityMicros: this.#account.equityMicros,
    })
    this.#writeClosed()
    this.#managed.onSettled(settlement.instrument)
    this.#handlers.onSettlement?.(settlement)
  }

  /** Writes down round trips that the event ended. */
  #writeClosed(): void {
    for (; this.#written < this.#tracker.closed.length; this.#written++) {
      const trade = this.#tracker.closed[this.#written]
      this.#write({
        type: 'position-closed',
        atUs: this.#context.nowUs,
        equityMicros: this.#account.equityMicros,
        trade,
      })
    }
  }

  #endOrder(event: Extract<OrderEvent, { reason: string; orderId: OrderId }>): void {
    const working = this.#desk.end(event.orderId)
    this.#write({ type: event.type, atUs: event.receivedUs, orderId: event.orderId, reason: event.reason })
    if (working === undefined) return
    const end: OrderEnd = {
      orderId: event.orderId,
      instrument: working.order.instrument,
      receivedUs: event.receivedUs,
      outcome: event.type === 'order-rejected' ? 'rejected' : 'cancelled',
      reason: event.reason,
      filled: working.filled,
    }
    if (!this.#managed.onOrderEnd(end)) this.#handlers.onOrderEnd?.(end)
  }

  #write(entry: JournalEntry): void {
    this.#journal?.append(entry)
  }
}

/** Makes an engine; see {@link EngineOptions}. */
export function createEngine<Config>(options: EngineOptions<Config>): Engine {
  return new Engine(options as EngineOptions<unknown>)
}

/** Samples are complete once their instant has passed; ticks are summed up once a second. */
function nextEstimateUs(receivedUs: Us, sampleUs: number): Us {
  return sampleUs > 0 ? receivedUs + 1 : (Math.floor(receivedUs / US_PER_SECOND) + 1) * US_PER_SECOND
}
