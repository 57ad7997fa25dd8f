import type { Side } from '@scalp/canonical'
import type { StoredFill, StoredPosition } from '../stored-position.js'

type Kind = 'text' | 'integer' | 'real'
type Value = string | number | null

/** A column of the table `positions`: its name, kind, and where its value comes from. */
interface Column {
  readonly name: string
  readonly kind: Kind
  readonly rule: string
  readonly of: (position: StoredPosition) => Value
}

function column(name: string, kind: Kind, of: Column['of'], rule = ''): Column {
  return { name, kind, of, rule }
}

/** One column per field, in the order of the table. */
export const COLUMNS: readonly Column[] = [
  column('id', 'text', ({ id }) => id, 'PRIMARY KEY'),
  column('position_type', 'text', ({ positionType }) => positionType, `NOT NULL DEFAULT 'regime'`),
  column('recommendation_id', 'text', ({ recommendationId }) => recommendationId),
  column('opened_us', 'integer', ({ openedUs }) => openedUs, 'NOT NULL'),
  column('underlying', 'text', ({ option }) => option.underlying, 'NOT NULL'),
  column('expiry', 'text', ({ option }) => option.expiry, 'NOT NULL'),
  column('strike_thousandths', 'integer', ({ option }) => option.strikeThousandths, 'NOT NULL'),
  column('option_right', 'text', ({ option }) => option.right, 'NOT NULL'),
  column('multiplier', 'integer', ({ option }) => option.multiplier, 'NOT NULL'),
  column('action', 'text', ({ action }) => action, 'NOT NULL'),
  column('contracts', 'integer', ({ contracts }) => contracts, 'NOT NULL'),
  column('fill_micros', 'integer', ({ fillMicros }) => fillMicros, 'NOT NULL'),
  column('entry_cost_micros', 'integer', ({ entryCostMicros }) => entryCostMicros, 'NOT NULL'),
  column('current_micros', 'integer', ({ currentMicros }) => currentMicros, 'NOT NULL'),
  column('current_value_micros', 'integer', ({ currentValueMicros }) => currentValueMicros, 'NOT NULL'),
  column('pnl_micros', 'integer', ({ pnlMicros }) => pnlMicros, 'NOT NULL'),
  column('pnl_percent', 'real', ({ pnlPercent }) => pnlPercent, 'NOT NULL'),
  column('fees_micros', 'integer', ({ feesMicros }) => feesMicros, 'NOT NULL'),
  column('dte', 'integer', ({ dte }) => dte),
  column('delta', 'real', ({ delta }) => delta),
  column('status', 'text', ({ status }) => status, 'NOT NULL'),
  column('exit_reason', 'text', ({ exitReason }) => exitReason),
  column('snoozed_until_us', 'integer', ({ snoozedUntilUs }) => snoozedUntilUs),
  column('snoozed_trigger', 'text', ({ snoozedTrigger }) => snoozedTrigger),
  column('closed_us', 'integer', ({ closedUs }) => closedUs),
  column('close_micros', 'integer', ({ closeMicros }) => closeMicros),
  column('realised_contracts', 'integer', ({ realisedContracts }) => realisedContracts, 'NOT NULL'),
  column('realised_micros', 'integer', ({ realisedMicros }) => realisedMicros, 'NOT NULL'),
  column('max_gain_pct', 'real', ({ maxGainPct }) => maxGainPct, 'NOT NULL'),
  column('max_drawdown_pct', 'real', ({ maxDrawdownPct }) => maxDrawdownPct, 'NOT NULL'),
  column('exit_json', 'text', ({ exit }) => toJson(exit)),
  column('scalp_json', 'text', ({ scalp }) => toJson(scalp)),
  column('sums_json', 'text', ({ sums }) => toJson(sums)),
]

/** Names of the columns of `position_fills`, in the order of {@link fillValues}. */
export const FILL_COLUMNS =
  'fill_id, position_id, symbol, side, contracts, price_micros, fees_micros, received_us'

export function fillValues(fill: StoredFill): Value[] {
  const { fillId, positionId, symbol, side, contracts, priceMicros, feesMicros, receivedUs } = fill
  return [fillId, positionId, symbol, side, contracts, priceMicros, feesMicros, receivedUs]
}

export function positionValues(position: StoredPosition): Value[] {
  return COLUMNS.map(({ of }) => of(position))
}

/** A row of either database; PostgreSQL gives big integers as text. */
export function toPosition(row: Readonly<Record<string, unknown>>): StoredPosition {
  const text = (name: string): string => row[name] as string
  const number = (name: string): number => Number(row[name])
  const numberOrNull = (name: string): number | null => (row[name] === null ? null : Number(row[name]))
  const textOrNull = (name: string): string | null => (row[name] ?? null) as string | null
  const json = (name: string): unknown => (row[name] === null ? null : JSON.parse(text(name)))
  return {
    id: text('id'),
    positionType: text('position_type') as StoredPosition['positionType'],
    recommendationId: textOrNull('recommendation_id'),
    openedUs: number('opened_us'),
    option: Object.freeze({
      underlying: text('underlying'),
      expiry: text('expiry'),
      right: text('option_right') as StoredPosition['option']['right'],
      strikeThousandths: number('strike_thousandths'),
      multiplier: number('multiplier'),
    }),
    action: text('action') as StoredPosition['action'],
    contracts: number('contracts'),
    fillMicros: number('fill_micros'),
    entryCostMicros: number('entry_cost_micros'),
    currentMicros: number('current_micros'),
    currentValueMicros: number('current_value_micros'),
    pnlMicros: number('pnl_micros'),
    pnlPercent: number('pnl_percent'),
    feesMicros: number('fees_micros'),
    dte: numberOrNull('dte'),
    delta: numberOrNull('delta'),
    status: text('status') as StoredPosition['status'],
    exitReason: textOrNull('exit_reason'),
    snoozedUntilUs: numberOrNull('snoozed_until_us'),
    snoozedTrigger: textOrNull('snoozed_trigger'),
    closedUs: numberOrNull('closed_us'),
    closeMicros: numberOrNull('close_micros'),
    realisedContracts: number('realised_contracts'),
    realisedMicros: number('realised_micros'),
    maxGainPct: number('max_gain_pct'),
    maxDrawdownPct: number('max_drawdown_pct'),
    exit: json('exit_json'),
    scalp: json('scalp_json'),
    sums: json('sums_json') as StoredPosition['sums'],
  }
}

export function toFill(row: Readonly<Record<string, unknown>>): StoredFill {
  return {
    fillId: row['fill_id'] as string,
    positionId: row['position_id'] as string,
    symbol: row['symbol'] as string,
    side: row['side'] as Side,
    contracts: Number(row['contracts']),
    priceMicros: Number(row['price_micros']),
    feesMicros: Number(row['fees_micros']),
    receivedUs: Number(row['received_us']),
  }
}

function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
