import type { Micros, Side, Us } from '@scalp/canonical'
import type { BrokerOrder, BrokerPosition } from '@scalp/reconciliation'

/** The one contract that is traded. */
export const SYMBOL = 'SPY260116C00690000'

/** What a trader may die at: the steps of an order's life, and what the journal does on the way. */
export const STEPS = [
  'tail-torn',
  'tail-written',
  'tail-synced',
  'database-written',
  'tail-turned',
  'announced',
  'recorded',
  'order-sent',
  'cancel-recorded',
  'cancel-sent',
  'word-heard',
  'fill-appended',
  'fill-recorded',
  'book-applied',
  'store-saved',
  'end-recorded',
  'run-started',
  'order-looked-up',
  'reconciled-fill',
  'day-closed',
] as const
export type Step = (typeof STEPS)[number]

/** What a trader is told when it starts. */
export interface TraderPlan {
  readonly journal: string
  /** It dies at the so-manieth time of a step, counted from its start or from when it trades; absent: it trades until it is killed, or until `isLast`. */
  readonly dieAt?: { readonly step: Step; readonly count: number; readonly isTrading: boolean }
  /** Closes the day before it starts. */
  readonly rotates: boolean
  /** Reconciles, closes all that is held, tells its state and ends. */
  readonly isLast: boolean
}

/** From the trader to the venue. */
export type Question =
  | {
      readonly kind: 'submit'
      readonly clientOrderId: string
      readonly side: Side
      readonly contracts: number
      readonly limitMicros: Micros | null
      readonly reduces: boolean
    }
  | { readonly kind: 'cancel'; readonly clientOrderId: string }
  | {
      readonly kind: 'ask'
      readonly id: number
      readonly what: 'order' | 'orders' | 'positions'
      readonly clientOrderId?: string
    }
  | { readonly kind: 'state'; readonly state: TraderState }

/** From the venue to the trader. */
export type Answer =
  | { readonly kind: 'time'; readonly nowUs: Us; readonly bidMicros: Micros; readonly askMicros: Micros }
  | { readonly kind: 'word'; readonly nowUs: Us; readonly word: BrokerOrder }
  | {
      readonly kind: 'answer'
      readonly id: number
      readonly nowUs: Us
      readonly order?: BrokerOrder
      readonly orders?: readonly BrokerOrder[]
      readonly positions?: readonly BrokerPosition[]
    }

/** What a trader believes, once it has reconciled and nothing of its own works. */
export interface TraderState {
  readonly when: 'started' | 'ended'
  /** Contracts filled by order, as the ledger has them. */
  readonly filled: Readonly<Record<string, number>>
  readonly held: number
  readonly costMicros: Micros
  readonly cashMicros: Micros
}
