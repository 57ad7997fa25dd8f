import type { IsoDate, Micros, Side } from '@scalp/canonical'

/** What an execution of options costs depends on. */
export interface CostInput {
  readonly side: Side
  readonly contracts: number
  readonly priceMicros: Micros
  /** Shares per contract. */
  readonly multiplier: number
  /** New York date of the execution: rates change over the years. */
  readonly date: IsoDate
}

/** A rate in force from a date on. */
export interface DatedRate {
  readonly from: IsoDate
  readonly rate: number
  /** Where the figure stands. */
  readonly source: string
}

/** A commission by the premium and by the contracts of the month so far. */
export interface CommissionTier {
  /** Holds from this many contracts of the month on. */
  readonly fromContracts: number
  /** Micro-dollars a contract for premiums from this one on, dearest premium first. */
  readonly byPremium: readonly { readonly fromMicros: Micros; readonly rate: number }[]
}

/** The parts of a broker's price list. Rates are effective-dated, oldest first; before the first one they are 0. */
export interface CostSchedule {
  readonly name: string
  readonly description: string
  /** Commission, micro-dollars a contract and side. */
  readonly commission: readonly DatedRate[]
  /** In place of `commission`; by the month's volume, smallest first. */
  readonly tiers?: readonly CommissionTier[]
  /** Least commission of an order, micro-dollars. */
  readonly minimum?: readonly DatedRate[]
  /** Options Regulatory Fee, micro-dollars a contract and side. */
  readonly orf: readonly DatedRate[]
  /** OCC clearing fee, micro-dollars a contract and side. */
  readonly clearing: readonly DatedRate[]
  /** Most clearing fee of an order, micro-dollars; a rate of 0 is no cap. */
  readonly clearingCap?: readonly DatedRate[]
  /** FINRA Trading Activity Fee, micro-dollars a contract, sales only. */
  readonly taf: readonly DatedRate[]
  /** SEC Section 31 fee, dollars a million of sale proceeds. */
  readonly sec: readonly DatedRate[]
  /** Exercise or assignment, micro-dollars a contract. */
  readonly exercise?: readonly DatedRate[]
  /** True: each regulatory fee is summed over the day and rounded up to the cent. */
  readonly roundsUpDaily?: boolean
}

/** What an execution costs, part by part, micro-dollars, not rounded. */
export interface CostParts {
  readonly commission: number
  readonly orf: number
  readonly clearing: number
  readonly taf: number
  readonly sec: number
}

/** The parts of one execution, before minimums, caps and roundings; the month's contracts choose the tier. */
export function costParts(schedule: CostSchedule, input: CostInput, monthContracts = 0): CostParts {
  const { side, contracts, priceMicros, multiplier, date } = input
  const isSale = side === 'sell'
  return {
    commission: contracts * commissionOf(schedule, priceMicros, monthContracts, date),
    orf: contracts * rateOn(schedule.orf, date),
    clearing: contracts * rateOn(schedule.clearing, date),
    taf: isSale ? contracts * rateOn(schedule.taf, date) : 0,
    sec: isSale ? (contracts * priceMicros * multiplier * rateOn(schedule.sec, date)) / 1_000_000 : 0,
  }
}

/** The rate in force on a date. */
export function rateOn(rates: readonly DatedRate[], date: IsoDate): number {
  let rate = 0
  for (const dated of rates) if (dated.from <= date) rate = dated.rate
  return rate
}

/** The cap on an order's clearing fee on a date; `Infinity` when there is none. */
export function capOn({ clearingCap = [] }: CostSchedule, date: IsoDate): number {
  const cap = rateOn(clearingCap, date)
  return cap > 0 ? cap : Number.POSITIVE_INFINITY
}

function commissionOf(
  { commission, tiers }: CostSchedule,
  priceMicros: Micros,
  monthContracts: number,
  date: IsoDate,
): number {
  if (tiers === undefined) return rateOn(commission, date)
  const tier = tiers.findLast(({ fromContracts }) => monthContracts >= fromContracts) ?? tiers[0]
  return tier?.byPremium.find(({ fromMicros }) => priceMicros >= fromMicros)?.rate ?? 0
}
