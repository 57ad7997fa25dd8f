import { type InstrumentIndex, InstrumentTable, type QuoteView, type Tape } from '@scalp/canonical'
import { createEngine } from '@scalp/engine'
import { createGateKeeper } from '@scalp/gates'
import { ContractMoves, createExchangeCalendar } from '@scalp/market-data'
import { createFlatCosts, replay, SimulatedBroker } from '@scalp/simulator'
import { defineStrategy, type Strategy } from '@scalp/strategy'

/** What a strategy of a benchmark saw, to compare with another engine's. */
export interface Pulse {
  quotes: number
  signals: number
  sum: number
}

const schema = { '~standard': { version: 1, vendor: 'bench', validate: () => ({ value: {} }) } } as const

/** Looks at every quote: the contract's move, its average, and counts those that rose and still cost less. */
export class PulseHandlers {
  readonly seen: Pulse = { quotes: 0, signals: 0, sum: 0.5 }
  readonly #moves = new ContractMoves()
  readonly #onSignal: ((instrument: InstrumentIndex) => undefined) | undefined
  readonly #every: number

  constructor(every = Number.POSITIVE_INFINITY, onSignal?: (instrument: InstrumentIndex) => undefined) {
    this.#every = every
    this.#onSignal = onSignal
  }

  onQuote(quote: QuoteView): undefined {
    const { instrument } = quote
    const moves = this.#moves
    moves.add(quote)
    const change = moves.changePct(instrument)
    if (change > 1 && quote.askMicros < moves.averageMicros(instrument)) {
      this.seen.signals++
      this.seen.sum += change
    }
    this.seen.quotes++
    if (this.seen.quotes % this.#every === 0) this.#onSignal?.(instrument)
  }
}

/** A strategy round handlers that a benchmark keeps. */
export function pulseStrategy(create: Strategy['create']): Strategy {
  return defineStrategy({ contract: 1, name: 'pulse', config: schema, create })
}

/** A whole replay of a tape, without orders: merge, venue, wakes, session bells, engine, strategy. */
export async function replayPulse(tapeOf: (instruments: InstrumentTable) => Tape): Promise<Pulse> {
  const instruments = new InstrumentTable()
  const calendar = createExchangeCalendar()
  const handlers = new PulseHandlers()
  const broker = new SimulatedBroker({ instruments, calendar, costs: createFlatCosts(0) })
  const engine = createEngine({
    strategy: pulseStrategy(() => handlers),
    config: {},
    underlyings: [],
    instruments,
    calendar,
    gates: createGateKeeper({ gates: [], idPrefix: 'bench' }),
    broker,
    startingCashMicros: 10_000_000_000,
  })
  await replay({ engine, broker, tapes: [tapeOf(instruments)] })
  return handlers.seen
}
