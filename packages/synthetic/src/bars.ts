import type { Session } from '@scalp/canonical'
import { US_PER_MINUTE } from '@scalp/canonical'

/** Bars of the underlying in columns, one entry per interval of the session, none missing. */
export interface SyntheticBars {
  readonly count: number
  /** Length of every bar, µs. */
  readonly lengthUs: number
  readonly startUs: Float64Array
  readonly openMicros: Float64Array
  readonly highMicros: Float64Array
  readonly lowMicros: Float64Array
  readonly closeMicros: Float64Array
  /** Shares. */
  readonly volume: Float64Array
}

/** Makes empty columns for the bars of a session. */
export function createBars({ openUs, closeUs }: Session, lengthUs: number): SyntheticBars {
  const count = Math.round((closeUs - openUs) / lengthUs)
  const startUs = new Float64Array(count)
  for (let i = 0; i < count; i++) startUs[i] = openUs + i * lengthUs
  return {
    count,
    lengthUs,
    startUs,
    openMicros: new Float64Array(count),
    highMicros: new Float64Array(count),
    lowMicros: new Float64Array(count),
    closeMicros: new Float64Array(count),
    volume: new Float64Array(count),
  }
}

/** Sums shorter bars up to bars of a minute. */
export function toMinuteBars(bars: SyntheticBars, session: Session): SyntheticBars {
  const minutes = createBars(session, US_PER_MINUTE)
  const perMinute = US_PER_MINUTE / bars.lengthUs
  for (let minute = 0; minute < minutes.count; minute++) {
    const first = minute * perMinute
    const end = first + perMinute
    let high = Number.NEGATIVE_INFINITY
    let low = Number.POSITIVE_INFINITY
    let volume = 0
    for (let i = first; i < end; i++) {
      high = Math.max(high, at(bars.highMicros, i))
      low = Math.min(low, at(bars.lowMicros, i))
      volume += at(bars.volume, i)
    }
    minutes.openMicros[minute] = at(bars.openMicros, first)
    minutes.highMicros[minute] = high
    minutes.lowMicros[minute] = low
    minutes.closeMicros[minute] = at(bars.closeMicros, end - 1)
    minutes.volume[minute] = volume
  }
  return minutes
}

function at(column: Float64Array, i: number): number {
  return column[i] as number
}
