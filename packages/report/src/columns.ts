import type { DecisionRecord, TradeRecord } from './result.js'

/** A value of a table: null is unknown. */
export type Value = string | number | null

/** One column of an export. An `integer` may be larger than 32 bits; an `instant` is µs since 1970. */
export interface Column<Row> {
  readonly name: string
  readonly type: 'text' | 'integer' | 'number' | 'instant'
  readonly of: (row: Row) => Value
}

type TradeField = Exclude<keyof TradeRecord, 'inputs' | 'bounds' | 'flags' | 'strategy' | 'multiplier'>

const TRADE_FIELDS: readonly (readonly [TradeField, Column<TradeRecord>['type']])[] = [
  ['symbol', 'text'],
  ['underlying', 'text'],
  ['expiry', 'text'],
  ['right', 'text'],
  ['strikeThousandths', 'integer'],
  ['dte', 'integer'],
  ['side', 'text'],
  ['contracts', 'integer'],
  ['trigger', 'text'],
  ['exitReason', 'text'],
  ['signalUs', 'instant'],
  ['entryUs', 'instant'],
  ['exitUs', 'instant'],
  ['entryMicros', 'integer'],
  ['exitMicros', 'integer'],
  ['entryBidMicros', 'integer'],
  ['entryAskMicros', 'integer'],
  ['spreadPct', 'number'],
  ['feesMicros', 'integer'],
  ['grossMicros', 'integer'],
  ['netMicros', 'integer'],
  ['pnlPct', 'number'],
  ['maxGainPct', 'number'],
  ['maxDrawdownPct', 'number'],
  ['holdSeconds', 'integer'],
  ['entryQuoteAgeMs', 'number'],
  ['exitQuoteAgeMs', 'number'],
  ['underlyingAtEntryMicros', 'integer'],
  ['underlyingAtExitMicros', 'integer'],
  ['equityBeforeMicros', 'integer'],
  ['equityAfterMicros', 'integer'],
]

/** Columns of the exported trades: the fields of the result file, bounds one by one, inputs as JSON. */
export const tradeColumns: readonly Column<TradeRecord>[] = [
  ...TRADE_FIELDS.map(([name, type]) => ({ name, type, of: (trade: TradeRecord): Value => trade[name] })),
  { name: 'multiplier', type: 'integer', of: ({ multiplier = 100 }) => multiplier },
  { name: 'worstMicros', type: 'integer', of: ({ bounds }) => bounds?.worstMicros ?? null },
  { name: 'expectedMicros', type: 'integer', of: ({ bounds }) => bounds?.expectedMicros ?? null },
  { name: 'bestMicros', type: 'integer', of: ({ bounds }) => bounds?.bestMicros ?? null },
  { name: 'flags', type: 'text', of: ({ flags }) => flags?.join(' ') ?? null },
  { name: 'strategy', type: 'text', of: ({ strategy }) => strategy ?? null },
  { name: 'inputs', type: 'text', of: ({ inputs }) => JSON.stringify(inputs) },
]

/** Columns of the exported decisions, the net outcome of each horizon beside them. */
export const decisionColumns: readonly Column<DecisionRecord>[] = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'atUs', type: 'instant', of: ({ atUs }) => atUs },
  { name: 'kind', type: 'text', of: ({ kind }) => kind },
  { name: 'gate', type: 'text', of: ({ gate }) => gate },
  { name: 'code', type: 'text', of: ({ code }) => code },
  { name: 'symbol', type: 'text', of: ({ symbol }) => symbol },
  { name: 'bidMicros', type: 'integer', of: ({ bidMicros }) => bidMicros },
  { name: 'askMicros', type: 'integer', of: ({ askMicros }) => askMicros },
  { name: 'underlyingMicros', type: 'integer', of: ({ underlyingMicros }) => underlyingMicros },
  { name: 'net15minMicros', type: 'integer', of: (decision) => netAt(decision, '15min') },
  { name: 'net1hMicros', type: 'integer', of: (decision) => netAt(decision, '1h') },
  { name: 'netCloseMicros', type: 'integer', of: (decision) => netAt(decision, 'close') },
  { name: 'inputs', type: 'text', of: ({ inputs }) => JSON.stringify(inputs) },
]

function netAt(
  { outcomes }: DecisionRecord,
  horizon: DecisionRecord['outcomes'][number]['horizon'],
): number | null {
  return outcomes.find((outcome) => outcome.horizon === horizon)?.netMicros ?? null
}
