import {
  type CalendarReader,
  type InstrumentIndex,
  type Micros,
  type OrderId,
  type OrderIntent,
  type QuoteReader,
  US_PER_MINUTE,
  US_PER_SECOND,
  type Us,
} from '@scalp/canonical'

/** How hard a position is closed: the nearer the bell, the harder. */
export type CloseStage = 'limit' | 'walk' | 'market' | 'alert'

/** When each stage begins, minutes before the close of the session, early closes included. */
export interface FlatByCloseOptions {
  /** A limit at the near side of the quote; 10 unless told. */
  readonly limitMinutes?: number
  /** From then on a limit ever farther beyond it; 7 unless told. */
  readonly walkMinutes?: number
  /** A market order; 4 unless told. */
  readonly marketMinutes?: number
  /** A person is called, and market orders go on; 2 unless told. */
  readonly alertMinutes?: number
  /** How long an order may work before the next, harder one; 10 unless told. */
  readonly retrySeconds?: number
  /** How much farther each walk goes, percent of the price; 5 unless told. */
  readonly walkPct?: number
  /** Rounds a price down (sell) or up (buy) to a tick; 5 cents below $3 and 10 above unless told, which all contracts take. */
  readonly roundToTick?: (micros: Micros, side: 'buy' | 'sell', instrument: InstrumentIndex) => Micros
}

/** A position that must not be held over the close. Leave external ones out. */
export interface ClosingPosition {
  readonly instrument: InstrumentIndex
  /** Signed. */
  readonly contracts: number
  /** Orders that work in its contract, ours only. */
  readonly working: readonly {
    readonly orderId: OrderId
    readonly reduces: boolean
    readonly contracts: number
  }[]
}

/** What is to be done now. */
export type CloseAction =
  | { readonly kind: 'submit'; readonly stage: CloseStage; readonly intent: OrderIntent }
  | { readonly kind: 'cancel'; readonly stage: CloseStage; readonly orderId: OrderId }
  | {
      readonly kind: 'alert'
      readonly instrument: InstrumentIndex
      readonly contracts: number
      readonly attempts: number
    }

/** What the planner reads. */
export interface CloseMarket {
  readonly quotes: QuoteReader
  readonly calendar: CalendarReader
}

interface Attempt {
  count: number
  walks: number
  stage: CloseStage
  sentUs: Us
  isAlerted: boolean
}

/**
 * Closes what must be flat by the bell, harder and harder, until it is.
 *
 * It sends nothing itself: call {@link FlatByClose.plan} in every turn from {@link FlatByClose.startUs} on and
 * whenever {@link FlatByClose.nextWakeUs} is due, and do what it answers. Before a harder order the working one is
 * cancelled, and sent only when it is gone, so that nothing is sold twice.
 */
export class FlatByClose {
  readonly #market: CloseMarket
  readonly #options: Required<FlatByCloseOptions>
  readonly #attempts = new Map<InstrumentIndex, Attempt>()

  constructor(market: CloseMarket, options: FlatByCloseOptions = {}) {
    this.#market = market
    this.#options = {
      limitMinutes: 10,
      walkMinutes: 7,
      marketMinutes: 4,
      alertMinutes: 2,
      retrySeconds: 10,
      walkPct: 5,
      roundToTick: roundCoarsely,
      ...options,
    }
  }

  /** When closing begins in the session of an instant; `NaN` without one. */
  startUs(us: Us): Us {
    const session = this.#market.calendar.session(us)
    return session === undefined ? Number.NaN : session.closeUs - this.#options.limitMinutes * US_PER_MINUTE
  }

  /** The stage of an instant; undefined before closing begins and after the bell. */
  stage(us: Us): CloseStage | undefined {
    const session = this.#market.calendar.session(us)
    if (session === undefined || us >= session.closeUs) return undefined
    const minutesLeft = (session.closeUs - us) / US_PER_MINUTE
    const { limitMinutes, walkMinutes, marketMinutes, alertMinutes } = this.#options
    if (minutesLeft <= alertMinutes) return 'alert'
    if (minutesLeft <= marketMinutes) return 'market'
    if (minutesLeft <= walkMinutes) return 'walk'
    return minutesLeft <= limitMinutes ? 'limit' : undefined
  }

  /** When to be asked again; `Infinity` when nothing is being closed and nothing begins today. */
  nextWakeUs(nowUs: Us): Us {
    const startUs = this.startUs(nowUs)
    if (nowUs < startUs) return startUs
    return this.stage(nowUs) === undefined ? Number.POSITIVE_INFINITY : nowUs + US_PER_SECOND
  }

  /** What is to be done about the positions now. */
  plan(nowUs: Us, positions: readonly ClosingPosition[]): readonly CloseAction[] {
    const stage = this.stage(nowUs)
    if (stage === undefined) {
      this.#attempts.clear()
      return []
    }
    const held = new Set(
      positions.filter(({ contracts }) => contracts !== 0).map(({ instrument }) => instrument),
    )
    for (const instrument of this.#attempts.keys())
      if (!held.has(instrument)) this.#attempts.delete(instrument)
    return positions.flatMap((position) => this.#planOne(nowUs, stage, position))
  }

  #planOne(nowUs: Us, stage: CloseStage, { instrument, contracts, working }: ClosingPosition): CloseAction[] {
    const entries = working.filter(({ reduces }) => !reduces)
    const actions: CloseAction[] = entries.map(({ orderId }) => ({ kind: 'cancel', stage, orderId }))
    if (contracts === 0) return actions
    const attempt = this.#attempts.get(instrument)
    if (stage === 'alert' && attempt?.isAlerted !== true)
      actions.push({ kind: 'alert', instrument, contracts, attempts: attempt?.count ?? 0 })
    const exits = working.filter(({ reduces }) => reduces)
    const isPatient =
      attempt !== undefined &&
      attempt.stage === stage &&
      nowUs - attempt.sentUs < this.#options.retrySeconds * US_PER_SECOND
    if (exits.length > 0) {
      if (!isPatient) for (const { orderId } of exits) actions.push({ kind: 'cancel', stage, orderId })
      if (stage === 'alert' && attempt !== undefined) attempt.isAlerted = true
      return actions
    }
    const isWalk = stage === 'walk' && attempt?.stage === 'walk'
    const next: Attempt = {
      count: (attempt?.count ?? 0) + 1,
      walks: isWalk ? attempt.walks + 1 : 1,
      stage,
      sentUs: nowUs,
      isAlerted: stage === 'alert' || attempt?.isAlerted === true,
    }
    /** An order that vanished at once, refused or rejected, is tried again after a second, not within the turn. */
    if (attempt !== undefined && attempt.stage === stage && nowUs - attempt.sentUs < US_PER_SECOND)
      return actions
    this.#attempts.set(instrument, next)
    actions.push({ kind: 'submit', stage, intent: this.#intent(instrument, contracts, stage, next.walks) })
    return actions
  }

  #intent(instrument: InstrumentIndex, contracts: number, stage: CloseStage, walks: number): OrderIntent {
    const { quotes } = this.#market
    const { walkPct, roundToTick } = this.#options
    const side = contracts > 0 ? 'sell' : 'buy'
    const near = side === 'sell' ? quotes.bidMicros(instrument) : quotes.askMicros(instrument)
    const beyond = stage === 'walk' ? (walks * walkPct) / 100 : 0
    const limitMicros = roundToTick(near * (side === 'sell' ? 1 - beyond : 1 + beyond), side, instrument)
    const base = { instrument, side, contracts: Math.abs(contracts), tag: `market_close_${stage}` } as const
    /** Without a usable price only a market order is left. */
    const isPriced =
      (stage === 'limit' || stage === 'walk') && quotes.isTradable(instrument) && limitMicros > 0
    return isPriced ? { ...base, limitMicros } : base
  }
}

function roundCoarsely(micros: Micros, side: 'buy' | 'sell'): Micros {
  const tick = micros < 3_000_000 ? 50_000 : 100_000
  return (side === 'sell' ? Math.floor(micros / tick) : Math.ceil(micros / tick)) * tick
}
