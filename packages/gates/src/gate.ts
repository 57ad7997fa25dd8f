import type {
  AccountReader,
  CalendarReader,
  InstrumentIndex,
  InstrumentReader,
  OrderIntent,
  PositionReader,
  QuoteReader,
  UnderlyingReader,
  Us,
} from '@scalp/canonical'
import type { AccountStatusReader } from './account-status.js'
import type { FactsReader } from './facts.js'

/** Why an intent was refused, in the words of the decision log. */
export type AbstainReason =
  | 'STALE_DATA'
  | 'LIQUIDITY_INSUFFICIENT'
  | 'SPREAD_TOO_WIDE'
  | 'FEED_DEGRADED'
  | 'GATES_FAILED'
  | 'NO_CLEAR_SIGNAL'
  | 'PORTFOLIO_CONSTRAINT'
  | 'KILL_SWITCH_ACTIVE'
  | 'NO_DATA'
  | 'SENTIMENT_MISALIGNED'
  | 'INSUFFICIENT_MENTIONS'
  | 'SYMBOL_DISABLED'
  | 'INVALID_INTENT'
  | 'EVENT_BLACKOUT'
  | 'ACCOUNT_RULE'
  | 'EXPIRY_DAY'

/** A hard gate refuses; a soft one lowers the confidence cap. */
export type Severity = 'hard' | 'soft'

/** Greeks as they stand now, where a feed or a model supplies them. Unknown is `NaN`. */
export interface GreeksReader {
  delta(instrument: InstrumentIndex): number
  sourceUs(instrument: InstrumentIndex): Us
}

/** Health of what feeds and trades. */
export interface HealthReader {
  readonly killSwitch: boolean
  readonly feedDegraded: boolean
}

/** What a gate may read. Readers show the state as of `nowUs`; unknown is `NaN` or undefined, and refuses. */
export interface GateContext {
  readonly nowUs: Us
  readonly quotes: QuoteReader
  readonly prices: UnderlyingReader
  readonly instruments: InstrumentReader
  readonly positions: PositionReader
  readonly account: AccountReader
  readonly calendar?: CalendarReader
  readonly greeks?: GreeksReader
  readonly health?: HealthReader
  readonly facts?: FactsReader
  /** What the broker says of the account; the gates of the account rules refuse without it. */
  readonly accountStatus?: AccountStatusReader
}

/** What a gate found. Carries all a log, a screen or a test needs. */
export interface GateResult {
  readonly passed: boolean
  /** What was compared; null when it is unknown. */
  readonly value: number | string | null
  readonly limit: number | string | null
  readonly unit?: string
  /** Age of what was compared, ms; absent where it has none or the age is unknown. */
  readonly ageMs?: number
  /** What was compared with what, or what is missing; `OK` when passed. */
  readonly message: string
  /** What would let it pass, in a clause. */
  readonly resumes: string
  /** Points it adds to the confidence cap; absent: 0 when passed, -10 when failed and soft. */
  readonly points?: number
}

/** One check of one intent. Pure: it keeps nothing and decides by what it is given. */
export interface Gate {
  readonly name: string
  readonly stage: string
  readonly severity: Severity
  readonly reason: AbstainReason
  check(intent: OrderIntent, context: GateContext): GateResult
}

/** Declares a gate; it only gives types, so that a plain object works as well. */
export function defineGate(gate: Gate): Gate {
  return gate
}
