import type { CalendarReader, InstrumentIndex, Micros, UnderlyingReader, Us } from '@scalp/canonical'
import type { GreeksReader } from '@scalp/gates'
import type { DeltaMarket } from './contract-book.js'
import { OptionDelta } from './option-delta.js'

/** Where an engine's gates find the market: an engine is one. */
export interface GreeksMarket extends Omit<DeltaMarket, 'calendar'> {
  readonly prices: UnderlyingReader
  /** The time of the turn. */
  readonly nowUs: Us
}

/**
 * Greeks for gates, computed from the quotes of the moment when a gate asks: no feed needs to supply any.
 *
 * An engine takes its readers before it exists, so this one is connected afterwards; until then, and where the quotes admit no
 * Greeks, all is unknown and gates refuse. Their time is that of the quote they follow from.
 *
 * @example
 * const greeks = new ComputedGreeks()
 * const engine = createEngine({ ...options, gateReaders: { greeks } })
 * greeks.connect(engine, calendar)
 */
export class ComputedGreeks implements GreeksReader {
  #market: GreeksMarket | undefined
  #source: OptionDelta | undefined

  connect(market: GreeksMarket, calendar: CalendarReader): void {
    const { instruments, quotes } = market
    this.#market = market
    this.#source = new OptionDelta({ instruments, quotes, calendar })
  }

  delta(instrument: InstrumentIndex): number {
    const market = this.#market
    if (market === undefined || this.#source === undefined) return Number.NaN
    return this.#source.delta(instrument, priceOf(market, instrument), market.nowUs)
  }

  sourceUs(instrument: InstrumentIndex): Us {
    return Number.isNaN(this.delta(instrument))
      ? Number.NaN
      : (this.#source?.columns.sourceUs(instrument) ?? Number.NaN)
  }
}

function priceOf({ instruments, prices }: GreeksMarket, instrument: InstrumentIndex): Micros {
  const listed = instruments.get(instrument)
  return listed.kind === 'option'
    ? (prices.get(listed.option.underlying)?.priceMicros ?? Number.NaN)
    : Number.NaN
}
