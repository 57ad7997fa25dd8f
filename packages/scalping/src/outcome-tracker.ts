import {
  type CalendarReader,
  type InstrumentIndex,
  type Micros,
  type QuoteReader,
  type UnderlyingReader,
  US_PER_MINUTE,
  type Us,
} from '@scalp/canonical'

/** A decision whose outcome is wanted: an entry that was sent, or one that was not. */
export interface WatchedDecision {
  /** Unique; the key of its outcomes. */
  readonly id: string
  readonly atUs: Us
  /** Symbol of the underlying. */
  readonly underlying: string
  /** The contract that was or would have been bought. */
  readonly instrument: InstrumentIndex
}

/** What a watched decision came to by one horizon. Unknown is `NaN`. Nothing after `atUs` entered it. */
export interface Outcome {
  readonly id: string
  readonly horizon: '15min' | '1h' | 'close'
  /** When it was due. */
  readonly dueUs: Us
  /** When it was taken: at the first look at or after it was due. */
  readonly atUs: Us
  readonly underlyingMicros: Micros
  /** What a seller would have got. */
  readonly bidMicros: Micros
  readonly askMicros: Micros
}

/** The market as an outcome is read from it. */
export interface OutcomeMarket {
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly calendar: CalendarReader
}

/** A quote silent for longer says nothing of what a seller would get. */
const MAX_QUOTE_AGE_US = 5 * US_PER_MINUTE

interface Due {
  readonly decision: WatchedDecision
  readonly horizon: Outcome['horizon']
  readonly dueUs: Us
}

/**
 * Takes what decisions came to, 15 minutes, an hour and a session's rest later, as it was known then.
 *
 * It reads the market when it is told the time and never looks ahead, so the same object serves a backtest, told once
 * a minute, and live trading, told by a timer. A horizon that would come after the close is taken at the close; each
 * horizon is taken on its own, once. A contract not quoted since the decision, or silent for five minutes, is unknown.
 */
export class OutcomeTracker {
  readonly #market: OutcomeMarket
  readonly #onOutcome: (outcome: Outcome) => void
  readonly #due: Due[] = []

  constructor(market: OutcomeMarket, onOutcome: (outcome: Outcome) => void) {
    this.#market = market
    this.#onOutcome = onOutcome
  }

  /** Horizons not yet taken. */
  get pending(): number {
    return this.#due.length
  }

  /** When the next horizon is due; `Infinity` when none is. */
  get nextUs(): Us {
    return this.#due[0]?.dueUs ?? Number.POSITIVE_INFINITY
  }

  /** Watches a decision; one outside a session has no outcome. */
  watch(decision: WatchedDecision): undefined {
    const session = this.#market.calendar.session(decision.atUs)
    if (session === undefined || decision.atUs >= session.closeUs) return
    /** The last instant of the session, while its quotes still stand. */
    const closeUs = session.closeUs - 1
    this.#add({ decision, horizon: '15min', dueUs: Math.min(decision.atUs + 15 * US_PER_MINUTE, closeUs) })
    this.#add({ decision, horizon: '1h', dueUs: Math.min(decision.atUs + 60 * US_PER_MINUTE, closeUs) })
    this.#add({ decision, horizon: 'close', dueUs: closeUs })
  }

  /** Takes what is due at or before an instant, from the market as it stands now. */
  advance(nowUs: Us): undefined {
    while (this.nextUs <= nowUs) this.#take(this.#due.shift() as Due, nowUs)
  }

  #take({ decision, horizon, dueUs }: Due, nowUs: Us): undefined {
    const { quotes, prices, calendar } = this.#market
    const { id, underlying, instrument } = decision
    /** On another date the instrument's place may have another contract. */
    const isSameDate = calendar.tradingDate(dueUs) === calendar.tradingDate(nowUs)
    const quotedUs = quotes.receivedUs(instrument)
    const isQuoted = isSameDate && quotedUs > decision.atUs && nowUs - quotedUs <= MAX_QUOTE_AGE_US
    this.#onOutcome({
      id,
      horizon,
      dueUs,
      atUs: nowUs,
      underlyingMicros: isSameDate ? (prices.get(underlying)?.priceMicros ?? Number.NaN) : Number.NaN,
      bidMicros: isQuoted ? quotes.bidMicros(instrument) : Number.NaN,
      askMicros: isQuoted ? quotes.askMicros(instrument) : Number.NaN,
    })
  }

  /** Keeps the earliest first; at equal times, in the order of watching. */
  #add(due: Due): undefined {
    let at = this.#due.length
    while (at > 0 && (this.#due[at - 1] as Due).dueUs > due.dueUs) at--
    this.#due.splice(at, 0, due)
  }
}
