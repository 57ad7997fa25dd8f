import type { InstrumentIndex, JournalEntry, OrderEvent, Us } from '@scalp/canonical'
import type { AccountStatus } from '@scalp/gates'

/** The first bytes of a recording. */
export const MAGIC = 'SCALPREC1\n'

/** What a record is. Quotes and trades are binary, the rest is JSON. */
export const KIND = { json: 1, quote: 2, trade: 3 } as const
/** Bytes of a quote: kind, index, and seven numbers. */
export const QUOTE_BYTES = 1 + 4 + 7 * 8
/** Bytes of a trade: kind, index, aggressor, and four numbers. */
export const TRADE_BYTES = 1 + 4 + 1 + 4 * 8
/** Aggressors by number. */
export const AGGRESSORS = ['unknown', 'buy', 'sell'] as const

/** What a session is made of, so that it can be made again. */
export interface RecordingHeader {
  readonly version: 1
  readonly runId: string
  readonly mode: string
  readonly startedUs: Us
  readonly program: string
  readonly strategy: string
  readonly settings: unknown
  readonly symbols: readonly string[]
  readonly gates: unknown
  readonly risk: unknown
  readonly startingCashMicros: number
  readonly impliesUnderlyings: boolean
  /** Where its events came from, in words; recordings of before that do not say. */
  readonly feed?: string
}

/** A JSON record. */
export type JsonRecord =
  | { readonly r: 'header'; readonly header: RecordingHeader }
  /** A new instrument; they are interned in this order. */
  | {
      readonly r: 'listed'
      readonly index: InstrumentIndex
      readonly symbol: string
      readonly isOption: boolean
    }
  | { readonly r: 'bar'; readonly bar: Readonly<Record<string, number | null>> }
  | {
      readonly r: 'statistic'
      readonly index: InstrumentIndex
      readonly kind: 'open-interest' | 'volume'
      readonly value: number
      readonly us: Us
    }
  | { readonly r: 'order'; readonly event: OrderEvent }
  | { readonly r: 'flatten'; readonly us: Us; readonly tag: string; readonly index: InstrumentIndex | null }
  | { readonly r: 'health'; readonly killSwitch: boolean; readonly feedDegraded: boolean }
  /** What the broker says of the account; null when that is unknown. Numbers that are `NaN` are null in it. */
  | { readonly r: 'account'; readonly status: AccountStatus | null }
  | { readonly r: 'restored'; readonly state: unknown }
  /** What the engine wrote in its journal. */
  | { readonly r: 'entry'; readonly entry: JournalEntry }
  | { readonly r: 'end' }
