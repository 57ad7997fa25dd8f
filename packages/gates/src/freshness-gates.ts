import type { Us } from '@scalp/canonical'
import { defineGate, type Gate, type GateResult } from './gate.js'
import { underlyingOf } from './internal/intent.js'
import { ageMsOf, describe, toResult, withAge } from './internal/result.js'

/** How old data may be, and how far in the future a clock may place it. */
export interface FreshnessOptions {
  readonly maxAgeMs?: number
  /** A negative age beyond this is a clock that cannot be trusted, not a fresh price. */
  readonly maxSkewMs?: number
}

const MAX_SKEW_MS = 1_000

/** Refuses without a price of the underlying that is at most `maxAgeMs` old. */
export function underlyingFreshGate({
  maxAgeMs = 5_000,
  maxSkewMs = MAX_SKEW_MS,
}: FreshnessOptions = {}): Gate {
  return defineGate({
    name: 'underlying_price_fresh',
    stage: 'data_freshness',
    severity: 'hard',
    reason: 'STALE_DATA',
    check({ instrument }, { nowUs, instruments, prices }) {
      const sourceUs = prices.get(underlyingOf(instruments.get(instrument)))?.sourceUs ?? Number.NaN
      return fresh({ what: 'underlying price', nowUs, sourceUs, maxAgeMs, maxSkewMs })
    },
  })
}

/**
 * Refuses without a quote that is at most `maxAgeMs` old.
 *
 * A quote sampled at the end of an interval is as old as the data allow for up to one interval more, so the
 * interval is added to the limit; what an order then fills on is the venue's matter, which waits for the next sample.
 */
export function quoteFreshGate({ maxAgeMs = 5_000, maxSkewMs = MAX_SKEW_MS }: FreshnessOptions = {}): Gate {
  return defineGate({
    name: 'quote_fresh',
    stage: 'data_freshness',
    severity: 'hard',
    reason: 'STALE_DATA',
    check({ instrument }, { nowUs, quotes }) {
      const sampleMs = quotes.sampleUs(instrument) / 1_000
      const limitMs = maxAgeMs + (sampleMs > 0 ? sampleMs : 0)
      const sourceUs = quotes.sourceUs(instrument)
      return fresh({ what: 'quote', nowUs, sourceUs, maxAgeMs: limitMs, maxSkewMs })
    },
  })
}

/** Refuses without Greeks that are at most `maxAgeMs` old. */
export function greeksFreshGate({ maxAgeMs = 90_000, maxSkewMs = MAX_SKEW_MS }: FreshnessOptions = {}): Gate {
  return defineGate({
    name: 'greeks_fresh',
    stage: 'data_freshness',
    severity: 'hard',
    reason: 'STALE_DATA',
    check({ instrument }, { nowUs, greeks }) {
      const sourceUs = greeks?.sourceUs(instrument) ?? Number.NaN
      return fresh({ what: 'Greeks', nowUs, sourceUs, maxAgeMs, maxSkewMs })
    },
  })
}

function fresh({
  what,
  nowUs,
  sourceUs,
  maxAgeMs,
  maxSkewMs,
}: {
  readonly what: string
  readonly nowUs: Us
  readonly sourceUs: Us
  readonly maxAgeMs: number
  readonly maxSkewMs: number
}): GateResult {
  const ageMs = ageMsOf(nowUs, sourceUs)
  const value = (nowUs - sourceUs) / 1_000_000
  const limit = maxAgeMs / 1_000
  const isSkewed = ageMs < -maxSkewMs
  const passed = ageMs <= maxAgeMs && !isSkewed
  const message = isSkewed
    ? `${what} is ${(-value).toFixed(1)} s in the future: a clock is wrong`
    : describe({ what: `${what} age`, value, decimals: 1, unit: 's', passed, allowed: `at most ${limit} s` })
  const resumes = isSkewed ? 'when the clocks agree' : `with ${what} at most ${limit} s old`
  return withAge(toResult({ passed, value, limit, unit: 's', message, resumes }), ageMs)
}
