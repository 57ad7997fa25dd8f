import type { Micros, Side, Us } from '@scalp/canonical'

/** How an order stands at the broker. Only `working` may still fill. */
export type BrokerOrderStatus = 'working' | 'filled' | 'cancelled' | 'rejected'

/** What the broker says of an order: sums since its beginning, so that what was missed is in the next word. */
export interface BrokerOrder {
  readonly clientOrderId: string
  readonly symbol: string
  readonly side: Side
  readonly contracts: number
  /** Contracts filled so far in all. */
  readonly filledContracts: number
  /** Average price of all that is filled; `NaN` while nothing is, or unknown. */
  readonly filledAverageMicros: Micros
  readonly status: BrokerOrderStatus
}

/** What the broker says is held. */
export interface BrokerPosition {
  readonly symbol: string
  /** Signed. */
  readonly contracts: number
  readonly averageMicros: Micros
}

/** What reconciliation asks the broker. An edge answers it. */
export interface BrokerTruth {
  /** The order of a client order id; undefined when the broker knows none. */
  orderByClientId(clientOrderId: string): Promise<BrokerOrder | undefined>
  /** All orders placed or changed after an instant, ours and others', whatever became of them. */
  ordersSince(us: Us): Promise<readonly BrokerOrder[]>
  positions(): Promise<readonly BrokerPosition[]>
}
