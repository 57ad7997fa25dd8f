import { COLUMNS, FILL_COLUMNS } from './columns.js'

/** Version of the tables of positions; the journal in the same file counts its own. */
export const STORE_VERSION = 1

const KINDS = {
  sqlite: { text: 'TEXT', integer: 'INTEGER', real: 'REAL' },
  postgres: { text: 'TEXT', integer: 'BIGINT', real: 'DOUBLE PRECISION' },
} as const

/** The tables of version 1, in the words of either database. */
export function createTables(dialect: 'sqlite' | 'postgres'): string {
  const { text, integer, real } = KINDS[dialect]
  const number = dialect === 'sqlite' ? 'INTEGER PRIMARY KEY' : 'BIGSERIAL PRIMARY KEY'
  const strict = dialect === 'sqlite' ? ' STRICT' : ''
  const columns = COLUMNS.map(({ name, kind, rule }) => `${name} ${KINDS[dialect][kind]} ${rule}`.trim())
  return `
CREATE TABLE IF NOT EXISTS positions (${columns.join(', ')})${strict};
CREATE INDEX IF NOT EXISTS positions_by_status ON positions (status);
CREATE TABLE IF NOT EXISTS position_fills (
  number ${number}, fill_id ${text} NOT NULL UNIQUE, position_id ${text} NOT NULL, symbol ${text} NOT NULL, side ${text} NOT NULL,
  contracts ${integer} NOT NULL, price_micros ${integer} NOT NULL, fees_micros ${integer} NOT NULL,
  received_us ${integer} NOT NULL)${strict};
CREATE INDEX IF NOT EXISTS position_fills_by_position ON position_fills (position_id);
CREATE TABLE IF NOT EXISTS symbol_stats (
  symbol ${text} PRIMARY KEY, trades ${integer} NOT NULL, wins ${integer} NOT NULL, losses ${integer} NOT NULL,
  total_pnl_micros ${integer} NOT NULL, total_pnl_percent ${real} NOT NULL)${strict};
CREATE TABLE IF NOT EXISTS projection (name ${text} PRIMARY KEY, journal_seq ${integer} NOT NULL)${strict};`
}

const marks = (count: number): string =>
  Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ')
const updates = (names: readonly string[]): string =>
  names.map((name) => `${name} = excluded.${name}`).join(', ')
const names = COLUMNS.map(({ name }) => name)

type StatementName =
  | 'savePosition'
  | 'saveFill'
  | 'saveTotals'
  | 'saveSeq'
  | 'positions'
  | 'totals'
  | 'fills'
  | 'seq'
  | 'clearClosed'
  | 'clearAll'

/** Statements of both databases; parameters are `$1`, `$2` and so on. */
export const SQL: Readonly<Record<StatementName, string>> & { readonly clearRest: readonly string[] } = {
  savePosition: `INSERT INTO positions (${names.join(', ')}) VALUES (${marks(names.length)})
    ON CONFLICT (id) DO UPDATE SET ${updates(names.slice(1))}`,
  saveFill: `INSERT INTO position_fills (${FILL_COLUMNS}) VALUES (${marks(8)}) ON CONFLICT (fill_id) DO NOTHING`,
  saveTotals: `INSERT INTO symbol_stats (symbol, trades, wins, losses, total_pnl_micros, total_pnl_percent)
    VALUES (${marks(6)}) ON CONFLICT (symbol) DO UPDATE
    SET ${updates(['trades', 'wins', 'losses', 'total_pnl_micros', 'total_pnl_percent'])}`,
  saveSeq: `INSERT INTO projection (name, journal_seq) VALUES ('positions', $1)
    ON CONFLICT (name) DO UPDATE SET journal_seq = excluded.journal_seq`,
  positions: 'SELECT * FROM positions ORDER BY opened_us, id',
  totals: 'SELECT * FROM symbol_stats ORDER BY symbol',
  /** Those of open positions, and the newest of the rest, oldest first. */
  fills: `SELECT * FROM position_fills WHERE position_id IN (SELECT id FROM positions WHERE status <> 'closed')
      OR fill_id IN (SELECT fill_id FROM position_fills ORDER BY number DESC LIMIT 10000)
    ORDER BY number`,
  seq: `SELECT journal_seq FROM projection WHERE name = 'positions'`,
  clearClosed: `DELETE FROM positions WHERE status = 'closed'`,
  clearAll: 'DELETE FROM positions',
  clearRest: ['DELETE FROM position_fills', 'DELETE FROM symbol_stats', 'DELETE FROM projection'],
}
