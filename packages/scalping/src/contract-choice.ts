import type { InstrumentIndex, Micros } from '@scalp/canonical'

/** One contract as the choice sees it. Unknown is `NaN`. */
export interface ContractRow {
  readonly instrument: InstrumentIndex
  readonly symbol: string
  readonly strikeMicros: Micros
  /** Days to expiry, in the unit of the rules. */
  readonly dte: number
  readonly bidMicros: Micros
  readonly askMicros: Micros
  readonly askSize: number
  readonly openInterest: number
  readonly volume: number
  /** Age of the quote beyond its sampling interval, ms. */
  readonly quoteAgeMs: number
}

/** Which contracts qualify, and which is best. */
export interface ChoiceRules {
  /** `dtePreference` takes the first DTE of the list with a candidate; `prefer0dte` ranks all together. */
  readonly selectionMode: 'dtePreference' | 'prefer0dte'
  readonly dtePreference: readonly number[]
  /** Whether days to expiry are days of the calendar, or sessions after today's: a Friday's Monday is 3 or 1. */
  readonly dteUnit: 'calendar' | 'trading'
  readonly minDte: number
  readonly maxDte: number
  readonly targetDelta: number
  readonly deltaTolerance: number
  readonly maxSpreadPct: number
  readonly maxContractPriceMicros: Micros
  readonly minOpenInterest: number
  readonly minVolume: number
  /** Refuses contracts whose open interest or volume is unknown. */
  readonly requireOpenInterest: boolean
  readonly maxQuoteAgeMs: number
  /** Contracts that must be shown at the ask; 0 asks for none. */
  readonly minAskSize: number
}

/** Why a contract was not a candidate. */
export type Rejection =
  | 'dte'
  | 'quote'
  | 'quote_age'
  | 'spread'
  | 'price'
  | 'open_interest'
  | 'volume'
  | 'ask_size'
  | 'delta_unknown'
  | 'delta'
  | 'dte_not_preferred'

/** A candidate with its score. */
export interface RankedContract {
  readonly row: ContractRow
  /** Of the contract, negative for a put. */
  readonly delta: number
  readonly spreadPct: number
  readonly score: number
}

/** The outcome of a choice: candidates best first, and why the others were none. */
export interface ContractRanking {
  readonly chosen: RankedContract | undefined
  readonly ranked: readonly RankedContract[]
  readonly rejected: readonly { readonly symbol: string; readonly reason: Rejection }[]
}

/**
 * Ranks contracts of one right. Filters are inclusive; `deltaOf` is asked last, and an unknown delta (`NaN`)
 * is no candidate. Ties: lower ask, then nearer strike, then symbol.
 */
export function rankContracts(
  rows: readonly ContractRow[],
  underlyingMicros: Micros,
  deltaOf: (row: ContractRow) => number,
  rules: ChoiceRules,
): ContractRanking {
  const rejected: { symbol: string; reason: Rejection }[] = []
  const candidates: RankedContract[] = []
  for (const row of rows) {
    const reason = quoteRejection(row, rules)
    if (reason !== undefined) {
      rejected.push({ symbol: row.symbol, reason })
      continue
    }
    const delta = deltaOf(row)
    const miss = Math.abs(Math.abs(delta) - rules.targetDelta)
    if (!(miss <= rules.deltaTolerance)) {
      rejected.push({ symbol: row.symbol, reason: Number.isNaN(delta) ? 'delta_unknown' : 'delta' })
      continue
    }
    const spreadPct = spreadPercent(row)
    candidates.push({ row, delta, spreadPct, score: score(row, spreadPct, miss, rules) })
  }
  const dte = rules.selectionMode === 'dtePreference' ? preferredDte(candidates, rules) : undefined
  const isDteFree = rules.selectionMode === 'prefer0dte'
  const ranked: RankedContract[] = []
  for (const candidate of candidates) {
    if (isDteFree || candidate.row.dte === dte) ranked.push(candidate)
    else rejected.push({ symbol: candidate.row.symbol, reason: 'dte_not_preferred' })
  }
  ranked.sort((a, b) => compare(a, b, underlyingMicros))
  return { chosen: ranked[0], ranked, rejected }
}

/** Why a contract fails on its quote and listing alone; undefined when only its delta is left to judge. */
export function quoteRejection(row: ContractRow, rules: ChoiceRules): Rejection | undefined {
  if (!(row.dte >= rules.minDte && row.dte <= rules.maxDte)) return 'dte'
  if (!(row.bidMicros > 0 && row.askMicros >= row.bidMicros)) return 'quote'
  if (!(row.quoteAgeMs <= rules.maxQuoteAgeMs)) return 'quote_age'
  if (!(spreadPercent(row) <= rules.maxSpreadPct)) return 'spread'
  if (!(row.askMicros <= rules.maxContractPriceMicros)) return 'price'
  if (!isEnough(row.openInterest, rules.minOpenInterest, rules)) return 'open_interest'
  if (!isEnough(row.volume, rules.minVolume, rules)) return 'volume'
  if (rules.minAskSize > 0 && !(row.askSize >= rules.minAskSize)) return 'ask_size'
  return undefined
}

function isEnough(value: number, least: number, { requireOpenInterest }: ChoiceRules): boolean {
  if (least <= 0) return true
  return Number.isNaN(value) ? !requireOpenInterest : value >= least
}

function spreadPercent({ bidMicros, askMicros }: ContractRow): number {
  return ((askMicros - bidMicros) / ((askMicros + bidMicros) / 2)) * 100
}

function score(row: ContractRow, spreadPct: number, miss: number, rules: ChoiceRules): number {
  const tightness = rules.maxSpreadPct - spreadPct
  const nearness = rules.deltaTolerance - miss
  if (rules.selectionMode === 'prefer0dte') return (row.dte === 0 ? 10 : 0) + tightness + 10 * nearness
  const { maxContractPriceMicros: maxPrice } = rules
  return Math.max(0, ((maxPrice - row.askMicros) / maxPrice) * 10) + tightness + 5 * nearness
}

function preferredDte(
  candidates: readonly RankedContract[],
  { dtePreference, minDte, maxDte }: ChoiceRules,
): number | undefined {
  return dtePreference.find(
    (dte) => dte >= minDte && dte <= maxDte && candidates.some(({ row }) => row.dte === dte),
  )
}

function compare(a: RankedContract, b: RankedContract, underlyingMicros: Micros): number {
  const distance = (ranked: RankedContract) => Math.abs(ranked.row.strikeMicros - underlyingMicros)
  return (
    b.score - a.score ||
    a.row.askMicros - b.row.askMicros ||
    (Number.isNaN(underlyingMicros) ? 0 : distance(a) - distance(b)) ||
    (a.row.symbol < b.row.symbol ? -1 : 1)
  )
}
