import type {
  Fill,
  ManagedId,
  ManagedOrder,
  Micros,
  OrderId,
  OrderLeg,
  Quote,
  Refusal,
  Us,
  WalkLeg,
} from '@scalp/canonical'
import { type LegWatch, watchOf } from './order-legs.js'

/** Where a managed order stands. */
export class ManagedTicket {
  readonly id: ManagedId
  readonly order: ManagedOrder
  /** What percentages are taken from: the average price of the entry; `NaN` without one. */
  readonly entryMicros: Micros
  readonly legs: OrderLeg[]
  /** Contracts still to be filled. */
  remaining: number
  filled = 0
  /** Filled contracts that no exit watches yet. */
  unguarded = 0
  /** The one order it has at the venue. */
  child: OrderId | undefined
  /** The leg of that order, or the last one. */
  firedLeg = -1
  /** The leg to send when the order at the venue is confirmed to be gone. */
  pendingLeg: number | undefined
  /** The leg to send at the next quote in an open market. */
  awaitsQuote: number | undefined
  /** Set when it is to end as soon as nothing of it is at the venue. */
  closingFor: string | undefined
  walkMicros: Micros | undefined
  refusals: readonly Refusal[] | undefined
  exitTicket: ManagedTicket | undefined
  retries = 0
  stepUs: Us = Number.POSITIVE_INFINITY
  retryUs: Us = Number.POSITIVE_INFINITY
  timeoutUs: Us
  readonly #watches: readonly (LegWatch | undefined)[]
  #costMicros = 0

  constructor(
    id: ManagedId,
    order: ManagedOrder,
    nowUs: Us,
    entryMicros: Micros = Number.NaN,
    bests: readonly (Micros | null)[] = [],
  ) {
    this.id = id
    this.order = order
    this.entryMicros = entryMicros
    this.legs = [...order.legs]
    this.remaining = order.contracts
    this.timeoutUs =
      order.timeoutMs === undefined ? Number.POSITIVE_INFINITY : nowUs + order.timeoutMs * 1_000
    this.#watches = order.legs.map((leg, at) =>
      watchOf(leg, order.side, entryMicros, bests[at] ?? Number.NaN),
    )
  }

  /** Average price of what has filled. */
  get averageMicros(): Micros {
    return this.#costMicros / this.filled
  }

  /** The best price that each leg has seen; null where it follows none. */
  get bests(): readonly (Micros | null)[] {
    return this.#watches.map((watch) =>
      Number.isFinite(watch?.bestMicros) ? (watch?.bestMicros ?? null) : null,
    )
  }

  /** The leg that is sent without waiting for a price; -1 when all wait. */
  get immediateLeg(): number {
    return this.#watches.indexOf(undefined)
  }

  /** When it wants to be looked at without an event. */
  get nextUs(): Us {
    let next = Math.min(this.stepUs, this.retryUs, this.timeoutUs)
    if (this.#isWatching) for (const watch of this.#watches) next = Math.min(next, watch?.deadlineUs ?? next)
    return next
  }

  /** A stop that has fired is watched no longer; a limit that rests does not end the watch. */
  get #isWatching(): boolean {
    return this.firedLeg < 0 || this.firedLeg === this.immediateLeg
  }

  /** The leg that a quote fires; -1 when none. */
  see(quote: Quote): number {
    if (!this.#isWatching) return -1
    let fired = -1
    for (let at = 0; at < this.#watches.length; at++) {
      if (this.#watches[at]?.see(quote) === true && fired < 0) fired = at
    }
    return fired
  }

  /** The leg that fires by the clock, since doubtful quotes have been beyond it for too long; -1 when none. */
  dueLeg(nowUs: Us): number {
    return this.#isWatching
      ? this.#watches.findIndex((watch) => (watch?.deadlineUs ?? Infinity) <= nowUs)
      : -1
  }

  walkOf(leg: number): WalkLeg | undefined {
    const found = this.legs[leg]
    return found?.kind === 'walk' ? found : undefined
  }

  addLeg(leg: OrderLeg): number {
    return this.legs.push(leg) - 1
  }

  fill({ contracts, priceMicros }: Fill): void {
    this.remaining -= contracts
    this.filled += contracts
    this.unguarded += contracts
    this.#costMicros += contracts * priceMicros
  }
}
