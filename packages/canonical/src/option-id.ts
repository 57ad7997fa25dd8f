import { OptionIdError, type OptionIdFault } from './errors.js'
import type { IsoDate } from './units.js'

export type Right = 'C' | 'P'

/** Names one listed option contract. Immutable; the strike is in integer thousandths of a dollar. */
export interface OptionId {
  /** The OCC root, 1 to 6 characters: a letter, then letters or digits (`TSLA`, `TSLA1`). */
  readonly underlying: string
  readonly expiry: IsoDate
  readonly right: Right
  readonly strikeThousandths: number
  /** Shares per contract, 100 unless adjusted. */
  readonly multiplier: number
}

/** What makes an option id, the strike in dollars. */
export interface OptionIdFields {
  readonly underlying: string
  readonly expiry: string
  readonly right: string
  readonly strike: number
  readonly multiplier?: number
}

/** The outcome of a parse that does not throw. */
export type ParseResult =
  | { readonly ok: true; readonly value: OptionId }
  | { readonly ok: false; readonly fault: OptionIdFault; readonly error: OptionIdError }

/** An option in the query form of ORATS. */
export interface OratsQuery {
  readonly ticker: string
  readonly expirDate: IsoDate
  readonly strike: number
  readonly callPut: 'call' | 'put'
}

/** A change of a contract's terms by an event of its underlying. */
export interface CorporateAction {
  readonly original: OptionId
  readonly adjusted: OptionId
  readonly type: 'split' | 'reverse_split' | 'special_dividend' | 'merger'
  readonly effectiveDate: IsoDate
  readonly multiplierChange?: number
  readonly strikeAdjustment?: number
}

const ROOT = /^[A-Z][A-Z0-9]{0,5}$/
const MAX_STRIKE_THOUSANDTHS = 99_999_999
const TAIL = /^(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/

/**
 * Makes an option id of fields.
 *
 * @throws {@link OptionIdError} When a field is out of its domain; `fault` names it.
 */
export function createOptionId({
  underlying,
  expiry,
  right,
  strike,
  multiplier = 100,
}: OptionIdFields): OptionId {
  const strikeThousandths = Math.round(strike * 1_000)
  const exact = Math.abs(strike * 1_000 - strikeThousandths) < 1e-6
  return validated({
    underlying,
    expiry,
    right: right as Right,
    strikeThousandths: exact ? strikeThousandths : Number.NaN,
    multiplier,
  })
}

/**
 * Parses the OCC (OSI) symbol, padded to 21 characters or not; blanks around it do not matter.
 *
 * @throws {@link OptionIdError}
 * @example
 * parseOption('AAPL  250221C00250000').strikeThousandths // 250_000
 */
export function parseOption(text: string): OptionId {
  const plain = parsePlain(text)
  if (plain !== undefined) return plain
  const result = safeParseOption(text)
  if (!result.ok) throw result.error
  return result.value
}

/** As {@link parseOption}, returning the fault instead of throwing it. */
export function safeParseOption(text: string): ParseResult {
  const plain = parsePlain(text)
  if (plain !== undefined) return { ok: true, value: plain }
  return attempt(() => parse(text, trimBlanks(text), true))
}

/**
 * Parses Alpaca's form: OCC without padding, and nothing around it.
 *
 * @throws {@link OptionIdError}
 */
export function parseAlpaca(text: string): OptionId {
  return parse(text, text, false)
}

/** As {@link parseAlpaca}, returning the fault instead of throwing it. */
export function safeParseAlpaca(text: string): ParseResult {
  return attempt(() => parseAlpaca(text))
}

/** The 21-character OCC form, root padded with spaces: `TSLA  240105C00250000`. */
export function formatOcc(option: OptionId): string {
  return option.underlying.padEnd(6, ' ') + tail(option)
}

/** The OCC form without padding, our key for maps: `TSLA240105C00250000`. */
export function formatAlpaca(option: OptionId): string {
  return option.underlying + tail(option)
}

/** For people: `TSLA 2024-01-05 250.00C`, a third decimal only when it is not 0. */
export function formatOption(option: OptionId): string {
  const decimals = option.strikeThousandths % 10 === 0 ? 2 : 3
  return `${option.underlying} ${option.expiry} ${(option.strikeThousandths / 1_000).toFixed(decimals)}${option.right}`
}

/** The query ORATS takes. */
export function toOrats({ underlying, expiry, right, strikeThousandths }: OptionId): OratsQuery {
  return {
    ticker: underlying,
    expirDate: expiry,
    strike: strikeThousandths / 1_000,
    callPut: right === 'C' ? 'call' : 'put',
  }
}

/** Calendar days from `on` to the expiry; 0 on the day, negative after it. Both dates are New York dates. */
export function daysToExpiry(expiry: IsoDate, on: IsoDate): number {
  return Math.round((Date.parse(`${expiry}T00:00:00Z`) - Date.parse(`${on}T00:00:00Z`)) / 86_400_000)
}

/** True when one contract is not 100 shares, which an ordinary quote does not say. */
export function isAdjusted(option: OptionId): boolean {
  return option.multiplier !== 100 || /\d/.test(option.underlying)
}

/** True when two ids name the same contract. */
export function isSameOption(a: OptionId, b: OptionId): boolean {
  return (
    a.strikeThousandths === b.strikeThousandths &&
    a.right === b.right &&
    a.expiry === b.expiry &&
    a.underlying === b.underlying &&
    a.multiplier === b.multiplier
  )
}

/** True for a `YYYY-MM-DD` that exists. */
export function isIsoDate(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text)
}

function tail({ expiry, right, strikeThousandths }: OptionId): string {
  const date = expiry.slice(2, 4) + expiry.slice(5, 7) + expiry.slice(8, 10)
  return date + right + String(strikeThousandths).padStart(8, '0')
}

function trimBlanks(text: string): string {
  return text.replace(/^ +| +$/g, '')
}

/** Expiries met, by YYMMDD: a day lists some hundred of them for some hundred thousand contracts. */
const expiries = new Map<number, IsoDate>()
const MAX_EXPIRIES = 4_096
const ZERO = 48
const CALL = 67
const PUT = 80

/** The contract of a symbol without a fault, 20 times as fast as {@link parse}, which finds the words for a fault. */
function parsePlain(text: string): OptionId | undefined {
  const tailAt = text.length - 15
  if (tailAt < 1 || tailAt > 6) return undefined
  let rootEnd = tailAt
  if (tailAt === 6) while (rootEnd > 1 && text.charCodeAt(rootEnd - 1) === 32) rootEnd--
  for (let at = 0; at < rootEnd; at++) {
    const code = text.charCodeAt(at)
    if (!((code >= 65 && code <= 90) || (at > 0 && code >= ZERO && code <= 57))) return undefined
  }
  const rightCode = text.charCodeAt(tailAt + 6)
  if (rightCode !== CALL && rightCode !== PUT) return undefined
  const expiry = expiryOf(digits(text, tailAt, 6))
  const strikeThousandths = digits(text, tailAt + 7, 8)
  if (expiry === undefined || !(strikeThousandths > 0)) return undefined
  return Object.freeze({
    underlying: text.slice(0, rootEnd),
    expiry,
    right: rightCode === CALL ? 'C' : 'P',
    strikeThousandths,
    multiplier: 100,
  })
}

/** The number that so many digits spell; `NaN` when one is none. */
function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function expiryOf(yymmdd: number): IsoDate | undefined {
  const known = expiries.get(yymmdd)
  if (known !== undefined) return known
  const text = String(yymmdd).padStart(6, '0')
  const expiry = `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}`
  if (!isIsoDate(expiry)) return undefined
  if (expiries.size >= MAX_EXPIRIES) expiries.clear()
  expiries.set(yymmdd, expiry)
  return expiry
}

function parse(input: string, text: string, isPaddingAllowed: boolean): OptionId {
  const match = TAIL.exec(text.slice(-15))
  const padded = text.slice(0, -15)
  const underlying = isPaddingAllowed && text.length === 21 ? trimBlanks(padded) : padded
  if (match === null || !ROOT.test(underlying) || text.endsWith('\n')) {
    throw fault('format', input, 'it has not the form ROOT YYMMDD C|P 8 digits')
  }
  const [, year, month, day, right, strike] = match
  return validated(
    {
      underlying,
      expiry: `20${year}-${month}-${day}`,
      right: right as Right,
      strikeThousandths: Number(strike),
      multiplier: 100,
    },
    input,
  )
}

function validated(option: OptionId, input: string = describe(option)): OptionId {
  const { underlying, expiry, right, strikeThousandths, multiplier } = option
  if (!ROOT.test(underlying))
    throw fault('underlying', input, 'the root must be 1 to 6 of A-Z and 0-9, a letter first')
  if (!isIsoDate(expiry)) throw fault('expiry', input, `"${expiry}" is no date YYYY-MM-DD`)
  if (right !== 'C' && right !== 'P') throw fault('right', input, 'the right must be C or P')
  if (!(strikeThousandths > 0 && strikeThousandths <= MAX_STRIKE_THOUSANDTHS)) {
    throw fault('strike', input, 'the strike must be from 0.001 to 99999.999 with at most three decimals')
  }
  if (!(Number.isInteger(multiplier) && multiplier > 0)) {
    throw fault('multiplier', input, 'the multiplier must be a positive integer')
  }
  return Object.freeze(option)
}

function describe({ underlying, expiry, right, strikeThousandths }: OptionId): string {
  return `${underlying} ${expiry} ${right} ${strikeThousandths / 1_000}`
}

function fault(kind: OptionIdFault, input: string, reason: string): OptionIdError {
  return new OptionIdError({ fault: kind, input, reason })
}

function attempt(parseIt: () => OptionId): ParseResult {
  try {
    return { ok: true, value: parseIt() }
  } catch (error) {
    if (error instanceof OptionIdError) return { ok: false, fault: error.fault, error }
    throw error
  }
}
