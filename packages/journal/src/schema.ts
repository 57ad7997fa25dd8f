import type { Database } from 'better-sqlite3'
import { JournalVersionError } from './errors.js'

/** Version of the journal's own tables; the positions in the same file count theirs apart. */
export const JOURNAL_VERSION = 1

/** Tables and views; `README.md` tells what they hold. */
const TABLES = `
CREATE TABLE IF NOT EXISTS schema_version (
  component TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY, -- 1, 2, 3: no gap, over all days and files
  at_us INTEGER NOT NULL,  -- receive time of the event, microseconds since 1970 UTC
  run INTEGER NOT NULL,    -- number of the run, see runs
  type TEXT NOT NULL,      -- what happened: order-submitted, order-filled, intent-refused ...
  body TEXT NOT NULL,      -- the rest as JSON; money in micro-dollars, unknown is null
  hash TEXT NOT NULL       -- SHA-256 of the hash before, seq, at_us, run, type and body
) STRICT;
CREATE TABLE IF NOT EXISTS runs (
  run INTEGER PRIMARY KEY,
  prefix TEXT NOT NULL UNIQUE, -- begins the client order ids of the run
  started_us INTEGER NOT NULL,
  program TEXT NOT NULL,
  config TEXT NOT NULL         -- JSON
) STRICT;
CREATE TABLE IF NOT EXISTS segments (
  name TEXT PRIMARY KEY,     -- of the day that was closed
  file TEXT,                 -- beside this one; null once retention has removed it
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  hash_before TEXT NOT NULL,
  hash TEXT NOT NULL         -- of its last line
) STRICT;
CREATE TRIGGER IF NOT EXISTS journal_is_never_changed BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_never_shortened BEFORE DELETE ON journal
  WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM segments)
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only: only what a segment holds may leave'); END;
CREATE VIEW IF NOT EXISTS readable AS
  SELECT seq, datetime(at_us / 1000000, 'unixepoch') AS utc, run, type,
    coalesce(body ->> '$.symbol', '') AS symbol,
    coalesce(body ->> '$.orderId', body ->> '$.order.id', '') AS order_id, body FROM journal;
CREATE VIEW IF NOT EXISTS orders AS
  SELECT seq, at_us, run, body ->> '$.order.id' AS order_id, body ->> '$.symbol' AS symbol,
    body ->> '$.order.side' AS side, body ->> '$.order.contracts' AS contracts,
    body ->> '$.order.limitMicros' AS limit_micros, body ->> '$.order.reduces' AS reduces,
    body ->> '$.order.tag' AS tag FROM journal WHERE type = 'order-submitted';
CREATE VIEW IF NOT EXISTS fills AS
  SELECT seq, at_us, run, body ->> '$.fillId' AS fill_id, body ->> '$.orderId' AS order_id,
    body ->> '$.symbol' AS symbol, body ->> '$.side' AS side, body ->> '$.contracts' AS contracts,
    body ->> '$.priceMicros' AS price_micros, body ->> '$.feesMicros' AS fees_micros,
    body ->> '$.remaining' AS remaining FROM journal WHERE type = 'order-filled';
CREATE VIEW IF NOT EXISTS refusals AS
  SELECT seq, at_us, run, body ->> '$.symbol' AS symbol, body ->> '$.refusals[0].code' AS code,
    body ->> '$.refusals[0].gate' AS gate, body ->> '$.refusals[0].value' AS value,
    body ->> '$.refusals[0].limit' AS "limit", body ->> '$.refusals[0].resumes' AS resumes
    FROM journal WHERE type = 'intent-refused';
`

/** Creates or updates the journal's tables; forward only. */
export function migrate(database: Database, path: string): void {
  const version = versionOf(database)
  if (version > JOURNAL_VERSION) throw new JournalVersionError({ path, version, supported: JOURNAL_VERSION })
  if (version === JOURNAL_VERSION) return
  database.transaction(() => {
    database.exec(TABLES)
    database
      .prepare(`INSERT OR REPLACE INTO schema_version (component, version) VALUES ('journal', ?)`)
      .run(JOURNAL_VERSION)
  })()
}

/** Version of the journal in a file; 0 when there is none. */
export function versionOf(database: Database): number {
  const hasTable = database
    .prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'`)
    .get()
  if (hasTable === undefined) return 0
  const row = database.prepare(`SELECT version FROM schema_version WHERE component = 'journal'`).get() as
    | { version: number }
    | undefined
  return row?.version ?? 0
}
