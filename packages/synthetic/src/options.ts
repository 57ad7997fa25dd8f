import { type IsoDate, isIsoDate, type Micros, type Session } from '@scalp/canonical'
import { createExchangeCalendar } from '@scalp/market-data'
import { SyntheticOptionsError } from './errors.js'

/** Lists trading sessions, as the exchange calendar of `@scalp/market-data` does. */
export interface SessionSource {
  /** The sessions of the dates from `from` to `to`, both included, in order. */
  sessions(from: IsoDate, to: IsoDate): Iterable<Session>
}

/** On which weekdays options expire: every day, or Monday, Wednesday and Friday. */
export type ExpiryRhythm = 'daily' | 'monday-wednesday-friday'

/** What a synthetic market is made from. The same options make the same market, bit by bit. */
export interface SyntheticMarketOptions {
  readonly seed: string | number
  /** Ticker of the underlying, 1 to 5 capital letters; `DEMO` unless given. */
  readonly underlying?: string
  /** The first session is on this date or the next one that trades. */
  readonly startDate: IsoDate
  /** How many sessions, 1 or more. */
  readonly days: number
  /** Close of the day before the first, from $5 to $5,000; $250 unless given. */
  readonly startPriceMicros?: Micros
  /** Roughly how many quote rows a full day has; sets the number of contracts. 24,000 unless given. */
  readonly quotesPerDay?: number
  /** `daily` unless given. */
  readonly expiries?: ExpiryRhythm
  /** The exchange calendar unless given. */
  readonly calendar?: SessionSource
}

/** The options with nothing left open. */
export type ResolvedOptions = Required<SyntheticMarketOptions>

/**
 * Fills in what is not given.
 *
 * @throws {@link SyntheticOptionsError} When a value makes no sense.
 */
export function resolveOptions(options: SyntheticMarketOptions): ResolvedOptions {
  const {
    seed,
    underlying = 'DEMO',
    startDate,
    days,
    startPriceMicros = 250_000_000,
    quotesPerDay = 24_000,
    expiries = 'daily',
    calendar = createExchangeCalendar(),
  } = options
  demand('underlying', underlying, /^[A-Z]{1,5}$/.test(underlying), 'it must be 1 to 5 capital letters')
  demand('startDate', startDate, isIsoDate(startDate), 'it must be a date YYYY-MM-DD')
  demand('days', days, Number.isInteger(days) && days >= 1, 'it must be a positive integer')
  demand(
    'startPriceMicros',
    startPriceMicros,
    startPriceMicros >= 5_000_000 && startPriceMicros <= 5_000_000_000 && startPriceMicros % 10_000 === 0,
    'it must be whole cents from $5 to $5,000, in micro-dollars',
  )
  demand(
    'quotesPerDay',
    quotesPerDay,
    quotesPerDay >= 2_000 && quotesPerDay <= 1_000_000,
    'it must be from 2,000 to 1,000,000',
  )
  return { seed, underlying, startDate, days, startPriceMicros, quotesPerDay, expiries, calendar }
}

function demand(option: string, value: unknown, isSane: boolean, reason: string): void {
  if (!isSane) throw new SyntheticOptionsError({ option, value, reason })
}
