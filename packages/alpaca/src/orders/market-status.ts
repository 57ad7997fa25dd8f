import type { MarketClock } from '../rest/trading-schemas.js'

/** How the market stands, for people and their programs. */
export interface MarketStatus {
  readonly isOpen: boolean
  readonly secondsToOpen: number
  readonly secondsToClose: number
  /** Such as `1d 2h 3m 4s`, leading zero units left out. */
  readonly untilOpen: string
  readonly untilClose: string
}

/** Says how long it is to the next open and close. */
export function marketStatus({ nowUs, isOpen, nextOpenUs, nextCloseUs }: MarketClock): MarketStatus {
  const secondsToOpen = Math.max(0, Math.floor((nextOpenUs - nowUs) / 1_000_000))
  const secondsToClose = Math.max(0, Math.floor((nextCloseUs - nowUs) / 1_000_000))
  return {
    isOpen,
    secondsToOpen,
    secondsToClose,
    untilOpen: formatDuration(secondsToOpen),
    untilClose: formatDuration(secondsToClose),
  }
}

/** Writes seconds as `1d 2h 3m 4s`, leading zero units left out. */
export function formatDuration(seconds: number): string {
  const units = [
    `${Math.floor(seconds / 86_400)}d`,
    `${Math.floor(seconds / 3_600) % 24}h`,
    `${Math.floor(seconds / 60) % 60}m`,
    `${Math.floor(seconds) % 60}s`,
  ]
  const first = units.findIndex((unit) => !unit.startsWith('0'))
  return units.slice(first < 0 ? 3 : first).join(' ')
}
