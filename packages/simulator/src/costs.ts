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

/** Says what an execution costs; pure. */
export interface OptionCosts {
  readonly name: string
  /** A sentence for the report's list of assumptions. */
  readonly description: string
  /** All costs together, positive integer micro-dollars. */
  feesMicros(input: CostInput): Micros
}

/** A rate in force from a date on. */
export interface DatedRate {
  readonly from: IsoDate
  readonly rate: number
  /** Where the figure stands. */
  readonly source: string
}

/** The parts of a broker's price list. Rates are effective-dated, oldest first; before the first one they are 0. */
export interface CostSchedule {
  readonly name: string
  readonly description: string
  /** Commission, micro-dollars a contract and side. */
  readonly commission: readonly DatedRate[]
  /** Options Regulatory Fee, micro-dollars a contract and side. */
  readonly orf: readonly DatedRate[]
  /** OCC clearing fee, micro-dollars a contract and side. */
  readonly clearing: readonly DatedRate[]
  /** FINRA Trading Activity Fee, micro-dollars a contract, sales only. */
  readonly taf: readonly DatedRate[]
  /** SEC Section 31 fee, dollars a million of sale proceeds. */
  readonly sec: readonly DatedRate[]
}

/** Costs of a broker's price list. */
export function createOptionCosts(schedule: CostSchedule): OptionCosts {
  return {
    name: schedule.name,
    description: schedule.description,
    feesMicros({ side, contracts, priceMicros, multiplier, date }) {
      const perContract =
        rateOn(schedule.commission, date) + rateOn(schedule.orf, date) + rateOn(schedule.clearing, date)
      if (side === 'buy') return Math.round(contracts * perContract)
      const proceeds = contracts * priceMicros * multiplier
      return Math.round(
        contracts * (perContract + rateOn(schedule.taf, date)) +
          (proceeds * rateOn(schedule.sec, date)) / 1_000_000,
      )
    },
  }
}

/** The same amount a contract and side, whatever the date. */
export function createFlatCosts(perContractMicros: Micros): OptionCosts {
  return {
    name: 'flat',
    description: `Costs: ${perContractMicros / 1_000_000} dollars a contract and side, all in.`,
    feesMicros: ({ contracts }) => Math.round(contracts * perContractMicros),
  }
}

/** The rate in force on a date. */
export function rateOn(rates: readonly DatedRate[], date: IsoDate): number {
  let rate = 0
  for (const dated of rates) if (dated.from <= date) rate = dated.rate
  return rate
}
