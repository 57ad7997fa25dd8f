import { createOptionId, isScalpError, type Micros, type OptionId, toMicros, type Us } from '@scalp/canonical'
import type { Database } from 'better-sqlite3'
import { StoreRowError } from '../errors.js'
import type { SymbolTotals } from '../regime-statistics.js'
import { fromRegimePosition, type StoredPosition } from '../stored-position.js'

type Row = Readonly<Record<string, string | number | null | undefined>>

/** What a database of the reference's layout holds: dollars in floats, times as text, no type. */
export interface ReferenceContent {
  readonly positions: readonly StoredPosition[]
  readonly statistics: readonly (readonly [string, SymbolTotals])[]
}

/** True for a database of the reference's layout: its positions have prices in dollars. */
export function isReferenceLayout(database: Database): boolean {
  const columns = database.pragma('table_info(positions)') as { name: string }[]
  return columns.some(({ name }) => name === 'fill_price')
}

/**
 * Reads a database of the reference's layout, whatever of its columns is there. A time without a zone is UTC.
 *
 * @throws {@link StoreRowError} On a row that is no position; nothing is changed then.
 */
export function readReference(database: Database): ReferenceContent {
  const rows = database.prepare('SELECT * FROM positions').all() as Row[]
  const hasStatistics = (database.pragma('table_info(symbol_stats)') as unknown[]).length > 0
  const totals = hasStatistics ? (database.prepare('SELECT * FROM symbol_stats').all() as Row[]) : []
  return {
    positions: rows.map(toStored),
    statistics: totals.map((row) => [
      String(row['symbol']),
      {
        trades: Number(row['trades']),
        wins: Number(row['wins']),
        losses: Number(row['losses']),
        pnlMicros: toMicros(Number(row['total_pnl_dollars'])),
        pnlPercent: Number(row['total_pnl_percent']),
      },
    ]),
  }
}

function toStored(row: Row): StoredPosition {
  const id = String(row['id'])
  const fail = (field: string): never => {
    throw new StoreRowError({ id, field, value: row[field] })
  }
  const dollars = (field: string): Micros => {
    const value = Number(row[field])
    return row[field] !== null && Number.isFinite(value) ? toMicros(value) : fail(field)
  }
  const number = (field: string): number | null => (row[field] == null ? null : Number(row[field]))
  const text = (field: string): string | null => (row[field] == null ? null : String(row[field]))
  const contracts = Number(row['contracts'])
  if (!(Number.isSafeInteger(contracts) && contracts > 0)) fail('contracts')
  const fillMicros = dollars('fill_price')
  const status = text('status') ?? 'open'
  if (!['open', 'exit_signal', 'closed'].includes(status)) fail('status')
  return {
    ...fromRegimePosition({
      id,
      recommendationId: text('recommendation_id'),
      option: toOption(row, id),
      action: (text('action') ?? fail('action')) as StoredPosition['action'],
      contracts,
      openedUs: toUs(row['opened_at']) ?? fail('opened_at'),
      fillMicros,
      currentMicros: row['current_price'] == null ? fillMicros : dollars('current_price'),
      entryCostMicros: dollars('entry_cost'),
      currentValueMicros: row['current_value'] == null ? dollars('entry_cost') : dollars('current_value'),
      pnlMicros: row['pnl'] == null ? 0 : dollars('pnl'),
      pnlPercent: number('pnl_percent') ?? 0,
      feesMicros: 0,
      dte: number('dte'),
      delta: number('delta'),
      status: status as StoredPosition['status'],
      exitReason: null,
      snoozedUntilUs: null,
      snoozedTrigger: null,
      closedUs: row['closed_at'] == null ? null : (toUs(row['closed_at']) ?? fail('closed_at')),
      closeMicros: row['close_price'] == null ? null : dollars('close_price'),
    }),
    exitReason: text('exit_reason'),
  }
}

function toOption(row: Row, id: string): OptionId {
  try {
    return createOptionId({
      underlying: String(row['underlying']),
      expiry: String(row['expiry']).slice(0, 10),
      right: String(row['right']).slice(0, 1).toUpperCase(),
      strike: Number(row['strike']),
    })
  } catch (error) {
    if (!isScalpError(error)) throw error
    throw new StoreRowError({ id, field: error.message, value: row['strike'] })
  }
}

/** ISO 8601 text with or without a zone, or seconds since 1970. */
function toUs(value: unknown): Us | undefined {
  if (typeof value === 'number') return Math.round(value * 1e6)
  if (typeof value !== 'string') return undefined
  const [, seconds = '', fraction = '', zone = ''] =
    /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/.exec(value) ?? []
  const ms = Date.parse(`${seconds.replace(' ', 'T')}${zone === '' ? 'Z' : zone}`)
  return Number.isNaN(ms) ? undefined : ms * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}
