import type { SentimentFacts } from '../facts.js'

/** The combined score: as given, else the mean of the known ones; `NaN` without any. */
export function combinedOf(sentiment: SentimentFacts | undefined): number {
  if (sentiment === undefined) return Number.NaN
  const { news, wsb, combined } = sentiment
  if (combined !== undefined) return combined
  if (news === undefined) return wsb ?? Number.NaN
  return wsb === undefined ? news : (news + wsb) / 2
}

export function isStrong(combined: number): boolean {
  return Math.abs(combined) / 100 > 0.3
}
