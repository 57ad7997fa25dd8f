import type { InstrumentIndex } from './instruments.js'
import type { OrderIntent, Refusal, Side } from './orders.js'
import type { Micros, Us } from './units.js'

declare const managedId: unique symbol

/** Our own id of a managed order, unique within a run and a pure function of it. */
export type ManagedId = string & { readonly [managedId]: true }

/** A price a share, or a distance in percent from the average price of a bracket's entry: -15 is 15 % below it. */
export type PricePoint = Micros | { readonly percent: number }

/**
 * What a quote must be to fire a stop, since the bid of an option is often momentarily empty, old or far off.
 *
 * A doubtful quote (one-sided, crossed, too wide) beyond the stop does not fire it at once, but starts a clock: when
 * no sound quote has cleared the stop within `holdOffMs`, it fires all the same. A guard must not trap us. A quote
 * older than `maxQuoteAgeMs` at its arrival says nothing and is passed over.
 */
export interface StopGuard {
  /** 5,000 unless told. */
  readonly maxQuoteAgeMs?: number
  /** Percent of the mid; 25 unless told. */
  readonly maxSpreadPercent?: number
  /** Sound quotes beyond the stop, in a row, that fire it; 1 unless told. */
  readonly confirmations?: number
  /** 3,000 unless told. */
  readonly holdOffMs?: number
}

/** Rests at the venue at its price. */
export interface LimitLeg {
  readonly kind: 'limit'
  readonly limit: PricePoint
  readonly tag?: string
}

/** Takes any price, at once. */
export interface MarketLeg {
  readonly kind: 'market'
  readonly tag?: string
}

/** Fires when the bid (to sell) falls to the stop, or the ask (to buy) rises to it; with `limit` a stop-limit. */
export interface StopLeg {
  readonly kind: 'stop'
  readonly stop: PricePoint
  readonly limit?: PricePoint
  readonly guard?: StopGuard
  readonly tag?: string
}

/** A stop that follows the best bid (to sell) or ask (to buy) at a distance. */
export interface TrailingLeg {
  readonly kind: 'trailing'
  /** A share, or percent of the best price seen. */
  readonly distance: Micros | { readonly percent: number }
  /** Follows only from this price on; from the first quote unless told. */
  readonly activation?: PricePoint
  readonly guard?: StopGuard
  readonly tag?: string
}

/**
 * A limit that walks from the mid to the far touch, never two orders at once: each step is cancelled, and the next
 * one is sent only when the venue has confirmed.
 */
export interface WalkLeg {
  readonly kind: 'walk'
  readonly stepMicros: Micros
  readonly stepMs: number
  /** Never worse than this. */
  readonly cap?: PricePoint
  /** 10,000, a cent, unless told. */
  readonly tickMicros?: Micros
  /** When the last step went unfilled: `market` for what reduces and `cancel` for what opens, unless told. */
  readonly atEnd?: 'cancel' | 'market'
  readonly tag?: string
}

/** One way for a managed order to be done. */
export type OrderLeg = LimitLeg | MarketLeg | StopLeg | TrailingLeg | WalkLeg

/**
 * An order that no options venue takes: watched on our side, and sent as plain limit and market orders.
 *
 * Several `legs` are one-cancels-other over the same contracts. With `exits` it is a bracket: every contract that
 * fills is at once guarded by these legs on the other side.
 */
export interface ManagedOrder {
  readonly instrument: InstrumentIndex
  readonly side: Side
  /** A positive integer. */
  readonly contracts: number
  /** At most one of limit, market and walk, since two orders at once could both fill. */
  readonly legs: readonly OrderLeg[]
  readonly exits?: readonly OrderLeg[]
  /** True lets it open a position, by the gates; else it sells no more than is held, whatever has happened since. */
  readonly opens?: boolean
  /** Given up this long after it was placed, in ms; never unless told. */
  readonly timeoutMs?: number
  readonly tag?: string
  readonly inputs?: OrderIntent['inputs']
}

/** What became of a managed order. */
export interface ManagedEnd {
  readonly id: ManagedId
  readonly instrument: InstrumentIndex
  readonly receivedUs: Us
  readonly outcome: 'filled' | 'cancelled' | 'refused' | 'rejected'
  readonly reason: string
  /** Contracts that did fill. */
  readonly filled: number
  /** Why the gates refused, where they did. */
  readonly refusals?: readonly Refusal[]
}
