import type {
  AccountReader,
  BarView,
  BrokerSink,
  Fill,
  InstrumentIndex,
  InstrumentTable,
  MarketSink,
  Micros,
  OrderEvent,
  PositionReader,
  QuoteReader,
  QuoteView,
  Statistic,
  TradeView,
  UnderlyingReader,
  Us,
} from '@scalp/canonical'
import type { PositionTracker } from '@scalp/positions'
import type { ManagedState } from './managed-orders.js'
import { Market, type MarketOptions } from './market.js'
import { Trader, type TraderOptions } from './trader.js'

/** What an engine is made of: a strategy and its surroundings, and the market it trades on. */
export type EngineOptions<Config> = TraderOptions<Config> &
  (
    | (MarketOptions & { readonly market?: undefined })
    /** A market that other engines share, fed by who drives them all, such as `replayTogether`. */
    | { readonly market: Market }
  )

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

/**
 * Runs one strategy: one event in, orders out, the same way live and in a backtest.
 *
 * A turn is synchronous: the clock is set to the event's receive time, state is updated, the strategy is
 * called, its intents pass the gates, decisions are journaled, then orders leave. Whoever drives the engine
 * calls {@link Engine.advanceTo} when {@link Engine.nextWakeUs} comes before the next event. Events go to its market:
 * where that is shared, all who are on it hear them.
 */
export class Engine implements MarketSink, BrokerSink {
  readonly market: Market
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly instruments: InstrumentTable
  readonly #trader: Trader

  constructor(options: EngineOptions<unknown>) {
    this.market = options.market ?? new Market(options)
    this.#trader = new Trader(options, this.market)
    this.market.join(this.#trader)
    this.instruments = this.market.instruments
    this.quotes = this.market.quotes
    this.prices = this.market.prices
    this.positions = this.#trader.tracker
    this.account = this.#trader.account
  }

  /** Receive time of the latest turn. */
  get nowUs(): Us {
    return this.market.nowUs
  }

  /** When the engine wants a turn without an event: session edges, wakes, time-outs, implied prices. */
  get nextWakeUs(): Us {
    return Math.min(this.market.nextUs, this.#trader.nextUs)
  }

  /** {@link Engine.nextWakeUs} without what the market does of itself. */
  get nextTurnUs(): Us {
    return this.#trader.nextUs
  }

  /** True once it has ended by {@link Engine.fail}: it hears and does nothing any more. */
  get hasFailed(): boolean {
    return this.#trader.hasFailed
  }

  get workingOrders(): number {
    return this.#trader.desk.working.size
  }

  /** Closed round trips and fills so far are the tracker's to tell. */
  get tracker(): PositionTracker {
    return this.#trader.tracker
  }

  /** What the strategy must not forget in a restart, as plain JSON; undefined when it keeps nothing. */
  snapshot(): unknown {
    return this.#trader.handlers.snapshot?.()
  }

  /** Exits that are watched on our side, as plain JSON, to be kept whenever {@link Engine.snapshot} is. */
  managedState(): ManagedState {
    return this.#trader.managed.snapshot((index) => this.instruments.get(index).symbol)
  }

  /** Takes over what was held before a restart; once, before the first event. */
  restore({ us, holdings, strategyState, managedState, sessionStartEquityMicros }: RestoredState): void {
    const trader = this.#trader
    /** The time first, and the bell last: the strategy finds its positions when it rings. */
    this.market.nowUs = us
    for (const { fill, tag } of holdings) trader.hold(fill, tag)
    trader.write({
      type: 'engine-restored',
      atUs: us,
      positions: trader.tracker.open().map((held) => ({
        symbol: this.instruments.get(held.instrument).symbol,
        contracts: held.contracts,
        averageMicros: held.averageMicros,
      })),
    })
    if (managedState !== undefined)
      trader.managed.restore(managedState, (symbol) => this.instruments.find(symbol)?.index)
    if (strategyState !== undefined) trader.handlers.restore?.(strategyState)
    this.market.moveTo(us)
    if (sessionStartEquityMicros !== undefined) trader.account.startSession(sessionStartEquityMicros)
    trader.endTurn()
  }

  /** A turn without an event: cancels what rests and closes what is held, in one instrument or all. */
  flatten(us: Us, tag: string, instrument?: InstrumentIndex): void {
    this.market.moveTo(us)
    this.#trader.managed.flatten(tag, instrument)
    this.#trader.desk.flatten(tag, instrument)
    this.#trader.endTurn()
  }

  /** Just after the closing bell of the session that an instant belongs to; the instant itself without one. */
  sessionEndUs(us: Us): Us {
    return this.market.sessionEndUs(us)
  }

  /** Does what is due up to and including an instant, in the order of time; the market's part first at equal times. */
  advanceTo(us: Us): void {
    for (let next = this.nextWakeUs; next <= us; next = this.nextWakeUs) {
      if (this.market.nextUs === next) this.market.advance()
      else this.#trader.advance()
    }
    if (us > this.market.nowUs) this.market.moveTo(us)
  }

  /** Does what is due at {@link Engine.nextTurnUs}. */
  takeTurn(): void {
    this.#trader.advance()
  }

  /** Ends its part in the market for what was thrown on its behalf; throws it on without `onFailure`. */
  fail(error: unknown): void {
    this.market.fail(this.#trader, error)
  }

  onQuote(quote: QuoteView): undefined {
    this.market.onQuote(quote)
    this.#trader.endTurn()
  }

  onTrade(trade: TradeView): undefined {
    this.market.onTrade(trade)
    this.#trader.endTurn()
  }

  onBar(bar: BarView): undefined {
    this.market.onBar(bar)
    this.#trader.endTurn()
  }

  onStatistic(statistic: Statistic): undefined {
    this.market.onStatistic(statistic)
    this.#trader.endTurn()
  }

  onOrderEvent(event: OrderEvent): undefined {
    this.market.moveTo(event.receivedUs)
    this.#trader.onOrderEvent(event)
  }
}

/** Makes an engine; see {@link EngineOptions}. */
export function createEngine<Config>(options: EngineOptions<Config>): Engine {
  return new Engine(options as EngineOptions<unknown>)
}
