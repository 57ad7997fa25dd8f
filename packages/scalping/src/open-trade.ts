import type { Fill, InstrumentIndex, Micros, OptionId, OrderId, Us } from '@scalp/canonical'
import { type ExitEntry, ExitManager, type ExitReason, type ExitRules } from './exit-manager.js'

/** One scalp from its first fill until it is flat: real fills, its exit state, and its way out. */
export class OpenTrade {
  readonly instrument: InstrumentIndex
  readonly option: OptionId
  readonly exit: ExitManager
  /** Contracts held. */
  contracts = 0
  /** Cash in less cash out so far, fees included. */
  netMicros: Micros = 0
  /** Once decided, an exit is pursued until flat. */
  reason: ExitReason | undefined
  exitOrder: OrderId | undefined
  attempts = 0
  retryUs: Us = Number.NEGATIVE_INFINITY
  /** When the last usable quote came. */
  quoteUs: Us
  /** The next look at how long quotes have been silent. */
  silenceWakeUs: Us = Number.NEGATIVE_INFINITY
  #bought = 0
  #costMicros: Micros = 0

  constructor(fill: Fill, option: OptionId, expiryUs: Us, rules: ExitRules) {
    this.instrument = fill.instrument
    this.option = option
    this.quoteUs = fill.receivedUs
    const entry: ExitEntry = {
      openedUs: fill.receivedUs,
      priceMicros: fill.priceMicros,
      direction: option.right === 'C' ? 'up' : 'down',
      expiryUs,
    }
    this.exit = new ExitManager(rules, entry)
  }

  buy({ contracts, priceMicros, feesMicros }: Fill): undefined {
    this.#bought += contracts
    this.#costMicros += contracts * priceMicros
    this.contracts += contracts
    this.netMicros -= contracts * priceMicros * this.option.multiplier + feesMicros
    this.exit.reprice(this.#costMicros / this.#bought)
  }

  /** Takes what left the position, by a sale or by settlement. */
  reduce(contracts: number, priceMicros: Micros, feesMicros: Micros): undefined {
    this.contracts -= contracts
    this.netMicros += contracts * priceMicros * this.option.multiplier - feesMicros
  }
}
