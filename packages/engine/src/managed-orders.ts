import type {
  Fill,
  InstrumentCounts,
  InstrumentIndex,
  JournalEntry,
  ManagedEnd,
  ManagedId,
  ManagedOrder,
  Micros,
  OrderId,
  Quote,
  QuoteReader,
  Us,
} from '@scalp/canonical'
import type { ManageResult, OrderEnd } from '@scalp/strategy'
import { checkManaged } from './check-managed.js'
import { ManagedTicket } from './managed-ticket.js'
import type { OrderDesk } from './order-desk.js'
import { firstStep, limitOf, nextStep } from './order-legs.js'

/** Exits that wait on our side, as plain JSON: what guards a position must survive a restart. */
export interface ManagedState {
  readonly sequence: number
  readonly exits: readonly {
    readonly id: ManagedId
    readonly symbol: string
    readonly order: Omit<ManagedOrder, 'instrument'>
    readonly remaining: number
    /** Null without an entry to take percentages from. */
    readonly entryMicros: Micros | null
    readonly bests: readonly (Micros | null)[]
  }[]
}

/** What managed orders work with. */
export interface ManagedOrdersOptions {
  readonly desk: OrderDesk
  readonly quotes: QuoteReader
  readonly now: () => Us
  readonly isOpen: () => boolean
  readonly write: (entry: JournalEntry) => void
  readonly onEnd: (end: ManagedEnd) => void
  /** Contracts whose quotes must be told: each ticket adds its own. */
  readonly followed: InstrumentCounts
}

const FIRST_RETRY_US = 1_000_000
const LAST_RETRY_US = 30_000_000

/**
 * Stops, trailing stops, brackets, one-cancels-other and price walks, watched on our side.
 *
 * A ticket has at most one order at the venue: another leg is sent only when the end of the one before is confirmed,
 * so that nothing fills twice. What closes a position is tried again until it is done, and never sells more than is
 * held at that moment.
 */
export class ManagedOrders {
  /** When the next step, retry or time-out is due; `Infinity` when none is. */
  nextUs: Us = Number.POSITIVE_INFINITY
  readonly #options: ManagedOrdersOptions
  readonly #tickets = new Map<ManagedId, ManagedTicket>()
  readonly #byOrder = new Map<OrderId, ManagedTicket>()
  #placing: ManagedTicket | undefined
  #sequence = 0

  constructor(options: ManagedOrdersOptions) {
    this.#options = options
  }

  /** Tickets under way. */
  get size(): number {
    return this.#tickets.size
  }

  /** What must survive a restart: exits, not entries. */
  snapshot(symbolOf: (instrument: InstrumentIndex) => string): ManagedState {
    const exits = Array.from(this.#tickets.values()).filter(({ order }) => order.opens !== true)
    return {
      sequence: this.#sequence,
      exits: exits.map(({ id, order: { instrument, ...order }, remaining, entryMicros, bests }) => ({
        id,
        symbol: symbolOf(instrument),
        order,
        remaining,
        entryMicros: Number.isFinite(entryMicros) ? entryMicros : null,
        bests,
      })),
    }
  }

  /**
   * Takes back a {@link snapshot}, once positions are known: exits of what is no longer held are dropped. What they had
   * at the venue must have ended; a target is sent again on the next quote in an open market.
   */
  restore({ sequence, exits }: ManagedState, indexOf: (symbol: string) => InstrumentIndex | undefined): void {
    this.#sequence = Math.max(this.#sequence, sequence)
    for (const { id, symbol, order, remaining, entryMicros, bests } of exits) {
      const instrument = indexOf(symbol)
      if (instrument === undefined || this.#options.desk.held(instrument, order.side) <= 0) continue
      const ticket = new ManagedTicket(
        id,
        { ...order, instrument },
        this.#options.now(),
        entryMicros ?? Number.NaN,
        bests,
      )
      ticket.remaining = remaining
      if (ticket.immediateLeg >= 0) ticket.awaitsQuote = ticket.immediateLeg
      this.#add(id, ticket)
    }
    this.#plan()
  }

  isWatching(instrument: InstrumentIndex): boolean {
    for (const { order } of this.#tickets.values()) if (order.instrument === instrument) return true
    return false
  }

  /** @throws {@link InvalidIntentError} When the order contradicts itself. */
  place(order: ManagedOrder): ManageResult {
    checkManaged(order)
    this.#sequence++
    const id = `m-${this.#sequence}` as ManagedId
    const nowUs = this.#options.now()
    const ticket = new ManagedTicket(id, order, nowUs)
    this.#options.write({ type: 'managed-placed', atUs: nowUs, id, order })
    this.#add(id, ticket)
    this.#placing = ticket
    if (ticket.immediateLeg >= 0) this.#send(ticket, ticket.immediateLeg)
    this.#placing = undefined
    this.#plan()
    return ticket.refusals === undefined
      ? { status: 'managed', id }
      : { status: 'refused', refusals: ticket.refusals }
  }

  cancel(id: ManagedId, reason = 'cancelled on request'): undefined {
    const ticket = this.#tickets.get(id)
    if (ticket === undefined) return
    ticket.closingFor = reason
    if (ticket.child === undefined) this.#end(ticket, 'cancelled', reason)
    else this.#options.desk.cancel(ticket.child)
    this.#plan()
  }

  /** Ends entries, and turns exits into market orders once what they have at the venue is confirmed to be gone. */
  flatten(tag: string, only?: InstrumentIndex): void {
    for (const ticket of this.#tickets.values()) {
      if (only !== undefined && only !== ticket.order.instrument) continue
      if (ticket.order.opens === true || ticket.child === undefined) this.cancel(ticket.id, tag)
      else this.#fire(ticket, ticket.addLeg({ kind: 'market', tag }))
    }
    this.#plan()
  }

  onQuote(quote: Quote): void {
    let isTouched = false
    for (const ticket of this.#tickets.values()) {
      if (ticket.order.instrument !== quote.instrument) continue
      isTouched = true
      if (ticket.awaitsQuote !== undefined && this.#options.isOpen()) this.#send(ticket, ticket.awaitsQuote)
      const fired = ticket.see(quote)
      if (fired >= 0) this.#fire(ticket, fired)
    }
    if (isTouched) this.#plan()
  }

  /** A fill of any order: one of ours moves its ticket on, and any may leave an exit without a position. */
  onFill(fill: Fill): void {
    const ticket = this.#byOrder.get(fill.orderId)
    if (ticket !== undefined) {
      ticket.fill(fill)
      if (fill.remaining === 0) this.#release(ticket)
      this.#guard(ticket)
      if (ticket.remaining <= 0) this.#end(ticket, 'filled', 'filled')
      else if (ticket.child === undefined) this.#proceed(ticket, 'the order was done before the ticket')
    }
    this.#prune(fill.instrument)
    this.#plan()
  }

  /** Takes the end of an order at the venue; true when it was one of ours. */
  onOrderEnd({ orderId, outcome, reason }: OrderEnd): boolean {
    const ticket = this.#byOrder.get(orderId)
    if (ticket === undefined) return false
    this.#release(ticket)
    if (outcome === 'rejected' && ticket.order.opens === true) this.#end(ticket, 'rejected', reason)
    else this.#proceed(ticket, reason)
    this.#plan()
    return true
  }

  /** Ends what waits for contracts that no longer trade, so that they can be forgotten. */
  expire(hasExpired: (instrument: InstrumentIndex) => boolean): void {
    for (const ticket of this.#tickets.values())
      if (hasExpired(ticket.order.instrument)) this.cancel(ticket.id, 'the contract has expired')
  }

  /** A position ended by the calendar takes its exits along. */
  onSettled(instrument: InstrumentIndex): void {
    this.#prune(instrument)
    this.#plan()
  }

  /** Does what is due now: steps of walks, retries, doubtful stops whose time has come, time-outs. */
  advance(): void {
    const nowUs = this.#options.now()
    for (const ticket of this.#tickets.values()) {
      if (ticket.timeoutUs <= nowUs) {
        ticket.timeoutUs = Number.POSITIVE_INFINITY
        this.cancel(ticket.id, 'its time was up')
        continue
      }
      if (ticket.retryUs <= nowUs) {
        ticket.retryUs = Number.POSITIVE_INFINITY
        if (this.#options.isOpen()) this.#send(ticket, ticket.firedLeg)
        else ticket.awaitsQuote = ticket.firedLeg
      }
      if (ticket.stepUs <= nowUs) this.#step(ticket)
      const doubtful = ticket.dueLeg(nowUs)
      if (doubtful >= 0) this.#fire(ticket, doubtful)
    }
    this.#plan()
  }

  /** A leg is to be sent: at once, or when the order at the venue is confirmed to be gone. */
  #fire(ticket: ManagedTicket, leg: number): void {
    if (ticket.firedLeg === leg && ticket.child !== undefined) return
    const { id } = ticket
    this.#options.write({ type: 'managed-fired', atUs: this.#options.now(), id, leg: ticket.legs[leg]?.kind })
    ticket.firedLeg = leg
    ticket.stepUs = Number.POSITIVE_INFINITY
    if (ticket.child === undefined) this.#send(ticket, leg)
    else {
      ticket.pendingLeg = leg
      this.#options.desk.cancel(ticket.child)
    }
  }

  #send(ticket: ManagedTicket, leg: number): void {
    const { desk } = this.#options
    const { order } = ticket
    const { instrument, side } = order
    ticket.awaitsQuote = undefined
    ticket.firedLeg = leg
    const closable = order.opens === true ? ticket.remaining : desk.closable(instrument, side)
    const contracts = Math.min(ticket.remaining, closable)
    if (contracts <= 0) return this.#giveUp(ticket, 'NOTHING_TO_CLOSE', 'when a position is held')
    const limitMicros = this.#limitOf(ticket, leg)
    const isMarket = limitMicros === undefined || Number.isNaN(limitMicros)
    /** What closes goes to market rather than wait for a mid; what opens can wait. */
    if (Number.isNaN(limitMicros) && order.opens === true)
      return this.#giveUp(ticket, 'NO_TWO_SIDED_QUOTE', 'when both sides are quoted')
    const tag = ticket.legs[leg]?.tag ?? order.tag
    const result = desk.submit({
      instrument,
      side,
      contracts,
      ...(isMarket ? {} : { limitMicros }),
      ...(tag === undefined ? {} : { tag }),
      ...(order.inputs === undefined ? {} : { inputs: order.inputs }),
    })
    if (result.status === 'refused') {
      ticket.refusals = result.refusals
      return this.#end(ticket, 'refused', result.refusals[0]?.code ?? 'refused')
    }
    ticket.child = result.orderId
    this.#byOrder.set(result.orderId, ticket)
    const walk = ticket.walkOf(leg)
    if (walk !== undefined && !isMarket) ticket.stepUs = this.#options.now() + walk.stepMs * 1_000
  }

  #giveUp(ticket: ManagedTicket, code: string, resumes: string): void {
    ticket.refusals = [{ code, gate: 'managed_orders', value: null, limit: null, resumes }]
    this.#end(ticket, 'refused', code)
  }

  /** What limit a leg is sent at; undefined for a market order, `NaN` when a walk has no mid to start from. */
  #limitOf(ticket: ManagedTicket, at: number): Micros | undefined {
    const leg = ticket.legs[at]
    const { instrument, side } = ticket.order
    if (leg?.kind === 'limit') return limitOf(leg.limit, ticket.entryMicros, side)
    if (leg?.kind === 'stop')
      return leg.limit === undefined ? undefined : limitOf(leg.limit, ticket.entryMicros, side)
    if (leg?.kind !== 'walk') return undefined
    const { quotes } = this.#options
    const bidMicros = quotes.bidMicros(instrument)
    const askMicros = quotes.askMicros(instrument)
    ticket.walkMicros ??= firstStep(leg, side, bidMicros, askMicros, ticket.entryMicros)
    return ticket.walkMicros
  }

  /** The time of a step is over: the next one follows the confirmed end of this one. */
  #step(ticket: ManagedTicket): void {
    ticket.stepUs = Number.POSITIVE_INFINITY
    const leg = ticket.walkOf(ticket.firedLeg)
    const { child, walkMicros, order } = ticket
    if (leg === undefined || child === undefined || walkMicros === undefined) return
    const { instrument, side } = order
    const { quotes, desk, now } = this.#options
    const touch = side === 'buy' ? quotes.askMicros(instrument) : quotes.bidMicros(instrument)
    const next = nextStep(leg, side, walkMicros, touch, ticket.entryMicros)
    if (next === walkMicros) {
      const atEnd = leg.atEnd ?? (order.opens === true ? 'cancel' : 'market')
      if (atEnd === 'market')
        return this.#fire(
          ticket,
          ticket.addLeg({ kind: 'market', ...(leg.tag === undefined ? {} : { tag: leg.tag }) }),
        )
      ticket.closingFor = 'the walk came to its end'
    } else {
      ticket.walkMicros = next
      ticket.pendingLeg = ticket.firedLeg
    }
    this.#options.write({ type: 'managed-step', atUs: now(), id: ticket.id, limitMicros: next })
    desk.cancel(child)
  }

  /** An order of a ticket is gone, and the ticket is not done. */
  #proceed(ticket: ManagedTicket, reason: string): void {
    const { pendingLeg } = ticket
    ticket.pendingLeg = undefined
    ticket.stepUs = Number.POSITIVE_INFINITY
    if (ticket.closingFor !== undefined) this.#end(ticket, 'cancelled', ticket.closingFor)
    else if (pendingLeg !== undefined) this.#send(ticket, pendingLeg)
    else if (ticket.order.opens === true) this.#end(ticket, 'cancelled', reason)
    else {
      ticket.retryUs = this.#options.now() + Math.min(FIRST_RETRY_US * 2 ** ticket.retries, LAST_RETRY_US)
      ticket.retries++
    }
  }

  /** Contracts that an entry bought get their exits at once, or more of them. */
  #guard(entry: ManagedTicket): void {
    const { exits, side, instrument } = entry.order
    if (exits === undefined) return
    const known = entry.exitTicket
    if (known === undefined || !this.#tickets.has(known.id)) {
      const id = `${entry.id}.exit${known === undefined ? '' : entry.filled}` as ManagedId
      const order: ManagedOrder = {
        instrument,
        side: side === 'buy' ? 'sell' : 'buy',
        contracts: entry.unguarded,
        legs: exits,
      }
      const ticket = new ManagedTicket(id, order, this.#options.now(), entry.averageMicros)
      entry.exitTicket = ticket
      this.#add(id, ticket)
      this.#options.write({ type: 'managed-placed', atUs: this.#options.now(), id, order })
      if (ticket.immediateLeg >= 0) this.#send(ticket, ticket.immediateLeg)
    } else {
      known.remaining += entry.unguarded
      if (known.child !== undefined && known.pendingLeg === undefined) {
        known.pendingLeg = known.firedLeg
        this.#options.desk.cancel(known.child)
      }
    }
    entry.unguarded = 0
  }

  /** Exits of what is no longer held have nothing to wait for. */
  #prune(instrument: InstrumentIndex): void {
    for (const ticket of this.#tickets.values()) {
      const { order } = ticket
      if (order.opens === true || order.instrument !== instrument) continue
      if (this.#options.desk.held(instrument, order.side) <= 0)
        this.cancel(ticket.id, 'the position is closed')
    }
  }

  #add(id: ManagedId, ticket: ManagedTicket): void {
    this.#tickets.set(id, ticket)
    this.#options.followed.add(ticket.order.instrument)
  }

  #release(ticket: ManagedTicket): void {
    if (ticket.child !== undefined) this.#byOrder.delete(ticket.child)
    ticket.child = undefined
  }

  #end(ticket: ManagedTicket, outcome: ManagedEnd['outcome'], reason: string): void {
    if (!this.#tickets.delete(ticket.id)) return
    this.#options.followed.remove(ticket.order.instrument)
    this.#release(ticket)
    const receivedUs = this.#options.now()
    const { id, filled, refusals, order } = ticket
    const end: ManagedEnd = {
      id,
      instrument: order.instrument,
      receivedUs,
      outcome: outcome === 'cancelled' && ticket.remaining <= 0 ? 'filled' : outcome,
      reason,
      filled,
      ...(refusals === undefined ? {} : { refusals }),
    }
    this.#options.write({ ...end, type: 'managed-ended', atUs: receivedUs })
    /** Who places it learns at once, by the answer. */
    if (ticket !== this.#placing) this.#options.onEnd(end)
  }

  #plan(): void {
    let next = Number.POSITIVE_INFINITY
    for (const ticket of this.#tickets.values()) next = Math.min(next, ticket.nextUs)
    this.nextUs = next
  }
}
