import type { CorporateAction, IsoDate, Micros, OptionId } from '@scalp/canonical'

/** Roots of index options that settle on the opening prices of the expiry date and stop trading the session before. */
const AM_SETTLED = new Set(['SPX', 'NDX', 'RUT', 'VIX', 'VIXW', 'DJX', 'MXEA', 'MXEF'])
/** Roots of index options that cannot be exercised early and pay cash. */
const EUROPEAN = new Set([...AM_SETTLED, 'SPXW', 'NDXP', 'RUTW', 'XSP', 'XEO', 'MRUT', 'NANOS'])
/** Roots whose underlying goes by another name. */
const UNDERLYING = new Map([
  ['SPXW', 'SPX'],
  ['NDXP', 'NDX'],
  ['RUTW', 'RUT'],
  ['VIXW', 'VIX'],
  ['BRKB', 'BRK.B'],
])

/** True when a contract settles on the opening prices of its expiry date. Source: Cboe and Nasdaq contract pages. */
export function isAmSettled({ underlying }: OptionId): boolean {
  return AM_SETTLED.has(underlying)
}

/** True when the holder may exercise on any day: all options on shares and funds. */
export function isAmericanOption({ underlying }: OptionId): boolean {
  return !EUROPEAN.has(underlying)
}

/** The symbol that prices of the underlying go by: without the digit of an adjusted root. */
export function underlyingSymbol({ underlying }: OptionId): string {
  return UNDERLYING.get(underlying) ?? underlying.replace(/\d+$/, '')
}

/** A cash dividend of an underlying, which makes holders exercise calls the session before. */
export interface Dividend {
  readonly symbol: string
  readonly exDate: IsoDate
  /** A share. */
  readonly amountMicros: Micros
}

/** What one contract delivers when that is not `multiplier` shares of its underlying. */
export interface Deliverable {
  readonly shares: number
  /** Cash on top, of one contract. */
  readonly cashMicros: Micros
}

/** A change of a contract's terms, and what becomes of a position in it. */
export interface ContractAdjustment extends CorporateAction {
  /** New contracts for each old one: 2 after a split of 2 for 1 that halves the strike, else mostly 1. */
  readonly contractRatio: number
  readonly deliverable?: Deliverable
}

/**
 * What a contract is worth if exercised, a share of its multiplier; `NaN` when the underlying's price is.
 *
 * Formula: what is delivered less what is paid for it, (shares × price + cash - strike × multiplier) / multiplier.
 */
export function intrinsicMicros(
  { right, strikeThousandths, multiplier }: OptionId,
  priceMicros: Micros,
  deliverable: Deliverable = { shares: multiplier, cashMicros: 0 },
): Micros {
  const delivered = (deliverable.shares * priceMicros + deliverable.cashMicros) / multiplier
  const strikeMicros = strikeThousandths * 1_000
  const value = right === 'C' ? delivered - strikeMicros : strikeMicros - delivered
  return Number.isNaN(value) ? value : Math.max(0, Math.round(value))
}
