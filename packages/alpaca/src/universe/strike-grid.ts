import type { IsoDate } from '@scalp/canonical'

const DAY_MS = 86_400_000
const WEEKLY = new Set([1, 3, 5])
const FRIDAY = 5

/**
 * The distance in dollars between strikes that are probably listed at a price in dollars.
 *
 * A guess to fall back on: the contracts endpoint knows what is listed.
 */
export function strikeInterval(price: number): number {
  if (price < 50) return 1
  if (price < 500) return 2.5
  return price < 1_000 ? 5 : 10
}

/** The strike of the grid that is nearest to a price, both in dollars. */
export function atTheMoneyStrike(price: number): number {
  const interval = strikeInterval(price)
  return Math.round(price / interval) * interval
}

/**
 * Expirations worth watching from a date on, in their order: Mondays, Wednesdays and Fridays of the next
 * 0 to 7 days, the nearest Friday after the date, and the third Friday of a month at least 45 days away.
 *
 * Limit: exchange holidays are not considered.
 */
export function likelyExpirations(from: IsoDate): readonly IsoDate[] {
  const start = Date.parse(`${from}T00:00:00Z`)
  const dates = new Set<number>()
  for (let days = 0; days <= 7; days++) {
    const day = start + days * DAY_MS
    if (WEEKLY.has(weekday(day))) dates.add(day)
  }
  dates.add(start + (((FRIDAY - weekday(start) + 6) % 7) + 1) * DAY_MS)
  dates.add(thirdFridayFrom(start + 45 * DAY_MS))
  return Array.from(dates)
    .sort((a, b) => a - b)
    .map((day) => new Date(day).toISOString().slice(0, 10))
}

function thirdFridayFrom(earliest: number): number {
  const date = new Date(earliest)
  for (let month = date.getUTCMonth(); ; month++) {
    const first = Date.UTC(date.getUTCFullYear(), month, 1)
    const third = first + (((FRIDAY - weekday(first) + 7) % 7) + 14) * DAY_MS
    if (third >= earliest) return third
  }
}

function weekday(day: number): number {
  return new Date(day).getUTCDay()
}
