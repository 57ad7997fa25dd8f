import type { InstrumentIndex } from './instruments.js'
import type { Micros, Us } from './units.js'

declare const orderId: unique symbol
declare const approved: unique symbol

/** Our own id of an order, unique within a run and a pure function of it, so that replays agree. */
export type OrderId = string & { readonly [orderId]: true }

export type Side = 'buy' | 'sell'

/** What a strategy wishes. */
export interface OrderIntent {
  readonly instrument: InstrumentIndex
  readonly side: Side
  /** A positive integer. */
  readonly contracts: number
  /** Absent: a market order. */
  readonly limitMicros?: Micros
  /** Given up this long after the decision, in ms; absent: good for the session. */
  readonly timeoutMs?: number
  /** Why, in the strategy's own words: a trigger or an exit reason. Goes into the trade's record. */
  readonly tag?: string
  /** What decided it, as plain values, for the decision log. */
  readonly inputs?: Readonly<Record<string, number | string | boolean | null>>
}

/** An intent that the gates let pass. Only `@scalp/gates` makes one. */
export interface ApprovedOrder extends OrderIntent {
  readonly [approved]: true
  readonly id: OrderId
  readonly decidedUs: Us
  /** True when it only brings a position nearer to zero. */
  readonly reduces: boolean
}

/** Why an intent did not become an order, or what a gate measured. */
export interface Refusal {
  /** Permanent, `UPPER_SNAKE_CASE`. */
  readonly code: string
  readonly gate: string
  /** What was measured; null when it is unknown, which refuses. */
  readonly value: number | string | null
  readonly limit: number | string | null
  readonly unit?: string
  /** Age of the measured data in ms, where it has one. */
  readonly ageMs?: number
  /** What would let it pass, in a clause: "when the spread narrows to 10 %". */
  readonly resumes: string
}

/** What became of an order. */
export type OrderEvent =
  | { readonly type: 'order-accepted'; readonly orderId: OrderId; readonly receivedUs: Us }
  | {
      readonly type: 'order-rejected'
      readonly orderId: OrderId
      readonly receivedUs: Us
      readonly reason: string
    }
  | {
      readonly type: 'order-cancelled'
      readonly orderId: OrderId
      readonly receivedUs: Us
      readonly reason: string
    }
  | ({ readonly type: 'order-filled' } & Fill)
  | ({ readonly type: 'position-settled' } & Settlement)

/** A whole or partial execution. */
export interface Fill {
  /** Unique and a pure function of the event, so that replays dedupe. */
  readonly fillId: string
  readonly orderId: OrderId
  readonly instrument: InstrumentIndex
  readonly side: Side
  readonly contracts: number
  readonly priceMicros: Micros
  /** All costs of this execution together, positive. */
  readonly feesMicros: Micros
  /** Contracts of the order still working after this fill. */
  readonly remaining: number
  readonly receivedUs: Us
  /** The quote it filled on: its age at the fill and its two sides; `NaN` where unknown. */
  readonly quoteAgeUs: number
  readonly bidMicros: Micros
  readonly askMicros: Micros
  /** On sampled quotes: what is known of prices around the fill. Simulated fills only. */
  readonly bounds?: FillBounds
  /** True when the quotes had vanished and it was filled at an old mark, so that no position is stuck. */
  readonly isForced?: boolean
}

/** Prices a share at which a fill could have been: the best and worst for us, and the one to expect. */
export interface FillBounds {
  readonly bestMicros: Micros
  readonly expectedMicros: Micros
  readonly worstMicros: Micros
}

/** A position ended by the calendar, not by an order: expired, exercised or assigned. */
export interface Settlement {
  readonly instrument: InstrumentIndex
  /** Signed: what was held. */
  readonly contracts: number
  readonly priceMicros: Micros
  readonly feesMicros: Micros
  readonly reason: 'expired' | 'exercised' | 'assigned' | 'assigned-early' | 'adjusted' | 'end-of-data'
  readonly receivedUs: Us
}

/** An order id from a run-unique sequence number. */
export function toOrderId(prefix: string, sequence: number): OrderId {
  return `${prefix}-${sequence}` as OrderId
}
