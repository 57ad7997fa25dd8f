import { type Column, decisionColumns, tradeColumns } from './columns.js'
import type { BacktestResult } from './result.js'

/** The trades as CSV with a line of names; money in micro-dollars, instants in µs, unknown is empty. */
export function tradesCsv({ trades }: Pick<BacktestResult, 'trades'>): string {
  return toCsv(tradeColumns, trades)
}

/** The decision log as CSV with a line of names; only names where the result has no log. */
export function decisionsCsv({ decisionLog = [] }: Pick<BacktestResult, 'decisionLog'>): string {
  return toCsv(decisionColumns, decisionLog)
}

function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ of }) => of(row)))]
  return `${lines.map((line) => line.map(escapeCsv).join(',')).join('\n')}\n`
}

/** RFC 4180. Text that a spreadsheet would run as a formula gets an apostrophe before it. */
function escapeCsv(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
