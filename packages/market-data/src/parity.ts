import type { InstrumentIndex, Micros, QuoteReader, Us } from '@scalp/canonical'
import type { StrikePair } from './chain.js'

/** Which pairs an estimate by put-call parity trusts. */
export interface ParityRules {
  /** Both spreads must be narrower, percent of mid. */
  readonly maxSpreadPct: number
  /** Both quotes must have a source time at or after this; `-Infinity` takes every age. */
  readonly oldestUs: Us
  /** Fewer usable pairs than this give no estimate. */
  readonly minPairs: number
}

/**
 * Estimates the underlying's price from the calls and puts of one expiry; `NaN` without enough usable pairs.
 *
 * Formula: S = K + C - P at the strike with the smallest |C - P|, mids; interest and dividends are neglected.
 */
export function parityPrice(
  pairs: readonly StrikePair[],
  quotes: QuoteReader,
  { maxSpreadPct, oldestUs, minPairs }: ParityRules,
): Micros {
  let usable = 0
  let smallest = Number.POSITIVE_INFINITY
  let price = Number.NaN
  for (const { strikeThousandths, call, put } of pairs) {
    if (call === undefined || put === undefined) continue
    if (!isUsable(quotes, call, maxSpreadPct, oldestUs)) continue
    if (!isUsable(quotes, put, maxSpreadPct, oldestUs)) continue
    usable++
    const difference = quotes.midMicros(call) - quotes.midMicros(put)
    if (Math.abs(difference) >= smallest) continue
    smallest = Math.abs(difference)
    price = strikeThousandths * 1_000 + difference
  }
  return usable >= minPairs ? price : Number.NaN
}

function isUsable(quotes: QuoteReader, index: InstrumentIndex, maxSpreadPct: number, oldestUs: Us): boolean {
  return (
    quotes.isTradable(index) &&
    quotes.spreadPercent(index) < maxSpreadPct &&
    quotes.sourceUs(index) >= oldestUs
  )
}
