import { createRandom, type Random, type Session, US_PER_MINUTE } from '@scalp/canonical'
import { black76Value } from '@scalp/pricing'
import { createQuoteRows, type QuoteRowColumns, type QuoteRows } from '../quote-rows.js'
import type { StrikeSlot, SyntheticContract } from './chain.js'
import type { DayPlan } from './day-plan.js'
import { quoteSize, tradeSize, venue } from './order-sizes.js'
import { type Path, uShape } from './path.js'
import { atTheMoneyVolatility, smileFactor, yearsLeft } from './surface.js'

const MICROS_PER_CENT = 10_000
/** Contracts are announced, without a quote, this long before the open: 08:01 New York. */
const PRE_OPEN_US = 89 * US_PER_MINUTE
/** From here on prices move by nickels. */
const NICKEL_FROM_DOLLARS = 3
/** Chance that a market maker's width changes in a minute, and that a quote is shown anew at the same prices. */
const WIDTH_CHANGE = 0.05
const REFRESH = 0.3
const REFRESH_WITHOUT_BID = 0.08
/** Chances per minute of a quote that is gone, has no ask, or is much too wide. */
const GONE = 0.000_3
const ASK_GONE = 0.001_2
const TOO_WIDE = 0.004
const MEAN_TRADE_SIZE = 4
/** Implied volatility wobbles by some half percent of itself, forgetting in ten minutes. */
const WOBBLE_MEMORY = 0.9
const WOBBLE = 0.008

/** Makes the minutes of one day's option quotes, the announcement before the open first. */
export class QuoteMinutes {
  readonly #plan: DayPlan
  readonly #path: Path
  readonly #slots: readonly StrikeSlot[]
  readonly #contracts: readonly SyntheticContract[]
  readonly #random: Random
  readonly #rows: QuoteRowColumns
  readonly #wobble: Float64Array
  // Quotes as they stand, by contract; 0 cents is an empty side.
  readonly #bidCents: Int32Array
  readonly #askCents: Int32Array
  readonly #bidSize: Uint32Array
  readonly #askSize: Uint32Array
  readonly #bidPublisher: Uint16Array
  readonly #askPublisher: Uint16Array
  readonly #lastUs: Float64Array
  readonly #lastCents: Int32Array
  readonly #lastSize: Uint32Array
  readonly #width: Float64Array
  readonly #tradesPerMinute: Float64Array

  constructor(
    seed: string | number,
    plan: DayPlan,
    path: Path,
    slots: readonly StrikeSlot[],
    contracts: readonly SyntheticContract[],
  ) {
    const count = contracts.length
    this.#plan = plan
    this.#path = path
    this.#slots = slots
    this.#contracts = contracts
    this.#random = createRandom(`${seed}:quotes:${plan.index}`)
    this.#rows = createQuoteRows(count)
    this.#wobble = new Float64Array(slots.length)
    this.#bidCents = new Int32Array(count)
    this.#askCents = new Int32Array(count)
    this.#bidSize = new Uint32Array(count)
    this.#askSize = new Uint32Array(count)
    this.#bidPublisher = new Uint16Array(count)
    this.#askPublisher = new Uint16Array(count)
    this.#lastUs = new Float64Array(count).fill(Number.NaN)
    this.#lastCents = new Int32Array(count)
    this.#lastSize = new Uint32Array(count)
    this.#width = Float64Array.from({ length: count }, () => this.#drawWidth())
    const minutes = path.stress.length
    this.#tradesPerMinute = Float64Array.from(contracts, ({ volume }) => volume / MEAN_TRADE_SIZE / minutes)
  }

  *[Symbol.iterator](): Generator<QuoteRows, void, undefined> {
    yield this.#announce()
    for (let minute = 0; minute < this.#path.stress.length; minute++) yield this.#minute(minute)
  }

  #announce(): QuoteRows {
    const rows = this.#rows
    rows.endUs = this.#plan.session.openUs - PRE_OPEN_US
    rows.count = 0
    for (let contract = 0; contract < this.#contracts.length; contract++) this.#emit(contract)
    return rows
  }

  #minute(minute: number): QuoteRows {
    const { session, volatility, previousCloseMicros } = this.#plan
    const { bars, stress } = this.#path
    const endUs = session.openUs + (minute + 1) * US_PER_MINUTE
    const spot = at(bars.closeMicros, (minute + 1) * 60 - 1) / 1e6
    const dayReturn = Math.log((spot * 1e6) / previousCloseMicros)
    const haste = hasteOf(minute, session, at(stress, minute))
    const activity = uShape(minute / stress.length)
    this.#rows.endUs = endUs
    this.#rows.count = 0
    let years = 0
    let atTheMoney = 0
    let widening = 0
    let expiryUs = 0
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const { expiry, strike } = this.#slots[slot] as StrikeSlot
      if (expiry.closeUs !== expiryUs) {
        expiryUs = expiry.closeUs
        years = yearsLeft(expiryUs, endUs)
        atTheMoney = atTheMoneyVolatility(volatility, years, at(stress, minute), dayReturn)
        widening = haste * (1 + 0.03 * expiry.daysLeft)
      }
      const wobble = WOBBLE_MEMORY * at(this.#wobble, slot) + WOBBLE * (this.#random() - 0.5)
      this.#wobble[slot] = wobble
      const logMoneyness = Math.log(strike / spot)
      const implied = atTheMoney * smileFactor(logMoneyness, atTheMoney, years) * (1 + wobble)
      const isPutOut = strike < spot
      const timeValue = black76Value(isPutOut ? -1 : 1, spot, strike, years, implied, 1)
      const distance = 1 + 12 * Math.abs(logMoneyness)
      const call = isPutOut ? timeValue + spot - strike : timeValue
      const put = isPutOut ? timeValue : timeValue + strike - spot
      this.#quote(2 * slot, call, widening * distance, endUs, activity)
      this.#quote(2 * slot + 1, put, widening * distance, endUs, activity)
    }
    return this.#rows
  }

  /** Brings one contract up to the end of a minute, and emits it if anything about it changed. */
  #quote(contract: number, value: number, widening: number, endUs: number, activity: number): void {
    const random = this.#random
    if (random() < WIDTH_CHANGE) this.#width[contract] = this.#drawWidth()
    let width = (1 + 1.1 * value) * widening * at(this.#width, contract)
    const oddity = random()
    if (oddity < TOO_WIDE) width *= 4 + 1_250 * oddity
    const tick = value < NICKEL_FROM_DOLLARS ? 1 : 5
    let bid = Math.max(tick * Math.round((100 * value - 0.5 * width) / tick), 0)
    let ask = Math.max(tick * Math.round((100 * value + 0.5 * width) / tick), bid + tick)
    if (oddity < ASK_GONE) ask = 0
    if (oddity < GONE) bid = 0
    const isMoved = bid !== this.#bidCents[contract] || ask !== this.#askCents[contract]
    const isRenewed = isMoved || random() < (bid > 0 ? REFRESH : REFRESH_WITHOUT_BID)
    const isChanged = isRenewed && this.#show(contract, bid, ask)
    const isActive = random() < at(this.#tradesPerMinute, contract) * activity
    const isTraded = isActive && this.#trade(contract, endUs)
    if (isChanged || isTraded) this.#emit(contract)
  }

  /** Shows a quote with new sizes and venues; true if anything differs from the one before. */
  #show(contract: number, bid: number, ask: number): boolean {
    const random = this.#random
    const bidSize = bid === 0 ? 0 : quoteSize(random())
    const askSize = ask === 0 ? 0 : quoteSize(random())
    const bidPublisher = bid === 0 ? 0 : venue(random())
    const askPublisher = ask === 0 ? 0 : venue(random())
    const isSame =
      bid === this.#bidCents[contract] &&
      ask === this.#askCents[contract] &&
      bidSize === this.#bidSize[contract] &&
      askSize === this.#askSize[contract] &&
      bidPublisher === this.#bidPublisher[contract] &&
      askPublisher === this.#askPublisher[contract]
    this.#bidCents[contract] = bid
    this.#askCents[contract] = ask
    this.#bidSize[contract] = bidSize
    this.#askSize[contract] = askSize
    this.#bidPublisher[contract] = bidPublisher
    this.#askPublisher[contract] = askPublisher
    return !isSame
  }

  /** Trades at the bid or the ask, somewhere within the minute; false when there is neither. */
  #trade(contract: number, endUs: number): boolean {
    const random = this.#random
    const bid = this.#bidCents[contract] as number
    const ask = this.#askCents[contract] as number
    const isAtAsk = random() < 0.5
    const cents = isAtAsk ? ask || bid : bid || ask
    if (cents === 0) return false
    this.#lastUs[contract] = endUs - 1 - Math.floor(random() * US_PER_MINUTE)
    this.#lastCents[contract] = cents
    this.#lastSize[contract] = tradeSize(random())
    return true
  }

  #emit(contract: number): void {
    const rows = this.#rows
    const row = rows.count++
    rows.contract[row] = contract
    rows.instrumentId[row] = (this.#contracts[contract] as SyntheticContract).instrumentId
    rows.bidMicros[row] = toMicros(this.#bidCents[contract] as number)
    rows.askMicros[row] = toMicros(this.#askCents[contract] as number)
    rows.bidSize[row] = this.#bidSize[contract] as number
    rows.askSize[row] = this.#askSize[contract] as number
    rows.bidPublisher[row] = this.#bidPublisher[contract] as number
    rows.askPublisher[row] = this.#askPublisher[contract] as number
    rows.lastUs[row] = at(this.#lastUs, contract)
    rows.lastMicros[row] = toMicros(this.#lastCents[contract] as number)
    rows.lastSize[row] = this.#lastSize[contract] as number
  }

  /** How wide a contract is quoted just now, relative to what is usual. */
  #drawWidth(): number {
    return 0.7 + 0.7 * this.#random()
  }
}

/** How much wider markets are than at noon: after the open, before the close and when prices run. */
function hasteOf(minute: number, { openUs, closeUs }: Session, stress: number): number {
  const left = (closeUs - openUs) / US_PER_MINUTE - minute
  return (1 + 1.8 * Math.exp(-minute / 4) + 0.3 * Math.exp(-left / 5)) * Math.exp(0.35 * Math.max(stress, 0))
}

function toMicros(cents: number): number {
  return cents === 0 ? Number.NaN : cents * MICROS_PER_CENT
}

function at(column: Float64Array, i: number): number {
  return column[i] as number
}
