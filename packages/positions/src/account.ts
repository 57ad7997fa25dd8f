import type {
  AccountReader,
  Fill,
  InstrumentIndex,
  InstrumentReader,
  Micros,
  PositionReader,
  PositionView,
  QuoteReader,
  Settlement,
} from '@scalp/canonical'

/** What an account reads. */
export interface AccountOptions {
  readonly instruments: InstrumentReader
  readonly quotes: QuoteReader
  readonly positions: PositionReader
  readonly startingCashMicros: Micros
}

/** Cash and equity, kept by fills; integer micro-dollars throughout. */
export class Account implements AccountReader {
  readonly #options: AccountOptions
  #cashMicros: Micros
  #sessionStartEquityMicros: Micros
  /** Last usable mark of what is held, for when its quotes vanish. */
  readonly #marks = new Map<InstrumentIndex, Micros>()

  constructor(options: AccountOptions) {
    this.#options = options
    this.#cashMicros = options.startingCashMicros
    this.#sessionStartEquityMicros = options.startingCashMicros
  }

  get cashMicros(): Micros {
    return this.#cashMicros
  }

  get sessionStartEquityMicros(): Micros {
    return this.#sessionStartEquityMicros
  }

  get equityMicros(): Micros {
    let equity = this.#cashMicros
    const open = this.#options.positions.open()
    if (open.length === 0) return equity
    for (const position of open) {
      const { instrument, contracts } = position
      equity += Math.round(this.#mark(position) * contracts * this.#multiplier(instrument))
    }
    return equity
  }

  /** Takes the equity of now as the session's start, or after a restart what it was. */
  startSession(equityMicros: Micros = this.equityMicros): void {
    this.#sessionStartEquityMicros = equityMicros
  }

  /** Keeps the marks of what is held, and of nothing else: called before quotes are forgotten. */
  keepMarks(): void {
    const { positions } = this.#options
    for (const instrument of this.#marks.keys())
      if (positions.contracts(instrument) === 0) this.#marks.delete(instrument)
    for (const position of positions.open()) this.#mark(position)
  }

  /** Moves the cash of a fill. */
  apply({ instrument, side, contracts, priceMicros, feesMicros }: Fill): void {
    const signed = side === 'buy' ? contracts : -contracts
    this.#cashMicros -= signed * priceMicros * this.#multiplier(instrument) + feesMicros
  }

  /** Moves the cash of a settlement. */
  settle({ instrument, contracts, priceMicros, feesMicros }: Settlement): void {
    this.#cashMicros += contracts * priceMicros * this.#multiplier(instrument) - feesMicros
  }

  /** What a position could be closed at by its last usable quote; without any, what it was opened at. */
  #mark({ instrument, contracts, averageMicros }: PositionView): Micros {
    const { quotes } = this.#options
    const quoted = contracts > 0 ? quotes.bidMicros(instrument) : quotes.askMicros(instrument)
    if (!Number.isFinite(quoted)) return this.#marks.get(instrument) ?? averageMicros
    this.#marks.set(instrument, quoted)
    return quoted
  }

  #multiplier(index: InstrumentIndex): number {
    const instrument = this.#options.instruments.get(index)
    return instrument.kind === 'option' ? instrument.option.multiplier : 1
  }
}
