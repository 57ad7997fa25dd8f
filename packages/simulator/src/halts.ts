import type { Instrument, Us } from '@scalp/canonical'

/** A stop of trading, as the status feed told it: nothing fills from `fromUs` until before `toUs`. */
export interface Halt {
  /** The underlying, or one contract. */
  readonly symbol: string
  readonly fromUs: Us
  readonly toUs: Us
}

/** Answers whether an instrument is halted; only the venue knows, not the strategy. */
export class Halts {
  readonly #bySymbol = new Map<string, Halt[]>()

  constructor(halts: readonly Halt[]) {
    for (const halt of halts) {
      const list = this.#bySymbol.get(halt.symbol)
      if (list === undefined) this.#bySymbol.set(halt.symbol, [halt])
      else list.push(halt)
    }
  }

  isHalted(instrument: Instrument, us: Us): boolean {
    if (this.#bySymbol.size === 0) return false
    const root = instrument.kind === 'option' ? instrument.option.underlying : undefined
    return this.#covers(instrument.symbol, us) || (root !== undefined && this.#covers(root, us))
  }

  #covers(symbol: string, us: Us): boolean {
    return this.#bySymbol.get(symbol)?.some(({ fromUs, toUs }) => us >= fromUs && us < toUs) ?? false
  }
}
