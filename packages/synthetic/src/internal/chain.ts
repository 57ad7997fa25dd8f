import { createOptionId, createRandom, formatOcc, type IsoDate, type OptionId } from '@scalp/canonical'
import type { Expiry } from './expiries.js'
import { NormalStream } from './normal-stream.js'

/** One contract as it is listed on one day. */
export interface SyntheticContract {
  /** The 21 characters of the OSI symbol, root padded with blanks. */
  readonly symbol: string
  readonly option: OptionId
  /** The vendor's number, unique within the day and another one the next day. */
  readonly instrumentId: number
  /** Contracts open at the end of the day before. */
  readonly openInterest: number
  /** Contracts traded in the whole session: known only after it. */
  readonly volume: number
}

/** A strike of an expiry: the call stands at `2 · slot` of the contracts, the put beside it. */
export interface StrikeSlot {
  readonly expiry: Expiry
  /** Dollars. */
  readonly strike: number
}

/** Share of contracts, on average over a day, that have something to report in a minute. */
export const ROWS_PER_CONTRACT_MINUTE = 0.95
const FULL_SESSION_MINUTES = 390
/** A chain of n strikes has about half √n expiries of 2 √n strikes. */
const EXPIRIES_PER_ROOT = 0.5
const FIRST_INSTRUMENT_ID = 16_777_216

/** Chooses expiries and strikes round a price so that a full day has about `quotesPerDay` rows. */
export function layOutStrikes(
  expiries: readonly Expiry[],
  price: number,
  quotesPerDay: number,
): StrikeSlot[] {
  const wanted = Math.max(4, Math.round(quotesPerDay / (2 * FULL_SESSION_MINUTES * ROWS_PER_CONTRACT_MINUTE)))
  const listed = Math.min(Math.max(Math.round(EXPIRIES_PER_ROOT * Math.sqrt(wanted)), 1), expiries.length)
  const slots: StrikeSlot[] = []
  for (let i = 0; i < listed; i++) {
    const expiry = expiries[i] as Expiry
    const count = Math.floor((wanted * (i + 1)) / listed) - Math.floor((wanted * i) / listed)
    const step = strikeStep(price, expiry.daysLeft)
    const lowest = Math.ceil((0.3 * price) / step)
    const first = Math.max(Math.round(price / step - (count - 1) / 2), lowest)
    for (let k = 0; k < count; k++) slots.push({ expiry, strike: (first + k) * step })
  }
  return slots
}

/** The strike grid of listed options: finer for cheap underlyings and near expiries. */
function strikeStep(price: number, daysLeft: number): number {
  const near = price < 25 ? 0.5 : price < 100 ? 1 : price < 500 ? 2.5 : price < 1_500 ? 5 : 25
  return daysLeft <= 9 ? near : 2 * near
}

/** Lists the call and the put of every strike. */
export function listContracts(
  seed: string | number,
  underlying: string,
  dayIndex: number,
  date: IsoDate,
  price: number,
  slots: readonly StrikeSlot[],
): SyntheticContract[] {
  return slots.flatMap(({ expiry, strike }, slot) =>
    (['C', 'P'] as const).map((right, side): SyntheticContract => {
      const option = createOptionId({ underlying, expiry: expiry.date, right, strike })
      const symbol = formatOcc(option)
      const instrumentId = FIRST_INSTRUMENT_ID + ((dayIndex * 104_729 + (2 * slot + side) * 37) % 8_000_000)
      const interest = meanOpenInterest(seed, symbol, strike, price)
      const today = new NormalStream(createRandom(`${seed}:activity:${date}:${symbol}`))
      const openInterest = Math.round(interest * Math.exp(0.1 * today.next()))
      const turnover = 0.8 / (1 + 0.35 * expiry.daysLeft)
      const volume = Math.round(interest * turnover * Math.exp(0.6 * today.next()))
      return { symbol, option, instrumentId, openInterest, volume }
    }),
  )
}

/** Log-normal, the same for a contract on every day up to the distance of the price; round strikes hold more. */
function meanOpenInterest(seed: string | number, symbol: string, strike: number, price: number): number {
  const normal = new NormalStream(createRandom(`${seed}:interest:${symbol}`))
  const distance = Math.log(strike / price) / 0.06
  const roundness = strike % 50 === 0 ? 3 : strike % 10 === 0 ? 1.8 : 1
  return 1_200 * roundness * Math.exp(-0.5 * distance * distance + 0.8 * normal.next()) + 5
}
