import { parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer'
import { type Column, decisionColumns, tradeColumns, type Value } from './columns.js'
import type { BacktestResult } from './result.js'

/** The trades as a Parquet file: the columns of the CSV, instants as timestamps of µs. */
export function tradesParquet({ trades }: Pick<BacktestResult, 'trades'>): Uint8Array {
  return toParquet('trades', tradeColumns, trades)
}

/** The decision log as a Parquet file; without rows where the result has no log. */
export function decisionsParquet({ decisionLog = [] }: Pick<BacktestResult, 'decisionLog'>): Uint8Array {
  return toParquet('decisions', decisionColumns, decisionLog)
}

const TYPES: Readonly<Record<Column<unknown>['type'], Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
}

function toParquet<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): Uint8Array {
  const isWide = (type: Column<Row>['type']): boolean => type === 'integer' || type === 'instant'
  const cell = (value: Value, type: Column<Row>['type']): Value | bigint =>
    typeof value === 'number' && isWide(type) ? BigInt(Math.round(value)) : value
  const bytes = parquetWriteBuffer({
    schema: [
      { name, num_children: columns.length },
      ...columns.map((column) => ({
        name: column.name,
        ...TYPES[column.type],
        repetition_type: 'OPTIONAL' as const,
      })),
    ],
    columnData: columns.map((column) => ({
      name: column.name,
      data: rows.map((row) => cell(column.of(row), column.type)),
    })),
    createdBy: 'scalp-backtest',
  })
  return new Uint8Array(bytes)
}
