import type { Us } from '@scalp/canonical'

const US_PER_MINUTE = 60_000_000

/** Closing prices of the underlying by the minute, one row a day, for the report's charts. */
export interface DayCloses {
  readonly symbol: string
  readonly date: string
  readonly startUs: Us
  readonly stepUs: number
  readonly closesMicros: number[]
}

/** Collects prices of an underlying into closes of a minute. */
export class MinuteCloses {
  readonly days: DayCloses[] = []

  /** Takes a price; the last one of a minute stands. */
  add(symbol: string, date: string, us: Us, priceMicros: number): void {
    let day = this.days.findLast((known) => known.symbol === symbol)
    if (day === undefined || day.date !== date) {
      day = {
        symbol,
        date,
        startUs: Math.floor(us / US_PER_MINUTE) * US_PER_MINUTE,
        stepUs: US_PER_MINUTE,
        closesMicros: [],
      }
      this.days.push(day)
    }
    const at = Math.floor((us - day.startUs) / US_PER_MINUTE)
    const { closesMicros } = day
    while (closesMicros.length < at) closesMicros.push(closesMicros.at(-1) ?? priceMicros)
    closesMicros[at] = priceMicros
  }
}
