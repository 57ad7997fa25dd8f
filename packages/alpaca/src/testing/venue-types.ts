import type { Micros } from '@scalp/canonical'

/** An error as Alpaca answers it: a status and a body. */
export class VenueRefusal extends Error {
  override readonly name = 'VenueRefusal'
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  constructor(status: number, code: number, message: string, extra: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.body = { code, message, ...extra }
  }
}

/** A contract of the simulated venue. */
export interface FakeContract {
  readonly id: string
  readonly symbol: string
  readonly underlying: string
  readonly expiry: string
  readonly type: 'call' | 'put'
  readonly strikeMicros: Micros
  readonly isPenny: boolean
  readonly openInterest: number
  isTradable: boolean
}

/** The top of a simulated book. */
export interface FakeQuote {
  bidMicros: Micros
  askMicros: Micros
  bidSize: number
  askSize: number
  atUs: number
}

/** An order inside the simulated venue. */
export interface FakeOrder {
  readonly id: string
  readonly clientOrderId: string
  readonly symbol: string
  readonly isOption: boolean
  readonly side: 'buy' | 'sell'
  readonly type: string
  readonly timeInForce: string
  readonly positionIntent: string
  readonly quantity: number
  readonly limitMicros: Micros
  readonly stopMicros: Micros
  readonly createdUs: number
  readonly replaces: string | null
  status: string
  filledQuantity: number
  /** Sum of price times quantity. */
  filledValue: number
  updatedUs: number
  filledUs: number
  canceledUs: number
  failedUs: number
  replacedUs: number
  replacedBy: string | null
}

/** A position inside the simulated venue. */
export interface FakePosition {
  quantity: number
  /** Cost of what is held, without the multiplier. */
  costMicros: number
}

/** A trade update on its way to the streams. */
export type TradeUpdate = Readonly<Record<string, unknown>>
