/** What people write about an underlying. Scores are -100 (bearish) to 100 (bullish); unknown is absent. */
export interface SentimentFacts {
  readonly news?: number
  readonly wsb?: number
  /** The mean of the known scores when absent. */
  readonly combined?: number
  /** Mentions within 24 hours. */
  readonly mentions: number
  readonly isTrending: boolean
  readonly ageHours?: number
}

/** Where the price stands against its own past, percent; unknown is absent. */
export interface TrendFacts {
  readonly vs52WeekHighPercent?: number
  readonly vsSma50Percent?: number
  readonly vsSma200Percent?: number
  /** Days in a row below the 200-day average. */
  readonly daysBelowSma200: number
  readonly isDeathCross: boolean
  /** A verdict made elsewhere; it replaces the rules. */
  readonly bearMarket?: { readonly isBear: boolean; readonly reason: string }
}

/** What is known of an underlying beyond its prices. All optional: an absent input is unknown, never 0. */
export interface UnderlyingFacts {
  /** Rank of implied volatility within its year, 0 to 100. */
  readonly ivRank?: number
  readonly sentiment?: SentimentFacts
  /** Relative strength index, 0 to 100. */
  readonly rsi?: number
  readonly daysUntilEarnings?: number
  readonly daysSinceEarnings?: number
  readonly vix?: number
  readonly trend?: TrendFacts
  /** Do news, crowd and option flow agree with the action? */
  readonly isThreeSourceAligned?: boolean
  /** Points of the technical indicators for the action, -15 to 25. */
  readonly technicalPoints?: number
  /** Volume of puts over volume of calls. */
  readonly putCallRatio?: number
}

/** Reads facts by the symbol of the underlying. */
export interface FactsReader {
  get(underlying: string): UnderlyingFacts | undefined
}
