import type {
  AccountReader,
  BarView,
  CalendarReader,
  Fill,
  InstrumentIndex,
  InstrumentReader,
  IsoDate,
  ManagedEnd,
  ManagedId,
  ManagedOrder,
  OrderId,
  OrderIntent,
  PositionReader,
  QuoteReader,
  QuoteView,
  Random,
  Refusal,
  Session,
  Settlement,
  Statistic,
  TradeView,
  Underlying,
  UnderlyingReader,
  Us,
} from '@scalp/canonical'

/** Version of this contract; a strategy names the one it was written for. */
export const CONTRACT_VERSION = 1

/** What a strategy learns of an intent at once. What becomes of the order comes later, as an event. */
export type SubmitResult =
  | { readonly status: 'submitted'; readonly orderId: OrderId }
  | { readonly status: 'refused'; readonly refusals: readonly Refusal[] }

/** What a strategy learns of a managed order at once. Its fills and its end come later, as events. */
export type ManageResult =
  | { readonly status: 'managed'; readonly id: ManagedId }
  | { readonly status: 'refused'; readonly refusals: readonly Refusal[] }

/** A decision worth a line in the log: a signal that fired, or why none did. */
export interface Decision {
  readonly kind: 'signal' | 'abstain' | 'exit'
  readonly code: string
  readonly instrument?: InstrumentIndex
  readonly inputs?: Readonly<Record<string, number | string | boolean | null>>
}

/**
 * A measure of the market, such as an average or a velocity, which the market keeps up to date: it is told of each event
 * before any strategy is. It hangs on nothing but its settings and the market, so that all runs over one market may share it.
 */
export interface Indicator {
  /** A New York date begins, with its session if it has one; before the first event as well. */
  onDate?(date: IsoDate, session: Session | undefined): void
  onSessionOpen?(session: Session): void
  onQuote?(quote: QuoteView): void
  onTrade?(trade: TradeView): void
  onBar?(bar: BarView): void
  onUnderlying?(underlying: Underlying): void
}

/** What an indicator may read besides what it is told. */
export type IndicatorMarket = Pick<StrategyContext, 'instruments' | 'quotes' | 'prices' | 'calendar'>

/** A class of indicators. */
export type IndicatorClass<Settings, Kind extends Indicator> = new (
  settings: Settings,
  market: IndicatorMarket,
) => Kind

/** What a strategy may see and do. It holds no broker, so nothing goes round the gates. */
export interface StrategyContext {
  /** Receive time of the event being handled. */
  readonly nowUs: Us
  /** Symbols of the underlyings of the run. */
  readonly underlyings: readonly string[]
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly calendar: CalendarReader
  /** Seeded; the only chance a strategy may take. */
  readonly random: Random
  /** A position in it, or an order on its way. */
  isBusy(instrument: InstrumentIndex): boolean
  /** Orders sent and not yet ended. */
  readonly workingOrders: number
  /** Wishes an order. Gates decide at once; fills come as later events. */
  submit(intent: OrderIntent): SubmitResult
  cancel(orderId: OrderId): undefined
  /**
   * Places a stop, trailing, bracket, one-cancels-other or price-walking order, watched on our side the same way live
   * and in a backtest. Its fills come by `onFill` as any others, its end by `onManagedEnd`.
   */
  manage(order: ManagedOrder): ManageResult
  /** Ends a managed order; what it has at the venue is cancelled, what it bought keeps its exits. */
  cancelManaged(id: ManagedId): undefined
  /** True before the run's warm-up is over: what would open a position is refused. */
  readonly isWarmingUp: boolean
  /** Cancels what rests and closes what is held at market, in one instrument or all; safe to repeat. */
  flatten(tag?: string, instrument?: InstrumentIndex): undefined
  /** Asks for `onWake` at that time; the same instant twice is one wake. */
  wakeAt(us: Us): undefined
  /** Writes a decision down. */
  log(decision: Decision): undefined
  /**
   * The indicator of a class with these settings, made at the first asking; only while a strategy is created. Runs that
   * share a market, as those of a sweep do, share it and pay for it once, so nobody may change it. Settings are plain
   * values: text, numbers, booleans, null, and lists and objects of them.
   */
  indicator<Settings, Kind extends Indicator>(kind: IndicatorClass<Settings, Kind>, settings: Settings): Kind
  /** False where nobody reads the `inputs` of decisions, as in a sweep: a busy strategy may leave them out. */
  readonly readsInputs?: boolean
}

/** An order that ended without filling whole. */
export interface OrderEnd {
  readonly orderId: OrderId
  readonly instrument: InstrumentIndex
  readonly receivedUs: Us
  readonly outcome: 'rejected' | 'cancelled'
  readonly reason: string
  /** Contracts that did fill before. */
  readonly filled: number
}

/** What a strategy does with events. All are optional, synchronous and return `undefined`. */
export interface StrategyHandlers {
  /**
   * Which quotes `onQuote` is called for: `every` one, unless told, or only those of a contract that is `held`. A
   * strategy that only watches its positions then costs nothing for all other quotes; `context.quotes` has them all.
   */
  readonly quoteScope?: 'every' | 'held'
  onSessionOpen?(session: Session): undefined
  onSessionClose?(session: Session): undefined
  onQuote?(quote: QuoteView): undefined
  onTrade?(trade: TradeView): undefined
  onBar?(bar: BarView): undefined
  onStatistic?(statistic: Statistic): undefined
  /** Lent, as quotes, trades and bars are: read it in the call, and keep the figures rather than the object. */
  onUnderlying?(underlying: Underlying): undefined
  onFill?(fill: Fill): undefined
  onOrderEnd?(end: OrderEnd): undefined
  onManagedEnd?(end: ManagedEnd): undefined
  onSettlement?(settlement: Settlement): undefined
  onWake?(us: Us): undefined
  /** What must survive a restart, as plain JSON. */
  snapshot?(): unknown
  /**
   * Takes back what `snapshot` gave, once, before the first event. Positions are restored by then; where they differ
   * from the snapshot, they are right.
   */
  restore?(state: unknown): undefined
}

/** The part of Standard Schema (standardschema.dev, version 1) that a config schema must have. */
export interface ConfigSchema<Config> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Config> | Promise<SchemaResult<Config>>
    readonly types?: { readonly input: unknown; readonly output: Config } | undefined
  }
}

/** What a Standard Schema answers. */
export type SchemaResult<Config> =
  | { readonly value: Config; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

/** A strategy package's export. */
export interface Strategy<Config = unknown> {
  readonly contract: number
  /** Kebab-case, unique among what a run loads. */
  readonly name: string
  readonly description?: string
  readonly config: ConfigSchema<Config>
  /** Named settings, laid under what the user gives. */
  readonly presets?: Readonly<Record<string, unknown>>
  create(config: Config, context: StrategyContext): StrategyHandlers
}

/** Declares a strategy; it only gives types, so that a plain object works as well. */
export function defineStrategy<Config>(strategy: Strategy<Config>): Strategy<Config> {
  return strategy
}
