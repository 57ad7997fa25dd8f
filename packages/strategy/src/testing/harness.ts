import type { JournalEntry, Micros, Us } from '@scalp/canonical'
import type { Strategy } from '../contract.js'

/** One run of a strategy over a market that the harness makes. */
export interface Trial {
  readonly strategy: Strategy<unknown>
  /** Validated settings. */
  readonly config: unknown
  /** The market: the same text is the same market, to the last quote. */
  readonly market: string
  /** Events from this instant on do not exist. */
  readonly untilUs?: Us
  /** Fees times so much; 1 unless told. */
  readonly costFactor?: number
  /** A gate refuses everything that would open a position. */
  readonly refusesEntries?: boolean
  /** Every lent view is overwritten once the handler it was lent to has returned. */
  readonly poisonsViews?: boolean
  /** At the first event from this instant on everything is thrown away but what `snapshot` gave and what is held. */
  readonly restartUs?: Us
  /** Called around every handler, also around `create`. */
  readonly around?: (call: () => void) => void
}

/** What a run came to. */
export interface TrialResult {
  /** What was decided and what came of it, in order. */
  readonly journal: readonly JournalEntry[]
  /** Of the first and the last event. */
  readonly fromUs: Us
  readonly toUs: Us
  readonly submitted: number
  readonly fills: number
  /** Round trips that are over. */
  readonly trades: number
  /** Fees of all fills. */
  readonly feesMicros: Micros
  /** Cash never went below this. */
  readonly lowestCashMicros: Micros
  /** Intents of the busiest turn. */
  readonly mostIntentsInATurn: number
  /** Contracts still held when the market ended. */
  readonly heldAtEnd: number
}

/** Runs strategies over a market, the way a backtest does. `@scalp/harness` has one. */
export interface StrategyHarness {
  run(trial: Trial): Promise<TrialResult>
}
