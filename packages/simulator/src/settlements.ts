import type {
  CalendarReader,
  Fill,
  InstrumentIndex,
  InstrumentReader,
  InstrumentTable,
  Micros,
  OptionId,
  OrderEvent,
  OrderId,
  Settlement,
  Us,
} from '@scalp/canonical'
import { formatAlpaca, isSameOption, US_PER_MINUTE } from '@scalp/canonical'
import {
  type ContractAdjustment,
  type Deliverable,
  type Dividend,
  intrinsicMicros,
  isAmericanOption,
  isAmSettled,
  underlyingSymbol,
} from './contract-terms.js'
import type { OptionCosts } from './costs.js'
import { isLastSession, nextSession } from './expiry.js'
import type { VenueMarket } from './venue-market.js'

/** What settlements go by. */
export interface SettlementsOptions {
  readonly instruments: InstrumentReader & Partial<Pick<InstrumentTable, 'option'>>
  readonly calendar: CalendarReader
  readonly costs: OptionCosts
  readonly dividends: readonly Dividend[]
  readonly adjustments: readonly ContractAdjustment[]
}

/** In the money by a cent or more is exercised without being told. */
const AUTO_EXERCISE_MICROS = 10_000
/** How long after the bell the opening price that AM contracts settle on is known. */
const OPENING_US = US_PER_MINUTE + 1

/** What is held at the venue, and what the calendar does to it: expiry, exercise, assignment, adjustment. */
export class Settlements {
  readonly #options: SettlementsOptions
  readonly #held = new Map<InstrumentIndex, number>()
  readonly #deliverables = new Map<InstrumentIndex, Deliverable>()
  #market: VenueMarket | undefined

  constructor(options: SettlementsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#held.size
  }

  attach(market: VenueMarket): void {
    this.#market = market
    /** Listed before any quote is, with the multiplier that a symbol does not tell. */
    for (const { adjusted } of this.#options.adjustments) this.#options.instruments.option?.(adjusted)
  }

  hold(instrument: InstrumentIndex, signed: number): void {
    const held = (this.#held.get(instrument) ?? 0) + signed
    if (held === 0) this.#held.delete(instrument)
    else this.#held.set(instrument, held)
  }

  /** True while a contract still trades in the session of an instant. */
  isTrading(option: OptionId, us: Us): boolean {
    const { calendar } = this.#options
    const session = calendar.session(us)
    if (session === undefined || option.expiry < session.date) return false
    return !(isAmSettled(option) && isLastSession(calendar, session.closeUs, option.expiry))
  }

  /** What a contract would bring if exercised now, a share; `NaN` when the underlying's price is unknown. */
  intrinsic(instrument: InstrumentIndex, option: OptionId): Micros {
    const prices = this.#market?.prices
    const price = prices?.get(option.underlying) ?? prices?.get(underlyingSymbol(option))
    return intrinsicMicros(option, price?.priceMicros ?? Number.NaN, this.#deliverables.get(instrument))
  }

  /** Just after the bell of a session: what expired, was assigned early, or takes other terms from the next one on. */
  atClose(us: Us): OrderEvent[] {
    const events: OrderEvent[] = []
    for (const [instrument, contracts] of this.#held) {
      const listed = this.#options.instruments.get(instrument)
      if (listed.kind !== 'option') continue
      const { option } = listed
      if (isLastSession(this.#options.calendar, us, option.expiry))
        events.push(this.#expire(instrument, contracts, option, us))
      else if (this.#isAssigned(instrument, contracts, option, us))
        events.push(
          this.#settle(instrument, contracts, this.intrinsic(instrument, option), 'assigned-early', us),
        )
      else events.push(...this.#adjust(instrument, contracts, option, us))
    }
    return events
  }

  /** When the next session settles AM contracts that are held; `Infinity` when none is. */
  nextOpeningUs(closedUs: Us): Us {
    const session = nextSession(this.#options.calendar, closedUs)
    if (session === undefined) return Number.POSITIVE_INFINITY
    for (const instrument of this.#held.keys()) {
      const listed = this.#options.instruments.get(instrument)
      if (listed.kind === 'option' && this.#settlesIn(listed.option, session.closeUs))
        return session.openUs + OPENING_US
    }
    return Number.POSITIVE_INFINITY
  }

  /** Settles AM contracts on the first price since the bell; what has none yet waits for `againUs`. */
  atOpening(us: Us): { readonly events: readonly OrderEvent[]; readonly againUs: Us } {
    const session = this.#options.calendar.session(us)
    const events: OrderEvent[] = []
    let againUs = Number.POSITIVE_INFINITY
    if (session === undefined) return { events, againUs }
    for (const [instrument, contracts] of this.#held) {
      const listed = this.#options.instruments.get(instrument)
      if (listed.kind !== 'option' || !this.#settlesIn(listed.option, session.closeUs)) continue
      const prices = this.#market?.prices
      const price = prices?.get(listed.option.underlying) ?? prices?.get(underlyingSymbol(listed.option))
      if (price !== undefined && price.receivedUs > session.openUs)
        events.push(this.#expire(instrument, contracts, listed.option, us))
      else againUs = us + US_PER_MINUTE
    }
    return { events, againUs: againUs > session.closeUs ? Number.POSITIVE_INFINITY : againUs }
  }

  /** Ends what is held at its last mark: a long at the bid, a short at the ask, flagged `end-of-data`. */
  atEnd(
    us: Us,
    fees: (instrument: InstrumentIndex, contracts: number, priceMicros: Micros) => Micros,
  ): OrderEvent[] {
    return Array.from(this.#held, ([instrument, contracts]) => {
      const quotes = this.#market?.quotes
      const mark = contracts > 0 ? quotes?.bidMicros(instrument) : quotes?.askMicros(instrument)
      const listed = this.#options.instruments.get(instrument)
      const least = contracts < 0 && listed.kind === 'option' ? this.intrinsic(instrument, listed.option) : 0
      const priceMicros =
        mark !== undefined && Number.isFinite(mark) ? mark : Number.isFinite(least) ? least : 0
      const feesMicros = fees(instrument, contracts, priceMicros)
      return this.#settle(instrument, contracts, priceMicros, 'end-of-data', us, feesMicros)
    })
  }

  #settlesIn(option: OptionId, closeUs: Us): boolean {
    return isAmSettled(option) && isLastSession(this.#options.calendar, closeUs, option.expiry)
  }

  #expire(instrument: InstrumentIndex, contracts: number, option: OptionId, us: Us): OrderEvent {
    const value = this.intrinsic(instrument, option)
    const bid = this.#market?.quotes.bidMicros(instrument) ?? Number.NaN
    const known = Number.isFinite(value) ? value : Number.isFinite(bid) ? bid : 0
    if (known < AUTO_EXERCISE_MICROS) return this.#settle(instrument, contracts, 0, 'expired', us)
    return this.#settle(instrument, contracts, known, contracts > 0 ? 'exercised' : 'assigned', us)
  }

  /**
   * True when the holder of a call we are short takes the dividend: the share goes ex in the next session and pays
   * more than the time value that exercising gives up. An unknown time value is none.
   */
  #isAssigned(instrument: InstrumentIndex, contracts: number, option: OptionId, us: Us): boolean {
    if (contracts > 0 || option.right !== 'C' || !isAmericanOption(option)) return false
    const next = nextSession(this.#options.calendar, us)
    const symbol = underlyingSymbol(option)
    const dividend = this.#options.dividends.find(
      (paid) => paid.symbol === symbol && paid.exDate === next?.date,
    )
    const value = this.intrinsic(instrument, option)
    if (dividend === undefined || !(value > 0)) return false
    const mid = this.#market?.quotes.midMicros(instrument) ?? Number.NaN
    return !(mid - value >= dividend.amountMicros)
  }

  /**
   * Moves a position into the adjusted contract at what it cost, so that no profit is made or lost on the way; a rest
   * of the rounding, less than one micro-dollar a share, is booked as a fee, and cash stays exact.
   */
  #adjust(instrument: InstrumentIndex, contracts: number, option: OptionId, us: Us): OrderEvent[] {
    const next = nextSession(this.#options.calendar, us)
    const action = this.#options.adjustments.find(
      ({ original, effectiveDate }) =>
        next !== undefined && effectiveDate <= next.date && isSameOption(original, option),
    )
    const list = this.#options.instruments.option
    if (action === undefined || list === undefined) return []
    const { adjusted, contractRatio, deliverable } = action
    const target = list.call(this.#options.instruments, adjusted)
    if (deliverable !== undefined) this.#deliverables.set(target, deliverable)
    const average = Math.round(this.#market?.positions?.get(instrument)?.averageMicros ?? 0)
    const count = Math.abs(contracts)
    const shares = count * contractRatio * adjusted.multiplier
    const cost = average * count * option.multiplier
    const priceMicros = contracts > 0 ? Math.floor(cost / shares) : Math.ceil(cost / shares)
    this.#held.delete(instrument)
    this.hold(target, contracts * contractRatio)
    const symbol = formatAlpaca(option)
    const fill: Fill = {
      fillId: `adjusted-${symbol}-${action.effectiveDate}`,
      orderId: `adjusted-${symbol}` as OrderId,
      instrument: target,
      side: contracts > 0 ? 'buy' : 'sell',
      contracts: count * contractRatio,
      priceMicros,
      feesMicros: Math.abs(cost - priceMicros * shares),
      remaining: 0,
      receivedUs: us,
      quoteAgeUs: Number.NaN,
      bidMicros: Number.NaN,
      askMicros: Number.NaN,
    }
    const settled = { instrument, contracts, priceMicros: average, feesMicros: 0, receivedUs: us }
    return [
      { type: 'position-settled', ...settled, reason: 'adjusted' },
      { type: 'order-filled', ...fill },
    ]
  }

  #settle(
    instrument: InstrumentIndex,
    contracts: number,
    priceMicros: Micros,
    reason: Settlement['reason'],
    receivedUs: Us,
    fees?: Micros,
  ): OrderEvent {
    this.#held.delete(instrument)
    const isExercise = reason === 'exercised' || reason === 'assigned' || reason === 'assigned-early'
    const { costs, calendar } = this.#options
    const exercise = isExercise
      ? (costs.exerciseMicros?.(Math.abs(contracts), calendar.tradingDate(receivedUs)) ?? 0)
      : 0
    const feesMicros = fees ?? exercise
    return { type: 'position-settled', instrument, contracts, priceMicros, feesMicros, reason, receivedUs }
  }
}
