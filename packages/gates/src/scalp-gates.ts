import type { Instrument, Micros, OptionId, OrderIntent, Us } from '@scalp/canonical'
import { defineGate, type Gate, type GateContext, type GateResult } from './gate.js'

/** A negative age beyond this is a clock that cannot be trusted, not a fresh price. */
const MAX_SKEW_MS = 1_000

/** Refuses without a price of the underlying that is at most `maxAgeMs` old. */
export function underlyingFreshGate({ maxAgeMs = 5_000 }: { readonly maxAgeMs?: number } = {}): Gate {
  return defineGate({
    name: 'underlying_price_fresh',
    stage: 'data_freshness',
    severity: 'hard',
    reason: 'STALE_DATA',
    check(intent, { nowUs, instruments, prices }) {
      const option = optionOf(instruments.get(intent.instrument))
      const sourceUs = option === undefined ? undefined : prices.get(option.underlying)?.sourceUs
      return fresh('underlying price', nowUs, sourceUs ?? Number.NaN, maxAgeMs)
    },
  })
}

/**
 * Refuses without a quote that is at most `maxAgeMs` old.
 *
 * A quote sampled at the end of an interval is as old as the data allow for up to one interval more, so the
 * interval is added to the limit; what an order then fills on is the venue's matter, which waits for the next sample.
 */
export function quoteFreshGate({ maxAgeMs = 5_000 }: { readonly maxAgeMs?: number } = {}): Gate {
  return defineGate({
    name: 'quote_fresh',
    stage: 'data_freshness',
    severity: 'hard',
    reason: 'STALE_DATA',
    check({ instrument }, { nowUs, quotes }) {
      const sampleMs = quotes.sampleUs(instrument) / 1_000
      return fresh('quote', nowUs, quotes.sourceUs(instrument), maxAgeMs + (sampleMs > 0 ? sampleMs : 0))
    },
  })
}

/** Refuses without Greeks that are at most `maxAgeMs` old. */
export function greeksFreshGate({ maxAgeMs = 90_000 }: { readonly maxAgeMs?: number } = {}): Gate {
  return defineGate({
    name: 'greeks_fresh',
    stage: 'data_freshness',
    severity: 'hard',
    reason: 'STALE_DATA',
    check: ({ instrument }, { nowUs, greeks }) =>
      fresh('Greeks', nowUs, greeks?.sourceUs(instrument) ?? Number.NaN, maxAgeMs),
  })
}

/** Refuses when the spread is wider than `maxPercent` of the mid, unknown, crossed or one-sided. */
export function spreadGate({ maxPercent = 10 }: { readonly maxPercent?: number } = {}): Gate {
  return defineGate({
    name: 'spread_acceptable',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'SPREAD_TOO_WIDE',
    check({ instrument }, { quotes }) {
      const value = quotes.isTradable(instrument) ? quotes.spreadPercent(instrument) : Number.NaN
      return atMost('spread', value, maxPercent, '%', 'when the spread narrows')
    },
  })
}

/** Refuses when fewer than `min` contracts are open, or nobody knows how many. */
export function openInterestGate({ min = 500 }: { readonly min?: number } = {}): Gate {
  return defineGate({
    name: 'open_interest_sufficient',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'LIQUIDITY_INSUFFICIENT',
    check: ({ instrument }, { quotes }) =>
      atLeast(
        'open interest',
        quotes.openInterest(instrument),
        min,
        'contracts',
        'with a contract more widely held: try nearby strikes',
      ),
  })
}

/** Refuses when fewer than `min` contracts traded today, or nobody knows how many. */
export function volumeGate({ min = 100 }: { readonly min?: number } = {}): Gate {
  return defineGate({
    name: 'volume_sufficient',
    stage: 'liquidity',
    severity: 'hard',
    reason: 'LIQUIDITY_INSUFFICIENT',
    check: ({ instrument }, { quotes }) =>
      atLeast(
        'volume',
        quotes.volume(instrument),
        min,
        'contracts',
        'with a contract more traded: try nearby strikes',
      ),
  })
}

/** Refuses when the size of delta is outside the range, or unknown. */
export function deltaGate({
  min = 0.1,
  max = 0.8,
}: {
  readonly min?: number
  readonly max?: number
} = {}): Gate {
  return defineGate({
    name: 'delta_in_range',
    stage: 'strategy_fit',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check({ instrument }, { greeks }) {
      const value = Math.abs(greeks?.delta(instrument) ?? Number.NaN)
      const passed = value >= min && value <= max
      return result(
        passed,
        value,
        `${min} to ${max}`,
        '',
        describe('delta', value, 2, passed, `${min} to ${max}`),
        'with a strike of another delta',
      )
    },
  })
}

/** Refuses when the cash does not pay for the order at the ask. */
export function cashGate(): Gate {
  return defineGate({
    name: 'cash_available',
    stage: 'portfolio_constraints',
    severity: 'hard',
    reason: 'PORTFOLIO_CONSTRAINT',
    check(intent, context) {
      const need = costMicros(intent, context)
      const { cashMicros } = context.account
      const passed = cashMicros >= need
      const resumes = `with ${dollars(need)} of cash, or a smaller size`
      return result(
        passed,
        cashMicros / 1e6,
        need / 1e6,
        'USD',
        passed ? 'OK' : `cash ${dollars(cashMicros)}, needed ${dollars(need)}`,
        resumes,
      )
    },
  })
}

/** Refuses when the order costs more than `maxPercent` of the equity. */
export function positionSizeGate({ maxPercent = 20 }: { readonly maxPercent?: number } = {}): Gate {
  return defineGate({
    name: 'position_size_limit',
    stage: 'portfolio_constraints',
    severity: 'hard',
    reason: 'PORTFOLIO_CONSTRAINT',
    check(intent, context) {
      const equity = context.account.equityMicros
      const value = equity > 0 ? (costMicros(intent, context) / equity) * 100 : Number.NaN
      return atMost('position', value, maxPercent, '% of equity', 'with a smaller size')
    },
  })
}

/** Refuses outside the session, in its first `skipOpenMinutes` and its last `skipCloseMinutes`. */
export function tradingHoursGate({
  skipOpenMinutes = 30,
  skipCloseMinutes = 15,
}: {
  readonly skipOpenMinutes?: number
  readonly skipCloseMinutes?: number
} = {}): Gate {
  return defineGate({
    name: 'trading_hours',
    stage: 'risk_management',
    severity: 'hard',
    reason: 'GATES_FAILED',
    check(_, { nowUs, calendar }) {
      const session = calendar.session(nowUs)
      const since = session === undefined ? Number.NaN : (nowUs - session.openUs) / 60e6
      const until = session === undefined ? Number.NaN : (session.closeUs - nowUs) / 60e6
      if (since >= skipOpenMinutes && until >= skipCloseMinutes && until > 0)
        return result(true, since, skipOpenMinutes, 'min', 'OK', '')
      if (since >= skipOpenMinutes)
        return result(
          false,
          until,
          skipCloseMinutes,
          'min',
          `${until.toFixed(1)} min until the close, ${skipCloseMinutes} needed`,
          'in the next session',
        )
      if (session === undefined)
        return result(false, Number.NaN, skipOpenMinutes, 'min', 'no session today', 'in the next session')
      return result(
        false,
        since,
        skipOpenMinutes,
        'min',
        `${since.toFixed(1)} min since the open, ${skipOpenMinutes} needed`,
        `${skipOpenMinutes} min after the open`,
      )
    },
  })
}

function fresh(what: string, nowUs: Us, sourceUs: Us, maxAgeMs: number): GateResult {
  const ageMs = (nowUs - sourceUs) / 1_000
  const seconds = ageMs / 1_000
  const limit = maxAgeMs / 1_000
  const passed = ageMs <= maxAgeMs && ageMs >= -MAX_SKEW_MS
  const isSkewed = ageMs < -MAX_SKEW_MS
  const message = isSkewed
    ? `${what} is ${(-seconds).toFixed(1)} s in the future: a clock is wrong`
    : describe(what, seconds, 1, passed, `${limit} s`)
  const resumes = isSkewed ? 'when the clocks agree' : `with a ${what} at most ${limit} s old`
  return {
    ...result(passed, seconds, limit, 's', message, resumes),
    ...(Number.isNaN(ageMs) ? {} : { ageMs }),
  }
}

function atMost(what: string, value: number, limit: number, unit: string, resumes: string): GateResult {
  const passed = value <= limit
  return result(
    passed,
    value,
    limit,
    unit,
    describe(what, value, 1, passed, `${limit} ${unit}`),
    `${resumes} to ${limit} ${unit}`,
  )
}

function atLeast(what: string, value: number, limit: number, unit: string, resumes: string): GateResult {
  const passed = value >= limit
  return result(
    passed,
    value,
    limit,
    unit,
    describe(what, value, 0, passed, `at least ${limit} ${unit}`),
    resumes,
  )
}

function describe(what: string, value: number, decimals: number, passed: boolean, limit: string): string {
  if (passed) return 'OK'
  return Number.isNaN(value) ? `${what} is unknown` : `${what} ${value.toFixed(decimals)}, allowed ${limit}`
}

function result(
  passed: boolean,
  value: number,
  limit: number | string,
  unit: string,
  message: string,
  resumes: string,
): GateResult {
  return { passed, value: Number.isNaN(value) ? null : value, limit, unit, message, resumes }
}

/** What the order costs if it fills at its limit, else at the ask. */
function costMicros(
  { instrument, contracts, limitMicros }: OrderIntent,
  { quotes, instruments }: GateContext,
): Micros {
  const multiplier = optionOf(instruments.get(instrument))?.multiplier ?? 1
  return contracts * (limitMicros ?? quotes.askMicros(instrument)) * multiplier
}

function optionOf(instrument: Instrument): OptionId | undefined {
  return instrument.kind === 'option' ? instrument.option : undefined
}

function dollars(micros: Micros): string {
  return Number.isNaN(micros) ? 'an unknown amount' : `${Math.round(micros / 1e6)} dollars`
}
