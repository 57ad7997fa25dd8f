import type { InstrumentIndex, Micros, QuoteReader, Us } from '@scalp/canonical'
import { ageSeconds } from './derived.js'
import type { GreeksColumns } from './greeks-columns.js'
import { defaultStaleness, type Freshness, freshness, type StalenessThresholds } from './staleness.js'
import type { TradeColumns } from './trade-columns.js'

/** All that is known of an option at an instant; null for what was never received. */
export interface MergedOption {
  readonly instrument: InstrumentIndex
  readonly bidMicros: Micros | null
  readonly askMicros: Micros | null
  readonly bidSize: number | null
  readonly askSize: number | null
  /** Null unless both sides exist. */
  readonly midMicros: Micros | null
  readonly spreadMicros: Micros | null
  /** Percent of the mid; null also when the mid is not positive. */
  readonly spreadPercent: number | null
  readonly lastMicros: Micros | null
  readonly openInterest: number | null
  /** The larger of what was published and what was traded before our eyes. */
  readonly volume: number | null
  readonly delta: number | null
  readonly gamma: number | null
  readonly theta: number | null
  readonly vega: number | null
  readonly rho: number | null
  readonly iv: number | null
  readonly theoreticalMicros: Micros | null
  /** Both sides exist. */
  readonly hasQuote: boolean
  readonly hasGreeks: boolean
  /** Seconds by source time; negative when its clock is ahead. */
  readonly quoteAge: number | null
  readonly greeksAge: number | null
  readonly quoteFreshness: Freshness
  readonly greeksFreshness: Freshness
}

/** Where the parts of a view stand. */
export interface OptionColumns {
  readonly quotes: QuoteReader
  readonly greeks: GreeksColumns
  readonly trades: TradeColumns
}

/** Puts together all that is known of an option as of an instant: a new object, for gates, logs and screens. */
export function mergeOption(
  { quotes, greeks, trades }: OptionColumns,
  instrument: InstrumentIndex,
  nowUs: Us,
  { quoteSeconds, greeksSeconds, skewSeconds }: StalenessThresholds = defaultStaleness,
): MergedOption {
  const quoteUs = quotes.sourceUs(instrument)
  const greeksUs = greeks.sourceUs(instrument)
  const midMicros = known(quotes.midMicros(instrument))
  return {
    instrument,
    bidMicros: known(quotes.bidMicros(instrument)),
    askMicros: known(quotes.askMicros(instrument)),
    bidSize: known(quotes.bidSize(instrument)),
    askSize: known(quotes.askSize(instrument)),
    midMicros,
    spreadMicros: known(quotes.spreadMicros(instrument)),
    spreadPercent: known(quotes.spreadPercent(instrument)),
    lastMicros: known(trades.lastMicros(instrument)),
    openInterest: known(quotes.openInterest(instrument)),
    volume: larger(known(quotes.volume(instrument)), known(trades.volume(instrument))),
    delta: known(greeks.delta(instrument)),
    gamma: known(greeks.gamma(instrument)),
    theta: known(greeks.theta(instrument)),
    vega: known(greeks.vega(instrument)),
    rho: known(greeks.rho(instrument)),
    iv: known(greeks.iv(instrument)),
    theoreticalMicros: known(greeks.theoreticalMicros(instrument)),
    hasQuote: midMicros !== null,
    hasGreeks: greeks.has(instrument),
    quoteAge: known(ageSeconds(quoteUs, nowUs)),
    greeksAge: known(ageSeconds(greeksUs, nowUs)),
    quoteFreshness: freshness(quoteUs, nowUs, quoteSeconds, skewSeconds),
    greeksFreshness: freshness(greeksUs, nowUs, greeksSeconds, skewSeconds),
  }
}

/** Null for what is unknown. */
export function known(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
