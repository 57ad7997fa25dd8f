import { US_PER_SECOND, type Us } from '@scalp/canonical'

/** Both sides of a quote in dollars, as messages carry them; null is a side never received. */
export interface DollarSides {
  readonly bid: number | null
  readonly ask: number | null
}

/** What the sides of a quote say, in dollars. */
export interface DerivedQuote {
  readonly mid: number | null
  readonly spread: number | null
  /** Percent of the mid, `Infinity` when the mid is not positive; a value for memory only, JSON has none. */
  readonly spreadPercent: number | null
  /** Both sides were received. */
  readonly hasQuote: boolean
  /** The ask is below the bid. */
  readonly isCrossed: boolean
  /** Bid and ask are the same positive price. */
  readonly isLocked: boolean
  /** Exactly one side has a positive price. */
  readonly isOneSided: boolean
}

/** Derives mid, spread and state of a quote; the numbers are null unless both sides were received. */
export function deriveQuote({ bid, ask }: DollarSides): DerivedQuote {
  const isOneSided = (bid ?? 0) > 0 !== (ask ?? 0) > 0
  if (bid === null || ask === null) {
    return {
      mid: null,
      spread: null,
      spreadPercent: null,
      hasQuote: false,
      isCrossed: false,
      isLocked: false,
      isOneSided,
    }
  }
  const mid = (bid + ask) / 2
  const spread = ask - bid
  return {
    mid,
    spread,
    spreadPercent: mid > 0 ? (spread / mid) * 100 : Number.POSITIVE_INFINITY,
    hasQuote: true,
    isCrossed: ask < bid,
    isLocked: bid === ask && bid > 0,
    isOneSided,
  }
}

/** Age of data in seconds; negative when its clock is ahead of ours. */
export function ageSeconds(sourceUs: Us, nowUs: Us): number {
  return (nowUs - sourceUs) / US_PER_SECOND
}
