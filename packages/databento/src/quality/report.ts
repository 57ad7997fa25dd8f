import type { IsoDate } from '@scalp/canonical'

/** What was counted of the quotes of one underlying on one day. */
export interface QuoteCounts {
  records: number
  /** Contracts with a record. */
  instruments: number
  /** Bid above ask. */
  crossed: number
  /** Bid equal to ask. */
  locked: number
  /** A bid or an ask, not both. */
  oneSided: number
  /** Neither bid nor ask. */
  empty: number
  /** Records of contracts whose prices and sizes had not changed over many records. */
  frozen: number
  /** Records older than the one before them in the file. */
  unsorted: number
  /** Records of a contract with the time of its record before; of unsampled schemas, with the same content too. */
  duplicates: number
  /** Records outside the session and the quarter of an hour after it. */
  outOfSession: number
  /** Minutes of the session in which no contract of the underlying has a record. */
  missingMinutes: number
}

/** A run of minutes without a record, UTC `HH:MM`, from the first to the one after the last. */
export interface QuoteGap {
  readonly from: string
  readonly to: string
  readonly minutes: number
}

/** The quality of one underlying's quotes on one day. */
export interface QuoteReport extends QuoteCounts {
  readonly date: IsoDate
  /** OCC root; `?` for instruments without symbol. */
  readonly underlying: string
  /** Minutes of the day's session; 0 on a day without one. */
  readonly sessionMinutes: number
  /** Longest first, ten at most. */
  readonly gaps: readonly QuoteGap[]
}

/** Counts of nothing. */
export function emptyCounts(): QuoteCounts {
  return {
    records: 0,
    instruments: 0,
    crossed: 0,
    locked: 0,
    oneSided: 0,
    empty: 0,
    frozen: 0,
    unsorted: 0,
    duplicates: 0,
    outOfSession: 0,
    missingMinutes: 0,
  }
}

/** Adds counts to a sum; instruments are added too, so over days they count contract days. */
export function addCounts(sum: QuoteCounts, counts: QuoteCounts): void {
  for (const name of Object.keys(sum) as (keyof QuoteCounts)[]) sum[name] += counts[name]
}
