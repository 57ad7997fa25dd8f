import type { FillBounds, Micros, Quote, Side, Us } from '@scalp/canonical'
import { fillPriceMicros, type Slippage } from './fill-price.js'

/** What bounds are computed of. */
export interface BoundsInput {
  readonly side: Side
  readonly limitMicros: Micros | undefined
  readonly slippage: Slippage
  /** When the order was at the venue. */
  readonly arrivedUs: Us
  /** The sample that stood then, and the one that it filled on. */
  readonly before: Quote | undefined
  readonly quote: Quote
  readonly priceMicros: Micros
}

/**
 * The prices between which an order that met only interval samples would have filled: the samples on both sides of
 * its arrival, and the one to expect on the line between them at that moment.
 *
 * Undefined for tick quotes. What happened inside of the interval beyond its two ends is not known and not bounded.
 */
export function boundFill(input: BoundsInput): FillBounds | undefined {
  const { side, limitMicros, slippage, arrivedUs, before, quote, priceMicros } = input
  if (quote.sampleUs <= 0) return undefined
  const earlier = before === undefined ? Number.NaN : fillPriceMicros(side, before, limitMicros, slippage)
  if (before === undefined || Number.isNaN(earlier) || before.receivedUs >= quote.receivedUs)
    return { bestMicros: priceMicros, expectedMicros: priceMicros, worstMicros: priceMicros }
  const share = (arrivedUs - before.receivedUs) / (quote.receivedUs - before.receivedUs)
  const low = Math.min(earlier, priceMicros)
  const high = Math.max(earlier, priceMicros)
  return {
    bestMicros: side === 'buy' ? low : high,
    expectedMicros: Math.round(earlier + (priceMicros - earlier) * Math.min(1, Math.max(0, share))),
    worstMicros: side === 'buy' ? high : low,
  }
}
