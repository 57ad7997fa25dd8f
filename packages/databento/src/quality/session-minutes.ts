import type { IsoDate, Us } from '@scalp/canonical'
import type { QuoteGap } from './report.js'

const US_PER_MINUTE = 60_000_000
const MAX_GAPS = 10

/** When the market of a day is open, µs since 1970. */
export interface SessionTimes {
  readonly openUs: Us
  readonly closeUs: Us
}

/** Minutes of one day's session, as records stand for them. */
export class SessionMinutes {
  readonly date: IsoDate
  /** Minutes of the session; 0 on a day without one. */
  readonly count: number
  readonly #openUs: number
  /** Records up to this are no fault: index options trade a quarter of an hour longer. */
  readonly #lastUs: number

  constructor(date: IsoDate, session: SessionTimes | undefined, graceUs: number) {
    this.date = date
    this.#openUs = session?.openUs ?? Number.NaN
    this.#lastUs = (session?.closeUs ?? Number.NaN) + graceUs
    this.count = session === undefined ? 0 : Math.ceil((session.closeUs - session.openUs) / US_PER_MINUTE)
  }

  /** True outside the session and the time of grace after it; of a sample, by the interval it ends. */
  isOutside(us: Us, isSample: boolean): boolean {
    const isInside = isSample
      ? us > this.#openUs && us <= this.#lastUs
      : us >= this.#openUs && us < this.#lastUs
    return !isInside
  }

  /** The minute of the session that a time belongs to; outside 0 to `count` when it belongs to none. */
  minuteOf(us: Us, isSample: boolean): number {
    const minutes = (us - this.#openUs) / US_PER_MINUTE
    if (Number.isNaN(minutes)) return -1
    return isSample ? Math.ceil(minutes) - 1 : Math.floor(minutes)
  }

  /** Minutes not seen, and the runs of two and more among them. */
  gapsOf(seen: Uint8Array): { missing: number; gaps: QuoteGap[] } {
    let missing = 0
    let start = -1
    const gaps: QuoteGap[] = []
    for (let minute = 0; minute <= this.count; minute++) {
      const isMissing = minute < this.count && seen[minute] === 0
      if (isMissing) missing++
      if (isMissing && start < 0) start = minute
      if (isMissing || start < 0) continue
      const minutes = minute - start
      if (minutes > 1) gaps.push({ from: this.#clock(start), to: this.#clock(minute), minutes })
      start = -1
    }
    gaps.sort((a, b) => b.minutes - a.minutes)
    return { missing, gaps: gaps.slice(0, MAX_GAPS) }
  }

  #clock(minute: number): string {
    return new Date((this.#openUs + minute * US_PER_MINUTE) / 1_000).toISOString().slice(11, 16)
  }
}
