import type {
  AccountReader,
  Fill,
  InstrumentIndex,
  InstrumentReader,
  Micros,
  PositionReader,
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
    for (const { instrument, contracts, averageMicros } of open) {
      const { quotes } = this.#options
      const quoted = contracts > 0 ? quotes.bidMicros(instrument) : quotes.askMicros(instrument)
      if (Number.isFinite(quoted)) this.#marks.set(instrument, quoted)
      const mark = Number.isFinite(quoted) ? quoted : (this.#marks.get(instrument) ?? averageMicros)
      equity += Math.round(mark * contracts * this.#multiplier(instrument))
    }
    return equity
  }

  /** Takes the equity of now as the session's start, or after a restart what it was. */
  startSession(equityMicros: Micros = this.equityMicros): void {
    this.#sessionStartEquityMicros = equityMicros
    this.#marks.clear()
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

  #multiplier(index: InstrumentIndex): number {
    const instrument = this.#options.instruments.get(index)
    return instrument.kind === 'option' ? instrument.option.multiplier : 1
  }
}
