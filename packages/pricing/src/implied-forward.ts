/** Bid and ask of the call and the put of one strike and expiry, in dollars; `NaN` where a side is empty. */
export interface ParityPair {
  readonly strike: number
  readonly callBid: number
  readonly callAsk: number
  readonly putBid: number
  readonly putAsk: number
}

/** A forward read out of option quotes. */
export interface ImpliedForward {
  /** `NaN` when no pair has all four sides. */
  readonly forward: number
  /** The highest price at which the quotes let the forward be sold. */
  readonly low: number
  /** The lowest price at which the quotes let the forward be bought; below `low` when quotes disagree. */
  readonly high: number
  /** Pairs near the money that had all four sides. */
  readonly pairs: number
}

/** Pairs further from the forward than this fraction are left out: wide, seldom quoted, and worth exercising early. */
const NEAR_THE_MONEY = 0.1

/**
 * Estimates the forward from put-call parity, `F = K + (C − P) / discount`, over the near-the-money strikes of one expiry.
 *
 * Near is within 10 % of the strike where call and put cost most nearly the same. Each pair brackets the forward between
 * selling and buying it synthetically. The estimate is the mean of the brackets' middles, weighted by inverse
 * squared width, held inside what all brackets share if they do. For American options it carries the early
 * exercise premium; over days to expiry that is below a basis point.
 *
 * @example
 * impliedForward([{ strike: 100, callBid: 2.4, callAsk: 2.5, putBid: 1.9, putAsk: 2 }]).forward // 100.5
 */
export function impliedForward(pairs: readonly ParityPair[], discount = 1): ImpliedForward {
  const center = roughForward(pairs, discount)
  let weights = 0
  let sum = 0
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  let count = 0
  for (const { strike, callBid, callAsk, putBid, putAsk } of pairs) {
    if (!(Math.abs(strike - center) <= NEAR_THE_MONEY * center)) continue
    const sold = parityForward(callBid, putAsk, strike, discount)
    const bought = parityForward(callAsk, putBid, strike, discount)
    if (!(bought >= sold)) continue
    const width = Math.max(bought - sold, 1e-6 * strike)
    const weight = 1 / (width * width)
    sum += weight * 0.5 * (sold + bought)
    weights += weight
    low = Math.max(low, sold)
    high = Math.min(high, bought)
    count++
  }
  if (count === 0) return { forward: Number.NaN, low: Number.NaN, high: Number.NaN, pairs: 0 }
  const mean = sum / weights
  const forward = low <= high ? Math.min(Math.max(mean, low), high) : mean
  return { forward, low, high, pairs: count }
}

/** The strike where call and put, whose four sides are known and not crossed, cost most nearly the same. */
function roughForward(pairs: readonly ParityPair[], discount: number): number {
  let smallest = Number.POSITIVE_INFINITY
  let nearest = Number.NaN
  for (const { strike, callBid, callAsk, putBid, putAsk } of pairs) {
    if (!(callAsk >= callBid && putAsk >= putBid && strike > 0)) continue
    const difference = 0.5 * (callBid + callAsk - putBid - putAsk)
    if (!(Math.abs(difference) < smallest)) continue
    smallest = Math.abs(difference)
    nearest = parityForward(difference, 0, strike, discount)
  }
  return nearest
}

/** The forward that one call and one put price imply; `NaN` when either is unknown. */
export function parityForward(call: number, put: number, strike: number, discount: number): number {
  return strike + (call - put) / discount
}
