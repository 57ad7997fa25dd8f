import type { Micros, Us } from '@scalp/canonical'
import type { AccountStatus } from './account-status.js'
import { defineGate, type Gate, type GateContext, type GateResult } from './gate.js'
import { costMicros } from './internal/intent.js'
import { ageMsOf, atLeast, inapplicable, toResult, withAge } from './internal/result.js'

/** The day on which FINRA's intraday margin rule replaced the pattern-day-trader rule: 2026-06-04, New York. */
export const PATTERN_DAY_TRADER_ENDED_US: Us = Date.UTC(2026, 5, 4, 4) * 1_000

/** How the pattern-day-trader gate is set. */
export interface PatternDayTraderOptions {
  readonly minEquityMicros?: Micros
  /** Round trips in five trading days that are still allowed below the equity. */
  readonly maxDayTrades?: number
  /** From then on the rule does not hold and the gate passes. */
  readonly untilUs?: Us
}

/**
 * Refuses the entry that could become the fourth day trade in five trading days of a margin account below $25,000.
 * The rule (FINRA 4210) ended on 2026-06-04: later than that the gate passes, so that replays of earlier days keep
 * the rule of their time. A cash account never was under it.
 */
export function patternDayTraderGate({
  minEquityMicros = 25_000_000_000,
  maxDayTrades = 3,
  untilUs = PATTERN_DAY_TRADER_ENDED_US,
}: PatternDayTraderOptions = {}): Gate {
  return defineGate({
    name: 'pattern_day_trader',
    stage: 'account_rules',
    severity: 'hard',
    reason: 'ACCOUNT_RULE',
    check(_, context) {
      if (context.nowUs >= untilUs) return inapplicable('the rule has ended', maxDayTrades - 1)
      const status = context.accountStatus?.get()
      if (status === undefined) return unknownStatus(maxDayTrades - 1, 'day trades')
      const { type, dayTrades } = status
      const isExempt = type === 'cash' || context.account.equityMicros >= minEquityMicros
      const passed = isExempt || dayTrades < maxDayTrades
      const equity = `${minEquityMicros / 1e6} USD`
      return aged(context, status, {
        passed,
        value: dayTrades,
        limit: maxDayTrades - 1,
        unit: 'day trades',
        message: passed ? 'OK' : `${count(dayTrades)} day trades in five days below ${equity} of equity`,
        resumes: `when a day trade is five trading days old, or with ${equity} of equity`,
      })
    },
  })
}

/**
 * Refuses to pay with unsettled money in a cash account, which sold before it settles would be free-riding
 * (Regulation T, 220.8). A margin account passes.
 */
export function settledCashGate(): Gate {
  return defineGate({
    name: 'settled_cash',
    stage: 'account_rules',
    severity: 'hard',
    reason: 'ACCOUNT_RULE',
    check(intent, context) {
      const status = context.accountStatus?.get()
      if (status === undefined) return unknownStatus(null, 'USD')
      if (status.type === 'margin') return inapplicable('a margin account')
      const need = costMicros(intent, context)
      const { settledCashMicros } = status
      const passed = settledCashMicros >= need
      const needed = Number.isNaN(need) ? 'an unknown amount' : `${need / 1e6} USD`
      const settled = Number.isNaN(settledCashMicros) ? 'unknown' : `${settledCashMicros / 1e6} USD`
      return aged(context, status, {
        passed,
        value: settledCashMicros / 1e6,
        limit: Number.isNaN(need) ? null : need / 1e6,
        unit: 'USD',
        message: passed ? 'OK' : `settled cash ${settled}, needed ${needed}`,
        resumes: `with ${needed} of settled cash: sales settle on the next trading day`,
      })
    },
  })
}

/** How the option-level gate is set. */
export interface OptionLevelOptions {
  /** Level that buying an option to open needs. */
  readonly buy?: number
  /** Level that selling one to open needs; nothing says that it is covered, so by default more than there is. */
  readonly sell?: number
}

/** Refuses an order that the account's option level does not allow: 2 for long options. */
export function optionLevelGate({ buy = 2, sell = 4 }: OptionLevelOptions = {}): Gate {
  return defineGate({
    name: 'option_level',
    stage: 'account_rules',
    severity: 'hard',
    reason: 'ACCOUNT_RULE',
    check({ side }, context) {
      const limit = side === 'buy' ? buy : sell
      const status = context.accountStatus?.get()
      if (status === undefined) return unknownStatus(limit, 'level')
      const resumes = `with option level ${limit}: ask the broker`
      const result = atLeast({
        what: 'option level',
        value: status.optionLevel,
        limit,
        unit: 'level',
        resumes,
      })
      return withAge(result, ageMsOf(context.nowUs, status.sourceUs))
    },
  })
}

/** Refuses while the broker's word on the account is older than `maxAgeMs`, or it never came. */
export function accountFreshGate({ maxAgeMs = 60_000 }: { readonly maxAgeMs?: number } = {}): Gate {
  return defineGate({
    name: 'account_fresh',
    stage: 'account_rules',
    severity: 'hard',
    reason: 'STALE_DATA',
    check(_, { nowUs, accountStatus }) {
      const limit = maxAgeMs / 1_000
      const status = accountStatus?.get()
      if (status === undefined) return unknownStatus(limit, 's')
      const ageMs = ageMsOf(nowUs, status.sourceUs)
      const passed = ageMs <= maxAgeMs && ageMs >= -1_000
      const age = Number.isNaN(ageMs) ? 'unknown' : `${(ageMs / 1_000).toFixed(1)} s`
      return withAge(
        toResult({
          passed,
          value: ageMs / 1_000,
          limit,
          unit: 's',
          message: passed ? 'OK' : `age of the account ${age}, allowed at most ${limit} s`,
          resumes: 'with a new answer of the broker',
        }),
        ageMs,
      )
    },
  })
}

function unknownStatus(limit: number | null, unit: string): GateResult {
  return {
    passed: false,
    value: null,
    limit,
    unit,
    message: 'the account status is unknown',
    resumes: 'when the broker has told the account status',
  }
}

function aged(
  { nowUs }: GateContext,
  { sourceUs }: AccountStatus,
  parts: Parameters<typeof toResult>[0],
): GateResult {
  return withAge(toResult(parts), ageMsOf(nowUs, sourceUs))
}

function count(value: number): string {
  return Number.isNaN(value) ? 'an unknown number of' : `${value}`
}
