import type { Us } from '@scalp/canonical'
import type { GateResult } from '../gate.js'

/** What a result is made of; `NaN` is written as null. */
export interface ResultParts extends Omit<GateResult, 'value'> {
  readonly value: number
}

export function toResult({ value, ...rest }: ResultParts): GateResult {
  return { ...rest, value: Number.isNaN(value) ? null : value }
}

/** What is compared, in words and numbers. */
export interface Comparison {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly unit: string
  readonly decimals?: number
  readonly resumes: string
}

/** Passes when the value is known and at most the limit. */
export function atMost({ what, value, limit, unit, decimals = 1, resumes }: Comparison): GateResult {
  const passed = value <= limit
  const message = describe({
    what,
    value,
    decimals,
    unit,
    passed,
    allowed: `at most ${withUnit(limit, unit)}`,
  })
  return toResult({ passed, value, limit, unit, message, resumes })
}

/** Passes when the value is known and at least the limit. */
export function atLeast({ what, value, limit, unit, decimals = 0, resumes }: Comparison): GateResult {
  const passed = value >= limit
  const message = describe({
    what,
    value,
    decimals,
    unit,
    passed,
    allowed: `at least ${withUnit(limit, unit)}`,
  })
  return toResult({ passed, value, limit, unit, message, resumes })
}

/** The message of a result: `OK`, what is unknown, or what was compared with what. */
export function describe({
  what,
  value,
  decimals,
  unit,
  passed,
  allowed,
}: {
  readonly what: string
  readonly value: number
  readonly decimals: number
  readonly unit: string
  readonly passed: boolean
  readonly allowed: string
}): string {
  if (passed) return 'OK'
  if (Number.isNaN(value)) return `${what} is unknown`
  return `${what} ${withUnit(value.toFixed(decimals), unit)}, allowed ${allowed}`
}

/** A passing result for an input that nobody supplies and that the gate does not insist on. */
export function notSupplied(what: string, limit: number | string | null = null): GateResult {
  return { passed: true, value: null, limit, message: `OK: no ${what} supplied`, resumes: '' }
}

/** A passing result where what the gate asks for does not apply. */
export function inapplicable(why: string, limit: number | string | null = null): GateResult {
  return { passed: true, value: null, limit, message: `OK: ${why}`, resumes: '' }
}

export function withUnit(value: number | string, unit: string): string {
  return unit === '' ? `${value}` : `${value} ${unit}`
}

/** Age in ms of what a source said; `NaN` when unknown. */
export function ageMsOf(nowUs: Us, sourceUs: Us): number {
  return (nowUs - sourceUs) / 1_000
}

/** A result with the age of its value, where that is known. */
export function withAge(result: GateResult, ageMs: number): GateResult {
  return Number.isNaN(ageMs) ? result : { ...result, ageMs }
}
