import { copyFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { PositionBook, RegimeTracker, toRegimePosition } from './index.js'
import { openSqliteStore } from './sqlite.js'
import { openPositionStore } from './store.js'
import { describeStore } from './testing.js'

function freshPath(): string {
  return path.join(mkdtempSync(path.join(tmpdir(), 'positions-')), 'positions.db')
}

let last = ''
describeStore(
  'SQLite',
  {
    openEmpty: () => {
      last = freshPath()
      return openPositionStore(last)
    },
    reopen: () => openPositionStore(`sqlite:${last}`),
  },
  { describe, test, expect },
)

/** The layout of the reference: no type, no version, dollars in floats, times as text. */
const REFERENCE = `
CREATE TABLE positions (
  id TEXT PRIMARY KEY, recommendation_id TEXT, opened_at TEXT, underlying TEXT, expiry TEXT, strike REAL, right TEXT,
  action TEXT, contracts INTEGER, fill_price REAL, entry_cost REAL, current_price REAL, current_value REAL, pnl REAL,
  pnl_percent REAL, dte INTEGER, delta REAL, status TEXT, exit_reason TEXT, closed_at TEXT, close_price REAL);
CREATE TABLE symbol_stats (
  symbol TEXT PRIMARY KEY, trades INTEGER, wins INTEGER, losses INTEGER, total_pnl_dollars REAL, total_pnl_percent REAL);
INSERT INTO positions VALUES
  ('a1', 'rec-1', '2024-01-03T15:00:00.250000', 'TSLA', '2024-01-12', 250.0, 'C', 'BUY_CALL', 2, 2.41, 482.0, 2.29,
   458.0, -24.0, -4.979253112033195, 9, 0.41, 'exit_signal', 'stop_loss', NULL, NULL),
  ('a2', NULL, '2024-01-02T10:00:00-05:00', 'SPY', '2024-01-05', 470.5, 'P', 'BUY_PUT', 1, 1.15, 115.0, 1.38, 138.0,
   23.0, 20.0, 3, NULL, 'closed', 'take_profit', '2024-01-02 16:30:00', 1.38);
INSERT INTO symbol_stats VALUES ('SPY', 1, 1, 0, 23.0, 20.0);`

function referenceFile(sql = ''): string {
  const file = freshPath()
  const database = new Database(file)
  database.exec(REFERENCE + sql)
  database.close()
  return file
}

test('a database of the reference opens, becomes one of ours and keeps every figure', async () => {
  const file = referenceFile()
  for (const round of ['migrated', 'opened again']) {
    const store = openSqliteStore({ path: file })
    const { positions, statistics } = await store.load()
    expect(positions, round).toMatchObject([
      {
        id: 'a2',
        positionType: 'regime',
        openedUs: Date.parse('2024-01-02T15:00:00Z') * 1_000,
        closedUs: Date.parse('2024-01-02T16:30:00Z') * 1_000,
        closeMicros: 1_380_000,
        pnlMicros: 23_000_000,
        exitReason: 'take_profit',
      },
      {
        id: 'a1',
        openedUs: 1_704_294_000_250_000,
        fillMicros: 2_410_000,
        delta: 0.41,
        status: 'exit_signal',
        pnlMicros: -24_000_000,
      },
    ])
    expect(statistics).toEqual([
      ['SPY', { trades: 1, wins: 1, losses: 0, pnlMicros: 23_000_000, pnlPercent: 20 }],
    ])
    const tracker = new RegimeTracker()
    tracker.restore({ version: 1, positions: positions.map(toRegimePosition), statistics })
    expect(tracker.totals()).toMatchObject({
      openCount: 1,
      exposureMicros: 482_000_000,
      pnlMicros: -1_000_000,
    })
    const old = store.database.prepare('SELECT count(*) FROM reference_positions').pluck().get()
    expect(old).toBe(2)
    await store.close()
  }
})

test('a row of the reference that is no position stops the migration, and nothing is changed', () => {
  const file = referenceFile(`UPDATE positions SET opened_at = 'yesterday' WHERE id = 'a1';`)
  const before = `${file}.before`
  copyFileSync(file, before)
  expect(() => openSqliteStore({ path: file })).toThrow(
    expect.objectContaining({
      code: 'POSITIONS_ROW',
      details: { id: 'a1', field: 'opened_at', value: 'yesterday' },
    }),
  )
  const database = new Database(file)
  expect(database.prepare('SELECT name FROM sqlite_schema ORDER BY name').pluck().all()).toEqual([
    'positions',
    'sqlite_autoindex_positions_1',
    'sqlite_autoindex_symbol_stats_1',
    'symbol_stats',
  ])
  database.close()
})

test('a database of a newer version is refused', () => {
  const file = freshPath()
  const { database } = openSqliteStore({ path: file })
  database.exec(`UPDATE schema_version SET version = 7 WHERE component = 'positions'`)
  database.close()
  expect(() => openSqliteStore({ path: file })).toThrow(
    expect.objectContaining({ code: 'POSITIONS_VERSION', details: { version: 7, supported: 1 } }),
  )
})

test('a full database tells so and keeps what it had', async () => {
  const store = openSqliteStore({ path: freshPath() })
  const book = new PositionBook()
  const save = (count: number): Promise<void> => {
    for (let i = 0; i < count; i++)
      book.apply({
        fillId: `${count}-${i}`,
        symbol: 'SPY240105P00470500',
        side: 'buy',
        contracts: 1,
        priceMicros: 1,
        receivedUs: i,
      })
    return store.save(book.takeChange(count) ?? { positions: [], fills: [], statistics: [] })
  }
  await save(10)
  store.database.pragma(`max_page_count = ${Number(store.database.pragma('page_count', { simple: true }))}`)
  await expect(save(5_000)).rejects.toThrow('full')
  expect((await store.load()).fills).toHaveLength(10)
  await store.close()
})

test('a URL of another scheme is refused', async () => {
  await expect(openPositionStore('mysql://localhost/x')).rejects.toMatchObject({ code: 'POSITIONS_URL' })
})
