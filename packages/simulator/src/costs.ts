import type { IsoDate, Micros } from '@scalp/canonical'
import { type CostInput, type CostSchedule, capOn, costParts, rateOn } from './cost-schedule.js'
import { type FeeLedger, ScheduleLedger } from './fee-ledger.js'

/** Says what an execution costs; pure. */
export interface OptionCosts {
  readonly name: string
  /** A sentence for the report's list of assumptions. */
  readonly description: string
  /** All costs of one execution by itself, positive integer micro-dollars. */
  feesMicros(input: CostInput): Micros
  /** Costs of the executions of a run together: minimums by the order, roundings by the day, tiers by the month. */
  openLedger?(): FeeLedger
  /** What an exercise or an assignment costs; nothing unless told. */
  exerciseMicros?(contracts: number, date: IsoDate): Micros
}

/** Costs of a broker's price list. */
export function createOptionCosts(schedule: CostSchedule): OptionCosts {
  return {
    name: schedule.name,
    description: schedule.description,
    feesMicros(input) {
      const { commission, orf, clearing, taf, sec } = costParts(schedule, input)
      return Math.round(
        Math.max(commission, rateOn(schedule.minimum ?? [], input.date)) +
          Math.min(clearing, capOn(schedule, input.date)) +
          orf +
          taf +
          sec,
      )
    },
    openLedger: () => new ScheduleLedger(schedule),
    exerciseMicros: (contracts, date) => Math.round(contracts * rateOn(schedule.exercise ?? [], date)),
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
