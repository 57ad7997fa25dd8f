import pg from 'pg'
import { StoreVersionError } from './errors.js'
import { fillValues, positionValues, toFill, toPosition } from './internal/columns.js'
import { createTables, SQL, STORE_VERSION } from './internal/statements.js'
import type { PositionStore, StoreChange, StoredBook } from './stored-position.js'

/** Where a store lives. */
export interface PostgresStoreOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string
  /** Schema that holds the tables, one for each daemon; `scalp` unless told. */
  readonly schema?: string
}

/** Positions in PostgreSQL, for who runs several daemons: one schema for each. */
export class PostgresPositionStore implements PositionStore {
  readonly #pool: pg.Pool
  readonly #schema: string

  constructor({ url, schema = 'scalp' }: PostgresStoreOptions) {
    this.#schema = pg.escapeIdentifier(schema)
    this.#pool = new pg.Pool({ connectionString: url, max: 2 })
    /** A connection that dies while idle is replaced at the next call, which tells if that fails. */
    this.#pool.on('error', () => undefined)
  }

  /** Makes or updates the tables. @throws StoreVersionError */
  async migrate(): Promise<void> {
    await this.#transaction(async (client) => {
      /** Two daemons may start at once. */
      await client.query(`SELECT pg_advisory_xact_lock(hashtext('scalp positions'))`)
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${this.#schema}`)
      await client.query(
        'CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version BIGINT NOT NULL)',
      )
      const { rows } = await client.query(`SELECT version FROM schema_version WHERE component = 'positions'`)
      const version = Number((rows[0] as { version: string } | undefined)?.version ?? 0)
      if (version > STORE_VERSION) throw new StoreVersionError({ version, supported: STORE_VERSION })
      if (version === STORE_VERSION) return
      await client.query(createTables('postgres'))
      await client.query(
        `INSERT INTO schema_version (component, version) VALUES ('positions', $1)
           ON CONFLICT (component) DO UPDATE SET version = excluded.version`,
        [STORE_VERSION],
      )
    })
  }

  load(): Promise<StoredBook> {
    return this.#transaction(async (client) => {
      const all = async (sql: string): Promise<Record<string, unknown>[]> =>
        (await client.query(sql)).rows as Record<string, unknown>[]
      const positions = (await all(SQL.positions)).map(toPosition)
      const statistics = (await all(SQL.totals)).map(
        (row) =>
          [
            row['symbol'] as string,
            {
              trades: Number(row['trades']),
              wins: Number(row['wins']),
              losses: Number(row['losses']),
              pnlMicros: Number(row['total_pnl_micros']),
              pnlPercent: Number(row['total_pnl_percent']),
            },
          ] as const,
      )
      const fills = (await all(SQL.fills)).map(toFill)
      return {
        positions,
        statistics,
        fills,
        journalSeq: Number((await all(SQL.seq))[0]?.['journal_seq'] ?? 0),
      }
    }, 'ISOLATION LEVEL REPEATABLE READ READ ONLY')
  }

  save(change: StoreChange): Promise<void> {
    return this.#transaction((client) => write(client, change))
  }

  replace(change: StoreChange): Promise<void> {
    return this.#transaction(async (client) => {
      for (const sql of [SQL.clearAll, ...SQL.clearRest]) await client.query(sql)
      await write(client, change)
    })
  }

  clearClosed(): Promise<number> {
    return this.#transaction(async (client) => (await client.query(SQL.clearClosed)).rowCount ?? 0)
  }

  clearAll(): Promise<number> {
    return this.#transaction(async (client) => (await client.query(SQL.clearAll)).rowCount ?? 0)
  }

  close(): Promise<void> {
    return this.#pool.end()
  }

  async #transaction<Result>(work: (client: pg.PoolClient) => Promise<Result>, mode = ''): Promise<Result> {
    const client = await this.#pool.connect()
    try {
      await client.query(`BEGIN ${mode}`)
      await client.query(`SET LOCAL search_path TO ${this.#schema}`)
      const result = await work(client)
      await client.query('COMMIT')
      client.release()
      return result
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        /** A connection that cannot even roll back is of no use. */
        (broken: unknown) => client.release(broken instanceof Error ? broken : true),
      )
      throw error
    }
  }
}

/** Opens a store and makes or updates its tables. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresPositionStore> {
  const store = new PostgresPositionStore(options)
  try {
    await store.migrate()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function write(client: pg.PoolClient, change: StoreChange): Promise<void> {
  for (const position of change.positions) await client.query(SQL.savePosition, positionValues(position))
  for (const fill of change.fills) await client.query(SQL.saveFill, fillValues(fill))
  for (const [symbol, { trades, wins, losses, pnlMicros, pnlPercent }] of change.statistics)
    await client.query(SQL.saveTotals, [symbol, trades, wins, losses, pnlMicros, pnlPercent])
  if (change.journalSeq !== undefined) await client.query(SQL.saveSeq, [change.journalSeq])
}
