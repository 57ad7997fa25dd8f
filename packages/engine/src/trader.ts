import type {
  AccountReader,
  BarView,
  Broker,
  Fill,
  InstrumentIndex,
  IsoDate,
  Journal,
  JournalEntry,
  Micros,
  OrderEvent,
  OrderId,
  QuoteView,
  Session,
  Settlement,
  Statistic,
  TradeView,
  Underlying,
  Us,
} from '@scalp/canonical'
import type { GateContext, GateKeeper } from '@scalp/gates'
import { Account, PositionTracker } from '@scalp/positions'
import type { OrderEnd, Strategy, StrategyHandlers } from '@scalp/strategy'
import { ManagedOrders } from './managed-orders.js'
import type { Market, MarketMember } from './market.js'
import { OrderDesk, type SharedLimits } from './order-desk.js'
import { TurnContext } from './turn-context.js'
import { WakeQueue } from './wake-queue.js'

/** What a trader is made of. */
export interface TraderOptions<Config> {
  readonly strategy: Strategy<Config>
  /** Validated: see `resolveConfig` of `@scalp/strategy`. */
  readonly config: Config
  readonly gates: GateKeeper
  readonly broker: Broker
  readonly journal?: Journal
  readonly startingCashMicros: Micros
  /** Seeds `context.random`. */
  readonly seed?: string
  /** From the first event or the opening bell after it nothing is opened for so long, so that measures have settled; µs. */
  readonly warmUpUs?: number
  /** False tells the strategy that nobody reads the `inputs` of its decisions; trades keep those of their orders. */
  readonly readsInputs?: boolean
  /** Limits over everything that runs in it. */
  readonly limits?: SharedLimits
  /** What gates read besides the engine's own state: health of feed and broker, the account's status, Greeks, facts. */
  readonly gateReaders?: Pick<GateContext, 'health' | 'accountStatus' | 'greeks' | 'facts'>
  /** Takes what strategy, gates or broker threw, which ends its part in the market; without it that is thrown on. */
  readonly onFailure?: (error: unknown) => void
}

/** Runs one strategy on a market: its orders, its positions and its money. What it does leaves at the end of a turn. */
export class Trader implements MarketMember {
  readonly tracker: PositionTracker
  readonly account: Account
  readonly desk: OrderDesk
  readonly managed: ManagedOrders
  readonly handlers: StrategyHandlers
  readonly onFailure: ((error: unknown) => void) | undefined
  hasFailed = false
  readonly wantsBars: boolean
  readonly wantsEveryQuote: boolean
  readonly #market: Market
  readonly #journal: Journal | undefined
  readonly #warmUpUs: number
  readonly #wakes = new WakeQueue()
  readonly #context: TurnContext
  /** Round trips written to the journal. */
  #written = 0

  constructor(options: TraderOptions<unknown>, market: Market) {
    const { gates, broker, journal, limits } = options
    const { instruments, quotes, prices, calendar } = market
    this.#market = market
    this.#journal = journal
    this.#warmUpUs = options.warmUpUs ?? 0
    this.onFailure = options.onFailure
    this.tracker = new PositionTracker({ instruments })
    this.account = new Account({
      instruments,
      quotes,
      positions: this.tracker,
      startingCashMicros: options.startingCashMicros,
    })
    const write = (entry: JournalEntry): void => this.write(entry)
    const gateContext: GateContext = {
      get nowUs() {
        return market.nowUs
      },
      quotes,
      prices,
      instruments,
      positions: this.tracker,
      account: this.#funds(),
      calendar,
      ...options.gateReaders,
    }
    this.desk = new OrderDesk({
      gates,
      context: gateContext,
      broker,
      instruments,
      positions: this.tracker,
      ...(limits === undefined ? {} : { limits }),
      write,
    })
    this.managed = new ManagedOrders({
      desk: this.desk,
      quotes,
      now: () => market.nowUs,
      isOpen: () => calendar.isOpen(market.nowUs),
      followed: market.followed,
      write,
      onEnd: (end) => this.handlers.onManagedEnd?.(end),
    })
    this.#context = new TurnContext({
      market,
      member: this,
      desk: this.desk,
      managed: this.managed,
      wakes: this.#wakes,
      positions: this.tracker,
      account: this.account,
      seed: options.seed ?? 'scalp',
      readsInputs: options.readsInputs ?? true,
      write,
    })
    this.handlers = options.strategy.create(options.config, this.#context)
    const { onQuote, onBar, quoteScope } = this.handlers
    this.wantsBars = onBar !== undefined
    this.wantsEveryQuote = onQuote !== undefined && quoteScope !== 'held'
  }

  /** When it wants a turn without an event: wakes, time-outs, steps of managed orders; `Infinity` when it wants none. */
  get nextUs(): Us {
    return Math.min(this.#wakes.nextUs, this.desk.working.nextTimeoutUs, this.managed.nextUs)
  }

  /** Does what is due at {@link Trader.nextUs}. */
  advance(): void {
    const us = this.nextUs
    this.#market.moveTo(us)
    if (this.desk.working.nextTimeoutUs === us) this.desk.timeOut()
    else if (this.managed.nextUs === us) this.managed.advance()
    else {
      this.#wakes.pop()
      this.handlers.onWake?.(us)
    }
    this.endTurn()
  }

  /** Lets orders leave, in the order they were decided; their decisions are journaled by now. */
  endTurn(): void {
    if (this.desk.hasMail) this.desk.send()
  }

  isBusy(instrument: InstrumentIndex): boolean {
    return this.#context.isBusy(instrument)
  }

  onDate(date: IsoDate, us: Us, session: Session | undefined): boolean {
    const { desk } = this
    if (desk.warmUntilUs === Number.NEGATIVE_INFINITY)
      desk.warmUntilUs = Math.max(us, session?.openUs ?? us) + this.#warmUpUs
    this.account.keepMarks()
    this.managed.expire((index) => {
      const listed = this.#market.instruments.get(index)
      return listed.kind === 'option' && listed.option.expiry < date
    })
    this.endTurn()
    return true
  }

  onBell(bell: 'open' | 'close', session: Session): boolean {
    const isOpening = bell === 'open'
    if (isOpening) this.account.startSession()
    this.write({
      type: isOpening ? 'session-opened' : 'session-closed',
      atUs: this.#market.nowUs,
      date: session.date,
      equityMicros: this.account.equityMicros,
    })
    if (isOpening) this.handlers.onSessionOpen?.(session)
    else this.handlers.onSessionClose?.(session)
    this.endTurn()
    return true
  }

  onQuote(quote: QuoteView): boolean {
    this.#context.hasActed = false
    const isHeld = this.#market.followed.has(quote.instrument) && this.#follow(quote)
    if (isHeld || this.wantsEveryQuote) this.handlers.onQuote?.(quote)
    return this.#hasActed()
  }

  onTrade(trade: TradeView): boolean {
    if (this.handlers.onTrade === undefined) return false
    this.#context.hasActed = false
    this.handlers.onTrade(trade)
    return this.#hasActed()
  }

  onBar(bar: BarView): boolean {
    if (this.handlers.onBar === undefined) return false
    this.#context.hasActed = false
    this.handlers.onBar(bar)
    return this.#hasActed()
  }

  onStatistic(statistic: Statistic): boolean {
    if (this.handlers.onStatistic === undefined) return false
    this.#context.hasActed = false
    this.handlers.onStatistic(statistic)
    return this.#hasActed()
  }

  onUnderlying(underlying: Underlying): boolean {
    if (this.handlers.onUnderlying === undefined) return false
    this.#context.hasActed = false
    this.handlers.onUnderlying(underlying)
    return this.#hasActed()
  }

  onOrderEvent(event: OrderEvent): void {
    switch (event.type) {
      case 'order-accepted':
        this.write({ type: event.type, atUs: event.receivedUs, orderId: event.orderId })
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
    this.endTurn()
  }

  /** Takes a fill from before a restart: paid for already, so that no cash moves. */
  hold(fill: Fill, tag: string | undefined): void {
    this.#move(fill.instrument, () => this.tracker.apply(fill, tag))
  }

  write(entry: JournalEntry): void {
    this.#journal?.append(entry)
  }

  /** Marks what is held and moves what is managed; true when it is held. */
  #follow(quote: QuoteView): boolean {
    const { instrument } = quote
    const isHeld = this.tracker.contracts(instrument) !== 0
    if (isHeld) this.tracker.mark(instrument, quote.bidMicros, quote.askMicros)
    if (this.managed.size > 0 && this.managed.isWatching(instrument)) {
      this.#context.hasActed = true
      this.managed.onQuote(quote)
    }
    return isHeld
  }

  #hasActed(): boolean {
    if (!this.#context.hasActed) return false
    this.endTurn()
    return true
  }

  /** The account as gates see it: cash that entries on their way will take is spent already. */
  #funds(): AccountReader {
    const { account } = this
    const reserved = (): Micros => this.desk.working.reservedMicros
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

  #fill(fill: Fill): void {
    const { instruments, prices } = this.#market
    const tag = this.desk.tagOf(fill.orderId)
    if (!this.#move(fill.instrument, () => this.tracker.apply(fill, tag))) return
    this.desk.fill(fill)
    this.account.apply(fill)
    const instrument = instruments.get(fill.instrument)
    const price =
      instrument.kind === 'option' ? prices.get(instrument.option.underlying)?.priceMicros : undefined
    this.write({
      ...fill,
      type: 'order-filled',
      symbol: instrument.symbol,
      atUs: fill.receivedUs,
      underlyingMicros: price ?? Number.NaN,
      equityMicros: this.account.equityMicros,
    })
    this.#writeClosed()
    this.managed.onFill(fill)
    this.handlers.onFill?.(fill)
  }

  #settle(settlement: Settlement): void {
    const { instrument } = settlement
    if (!this.#move(instrument, () => this.tracker.settle(settlement))) return
    this.account.settle(settlement)
    this.write({
      ...settlement,
      type: 'position-settled',
      symbol: this.#market.instruments.get(instrument).symbol,
      atUs: settlement.receivedUs,
      equityMicros: this.account.equityMicros,
    })
    this.#writeClosed()
    this.managed.onSettled(instrument)
    this.handlers.onSettlement?.(settlement)
  }

  /** Changes a position, and has the market tell its quotes while it is held. */
  #move(instrument: InstrumentIndex, change: () => boolean): boolean {
    const wasHeld = this.tracker.contracts(instrument) !== 0
    const hasChanged = change()
    const isHeld = this.tracker.contracts(instrument) !== 0
    if (isHeld && !wasHeld) this.#market.followed.add(instrument)
    else if (wasHeld && !isHeld) this.#market.followed.remove(instrument)
    return hasChanged
  }

  /** Writes down round trips that the event ended. */
  #writeClosed(): void {
    for (; this.#written < this.tracker.closed.length; this.#written++) {
      const trade = this.tracker.closed[this.#written]
      this.write({
        type: 'position-closed',
        atUs: this.#market.nowUs,
        equityMicros: this.account.equityMicros,
        trade,
      })
    }
  }

  #endOrder(event: Extract<OrderEvent, { reason: string; orderId: OrderId }>): void {
    const working = this.desk.end(event.orderId)
    this.write({ type: event.type, atUs: event.receivedUs, orderId: event.orderId, reason: event.reason })
    if (working === undefined) return
    const end: OrderEnd = {
      orderId: event.orderId,
      instrument: working.order.instrument,
      receivedUs: event.receivedUs,
      outcome: event.type === 'order-rejected' ? 'rejected' : 'cancelled',
      reason: event.reason,
      filled: working.filled,
    }
    if (!this.managed.onOrderEnd(end)) this.handlers.onOrderEnd?.(end)
  }
}
