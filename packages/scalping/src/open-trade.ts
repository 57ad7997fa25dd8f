import type { Fill, InstrumentIndex, Micros, OptionId, OrderId, Us } from '@scalp/canonical'
import { type ExitEntry, ExitManager, type ExitReason, type ExitRules } from './exit-manager.js'
import type { TradeState } from './scalper-state.js'

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
  /** When the last usable quote came; `NaN` after a restart until the first look. */
  quoteUs: Us
  /** The next look at how long quotes have been silent. */
  silenceWakeUs: Us = Number.NEGATIVE_INFINITY
  #bought = 0
  #costMicros: Micros = 0

  constructor(
    fill: Pick<Fill, 'instrument' | 'receivedUs' | 'priceMicros'>,
    option: OptionId,
    expiryUs: Us,
    rules: ExitRules,
  ) {
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

  /** What must survive a restart. */
  snapshot(symbol: string): TradeState {
    return {
      symbol,
      openedUs: this.exit.entry.openedUs,
      contracts: this.contracts,
      boughtContracts: this.#bought,
      costMicros: this.#costMicros,
      netMicros: this.netMicros,
      reason: this.reason ?? null,
      exit: this.exit.snapshot(),
    }
  }

  /** The trade that {@link snapshot} described, with the contracts that are really held. */
  static restore(
    state: TradeState,
    held: { readonly instrument: InstrumentIndex; readonly contracts: number },
    option: OptionId,
    expiryUs: Us,
    rules: ExitRules,
  ): OpenTrade {
    const { openedUs, costMicros, boughtContracts, netMicros, reason, exit } = state
    const priceMicros = costMicros / boughtContracts
    const trade = new OpenTrade(
      { instrument: held.instrument, receivedUs: openedUs, priceMicros },
      option,
      expiryUs,
      rules,
    )
    trade.contracts = held.contracts
    trade.#bought = boughtContracts
    trade.#costMicros = costMicros
    trade.netMicros = netMicros
    trade.reason = reason ?? undefined
    trade.quoteUs = Number.NaN
    trade.exit.restore(exit)
    return trade
  }

  /** Takes what left the position, by a sale or by settlement. */
  reduce(contracts: number, priceMicros: Micros, feesMicros: Micros): undefined {
    this.contracts -= contracts
    this.netMicros += contracts * priceMicros * this.option.multiplier - feesMicros
  }
}
