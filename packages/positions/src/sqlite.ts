import Database from 'better-sqlite3'
import { StoreVersionError } from './errors.js'
import { COLUMNS, fillValues, positionValues, toFill, toPosition } from './internal/columns.js'
import { isReferenceLayout, readReference } from './internal/reference-layout.js'
import { createTables, SQL, STORE_VERSION } from './internal/statements.js'
import type { SymbolTotals } from './regime-statistics.js'
import type { PositionStore, StoreChange, StoredBook } from './stored-position.js'

/** Where a store lives: a file of its own, or a connection that is open already, such as that of a journal. */
export type SqliteStoreOptions = { readonly path: string } | { readonly database: Database.Database }

const plain = (sql: string): string => sql.replace(/\$\d+/g, '?')

/**
 * Positions in SQLite. With a journal's connection both live in one file; the store is then a projection, and
 * `load().journalSeq` says up to which line it has come.
 */
export class SqlitePositionStore implements PositionStore {
  readonly database: Database.Database
  readonly #ownsDatabase: boolean
  readonly #write: (change: StoreChange, isWhole: boolean) => void

  /** @throws StoreVersionError, StoreRowError */
  constructor(options: SqliteStoreOptions) {
    this.#ownsDatabase = 'path' in options
    this.database = 'path' in options ? new Database(options.path) : options.database
    try {
      if ('path' in options) {
        this.database.pragma('journal_mode = WAL')
        this.database.pragma('synchronous = FULL')
      }
      migrate(this.database)
    } catch (error) {
      if (this.#ownsDatabase) this.database.close()
      throw error
    }
    this.#write = this.#prepare()
  }

  load(): Promise<StoredBook> {
    return Promise.resolve(this.loadSync())
  }

  /** {@link load}, at once. */
  loadSync(): StoredBook {
    const all = (sql: string): Record<string, unknown>[] =>
      this.database.prepare(sql).all() as Record<string, unknown>[]
    const statistics = all(SQL.totals).map((row) => [row['symbol'] as string, toTotals(row)] as const)
    return {
      positions: all(SQL.positions).map(toPosition),
      statistics,
      fills: all(SQL.fills).map(toFill),
      journalSeq: Number(all(SQL.seq)[0]?.['journal_seq'] ?? 0),
    }
  }

  save(change: StoreChange): Promise<void> {
    return attempt(() => this.saveSync(change))
  }

  /** {@link save}, at once: within a flush, say. */
  saveSync(change: StoreChange): void {
    this.#write(change, false)
  }

  replace(change: StoreChange): Promise<void> {
    return attempt(() => this.#write(change, true))
  }

  clearClosed(): Promise<number> {
    return attempt(() => this.database.prepare(SQL.clearClosed).run().changes)
  }

  clearAll(): Promise<number> {
    return attempt(() => this.database.prepare(SQL.clearAll).run().changes)
  }

  /** Lets go of the file, unless the connection is somebody else's. */
  close(): Promise<void> {
    return attempt(() => {
      if (this.#ownsDatabase) this.database.close()
    })
  }

  #prepare(): (change: StoreChange, isWhole: boolean) => void {
    const [savePosition, saveFill, saveTotals, saveSeq] = [
      SQL.savePosition,
      SQL.saveFill,
      SQL.saveTotals,
      SQL.saveSeq,
    ].map((sql) => this.database.prepare(plain(sql))) as [
      Database.Statement,
      Database.Statement,
      Database.Statement,
      Database.Statement,
    ]
    return this.database.transaction((change: StoreChange, isWhole: boolean) => {
      if (isWhole) for (const sql of [SQL.clearAll, ...SQL.clearRest]) this.database.exec(sql)
      for (const position of change.positions) savePosition.run(...positionValues(position))
      for (const fill of change.fills) saveFill.run(...fillValues(fill))
      for (const [symbol, { trades, wins, losses, pnlMicros, pnlPercent }] of change.statistics)
        saveTotals.run(symbol, trades, wins, losses, pnlMicros, pnlPercent)
      if (change.journalSeq !== undefined) saveSeq.run(change.journalSeq)
    })
  }
}

/** Opens a store; see {@link SqliteStoreOptions}. A database of the reference's layout is migrated. */
export function openSqliteStore(options: SqliteStoreOptions): SqlitePositionStore {
  return new SqlitePositionStore(options)
}

/** Steps from each version to the next; forward only. Version 0 is an empty file, or the reference's layout. */
const STEPS: readonly ((database: Database.Database) => void)[] = [
  (database) => {
    const old = isReferenceLayout(database) ? readReference(database) : undefined
    if (old !== undefined)
      database.exec(
        `ALTER TABLE positions RENAME TO reference_positions; DROP TABLE IF EXISTS reference_symbol_stats;
         CREATE TABLE IF NOT EXISTS symbol_stats (symbol TEXT);
         ALTER TABLE symbol_stats RENAME TO reference_symbol_stats`,
      )
    database.exec(createTables('sqlite'))
    if (old === undefined) return
    const insert = database.prepare(`INSERT INTO positions VALUES (${COLUMNS.map(() => '?').join(', ')})`)
    for (const position of old.positions) insert.run(...positionValues(position))
    const insertTotals = database.prepare(plain(SQL.saveTotals))
    for (const [symbol, { trades, wins, losses, pnlMicros, pnlPercent }] of old.statistics)
      insertTotals.run(symbol, trades, wins, losses, pnlMicros, pnlPercent)
  },
]

function migrate(database: Database.Database): void {
  database
    .transaction(() => {
      database.exec(
        'CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT',
      )
      const row = database
        .prepare(`SELECT version FROM schema_version WHERE component = 'positions'`)
        .get() as { version: number } | undefined
      const version = row?.version ?? 0
      if (version > STORE_VERSION) throw new StoreVersionError({ version, supported: STORE_VERSION })
      if (version === STORE_VERSION) return
      for (const step of STEPS.slice(version)) step(database)
      database
        .prepare(`INSERT OR REPLACE INTO schema_version (component, version) VALUES ('positions', ?)`)
        .run(STORE_VERSION)
    })
    .immediate()
}

function toTotals(row: Readonly<Record<string, unknown>>): SymbolTotals {
  return {
    trades: Number(row['trades']),
    wins: Number(row['wins']),
    losses: Number(row['losses']),
    pnlMicros: Number(row['total_pnl_micros']),
    pnlPercent: Number(row['total_pnl_percent']),
  }
}

function attempt<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(work()))
}
