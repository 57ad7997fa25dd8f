import type { InstrumentIndex, Micros, Quote, Side, Us } from '@scalp/canonical'

interface Taken {
  priceMicros: Micros
  contracts: number
  receivedUs: Us
  takenUs: Us
}

/** How long a level stays eaten while tick quotes show the same price: nobody refills it in the same moment. */
const REFILL_US = 1_000_000

/**
 * What of the displayed size is still there: what our orders took is gone for all of them.
 *
 * A quote is eaten once. A later tick at the same price shows, for a second, size that we have taken; a new price or
 * a new interval sample is new size.
 */
export class Liquidity {
  readonly #participation: number
  readonly #taken = new Map<number, Taken>()

  /** @param participation Share of the displayed size that is ours to take; 0 ignores size. */
  constructor(participation: number) {
    this.#participation = participation
  }

  /** Whole contracts that an order on this side may still take of a quote. */
  available(quote: Quote, side: Side, nowUs: Us): number {
    if (this.#participation === 0) return Number.POSITIVE_INFINITY
    const displayed = side === 'buy' ? quote.askSize : quote.bidSize
    return Math.max(0, Math.floor(displayed * this.#participation - this.#takenOf(quote, side, nowUs)))
  }

  take(quote: Quote, side: Side, contracts: number, nowUs: Us): void {
    const before = this.#takenOf(quote, side, nowUs)
    this.#taken.set(keyOf(quote.instrument, side), {
      priceMicros: priceOf(quote, side),
      contracts: before + contracts,
      receivedUs: quote.receivedUs,
      takenUs: nowUs,
    })
  }

  /** Yesterday's quotes are gone. */
  clear(): void {
    this.#taken.clear()
  }

  #takenOf(quote: Quote, side: Side, nowUs: Us): number {
    const taken = this.#taken.get(keyOf(quote.instrument, side))
    if (taken === undefined || taken.priceMicros !== priceOf(quote, side)) return 0
    if (taken.receivedUs === quote.receivedUs) return taken.contracts
    return quote.sampleUs === 0 && nowUs - taken.takenUs < REFILL_US ? taken.contracts : 0
  }
}

function keyOf(instrument: InstrumentIndex, side: Side): number {
  return instrument * 2 + (side === 'buy' ? 1 : 0)
}

function priceOf(quote: Quote, side: Side): Micros {
  return side === 'buy' ? quote.askMicros : quote.bidMicros
}
