import {
  type AccountReader,
  type CalendarReader,
  createRandom,
  type InstrumentIndex,
  type InstrumentReader,
  type JournalEntry,
  type ManagedId,
  type ManagedOrder,
  type OrderId,
  type OrderIntent,
  type PositionReader,
  type QuoteReader,
  type Random,
  type UnderlyingReader,
  type Us,
} from '@scalp/canonical'
import type {
  Decision,
  Indicator,
  IndicatorClass,
  ManageResult,
  StrategyContext,
  SubmitResult,
} from '@scalp/strategy'
import type { ManagedOrders } from './managed-orders.js'
import type { Market, MarketMember } from './market.js'
import type { OrderDesk } from './order-desk.js'
import type { WakeQueue } from './wake-queue.js'

/** What a strategy's context is made of. */
export interface TurnContextOptions extends Pick<StrategyContext, 'positions' | 'account'> {
  readonly market: Market
  /** Whose context it is. */
  readonly member: MarketMember
  readonly desk: OrderDesk
  readonly managed: ManagedOrders
  readonly wakes: WakeQueue
  readonly seed: string
  readonly readsInputs: boolean
  readonly write: (entry: JournalEntry) => void
}

/**
 * What a strategy sees and does in a turn.
 *
 * A class, so that the contexts of many engines in one thread have one shape: a strategy asks on every event. What it
 * may call needs no `this`, and may be taken out of it.
 */
export class TurnContext implements StrategyContext {
  /** True once the strategy has wished something: what is due may have changed. */
  hasActed = false
  readonly underlyings: readonly string[]
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly calendar: CalendarReader
  readonly random: Random
  readonly readsInputs: boolean
  private readonly parts: TurnContextOptions

  constructor(parts: TurnContextOptions) {
    this.parts = parts
    const { market } = parts
    this.underlyings = market.underlyings
    this.instruments = market.instruments
    this.quotes = market.quotes
    this.prices = market.prices
    this.calendar = market.calendar
    this.positions = parts.positions
    this.account = parts.account
    this.random = createRandom(parts.seed)
    this.readsInputs = parts.readsInputs
  }

  get nowUs(): Us {
    return this.parts.market.nowUs
  }

  get workingOrders(): number {
    return this.parts.desk.working.size
  }

  get isWarmingUp(): boolean {
    return this.nowUs < this.parts.desk.warmUntilUs
  }

  readonly isBusy = (instrument: InstrumentIndex): boolean =>
    this.parts.desk.isBusy(instrument) || this.parts.managed.isWatching(instrument)

  readonly submit = (intent: OrderIntent): SubmitResult => {
    this.hasActed = true
    return this.parts.desk.submit(intent)
  }

  readonly cancel = (orderId: OrderId): undefined => {
    this.hasActed = true
    return this.parts.desk.cancel(orderId)
  }

  readonly manage = (order: ManagedOrder): ManageResult => {
    this.hasActed = true
    return this.parts.managed.place(order)
  }

  readonly cancelManaged = (id: ManagedId): undefined => {
    this.hasActed = true
    return this.parts.managed.cancel(id)
  }

  readonly flatten = (tag = 'flatten', instrument?: InstrumentIndex): undefined => {
    this.hasActed = true
    this.parts.managed.flatten(tag, instrument)
    return this.parts.desk.flatten(tag, instrument)
  }

  readonly wakeAt = (us: Us): undefined => {
    this.hasActed = true
    this.parts.wakes.add(Math.max(us, this.nowUs))
  }

  readonly indicator = <Settings, Kind extends Indicator>(
    kind: IndicatorClass<Settings, Kind>,
    settings: Settings,
  ): Kind => this.parts.market.indicator(this.parts.member, kind, settings)

  readonly log = (decision: Decision): undefined => {
    this.parts.write({ type: 'decision', atUs: this.nowUs, ...decision })
  }
}
