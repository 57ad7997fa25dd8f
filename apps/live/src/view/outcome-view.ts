import type { InstrumentReader, Us } from '@scalp/canonical'
import type { Decision, ServerData } from '@scalp/protocol'
import { type Outcome, type OutcomeMarket, OutcomeTracker } from '@scalp/scalping'
import { fixed, iso, usd } from './wire.js'

/** Tells what came of decisions, 15 minutes, an hour and a session's rest later. */
export class OutcomeView {
  readonly #tracker: OutcomeTracker
  readonly #instruments: InstrumentReader
  /** Asks of the decisions that are watched, dollars. */
  readonly #asks = new Map<string, number>()
  readonly #feesDollars: number
  readonly #tell: (data: ServerData<'decision_outcome'>, at: string) => void

  constructor({
    market,
    instruments,
    feesDollars,
    tell,
  }: {
    readonly market: OutcomeMarket
    readonly instruments: InstrumentReader
    /** Of one contract, bought and sold. */
    readonly feesDollars: number
    readonly tell: (data: ServerData<'decision_outcome'>, at: string) => void
  }) {
    this.#tracker = new OutcomeTracker(market, (outcome) => this.#judge(outcome))
    this.#instruments = instruments
    this.#feesDollars = feesDollars
    this.#tell = tell
  }

  /** Follows a decision that names a contract. */
  watch({ id, kind, at, underlying, optionSymbol, ask }: Decision): void {
    const listed = optionSymbol === null ? undefined : this.#instruments.find(optionSymbol)
    if (kind === 'exit' || kind === 'command' || listed === undefined || underlying === null) return
    if (ask !== null) this.#asks.set(id, ask)
    this.#tracker.watch({ id, atUs: Date.parse(at) * 1_000, underlying, instrument: listed.index })
  }

  /** Takes what is due, from the market as it stands. */
  advance(nowUs: Us): void {
    this.#tracker.advance(nowUs)
  }

  /** One contract bought at the ask of the decision, sold at the bid of now, after costs. */
  #judge({ id, horizon, atUs, underlyingMicros, bidMicros }: Outcome): void {
    const ask = this.#asks.get(id)
    if (horizon === 'close') this.#asks.delete(id)
    const bid = usd(bidMicros)
    const net = ask === undefined || bid === null ? null : fixed((bid - ask) * 100 - this.#feesDollars, 2)
    const at = iso(atUs)
    this.#tell({ id, outcome: { horizon, at, underlying: usd(underlyingMicros), bid, net } }, at)
  }
}
