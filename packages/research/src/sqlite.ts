import type { Us } from '@scalp/canonical'
import Database from 'better-sqlite3'
import type { Point } from './axis.js'
import { ResultDiffersError } from './errors.js'
import type { RunFilter, StoredRun, StoredSweep, Trial, TrialEnd, TrialStore } from './trial.js'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS runs (
  key TEXT PRIMARY KEY, strategy TEXT NOT NULL, data TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
  config TEXT NOT NULL, result_hash TEXT NOT NULL, trades INTEGER NOT NULL, figures TEXT NOT NULL, days TEXT NOT NULL,
  finished_us INTEGER NOT NULL, worker TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS executions (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, worker TEXT NOT NULL, finished_us INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS executions_of_run ON executions (key);
CREATE TABLE IF NOT EXISTS sweeps (id TEXT PRIMARY KEY, created_us INTEGER NOT NULL, plan TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS trials (
  sweep TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, point TEXT NOT NULL, failure TEXT,
  PRIMARY KEY (sweep, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trials_of_run ON trials (key);
PRAGMA user_version = 1;
`

/** Opens a store of trials in one SQLite file, made when there is none. Several processes may write to it in turn. */
export function openSqliteStore(file: string): TrialStore {
  return new SqliteStore(new Database(file))
}

type Row = Record<string, string | number | null>

class SqliteStore implements TrialStore {
  readonly #db: Database.Database

  constructor(db: Database.Database) {
    this.#db = db
    db.pragma('busy_timeout = 10000')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.exec(SCHEMA)
  }

  openSweep(id: string, plan: unknown, us: Us): void {
    this.#db.prepare('INSERT OR IGNORE INTO sweeps VALUES (?, ?, ?)').run(id, us, JSON.stringify(plan))
  }

  addTrials(sweep: string, trials: readonly Trial[]): void {
    const add = this.#db.prepare('INSERT OR IGNORE INTO trials VALUES (?, ?, ?, ?, NULL)')
    this.#db
      .transaction(() => {
        for (const { number, key, point } of trials) add.run(sweep, number, key, JSON.stringify(point))
      })
      .immediate()
  }

  keepRun(run: StoredRun): boolean {
    const { key, resultHash, worker, finishedUs } = run
    return this.#db
      .transaction(() => {
        const known = this.run(key)
        if (known !== undefined && known.resultHash !== resultHash)
          throw new ResultDiffersError({ key, kept: known.resultHash, offered: resultHash })
        this.#db
          .prepare('INSERT INTO executions (key, worker, finished_us) VALUES (?, ?, ?)')
          .run(key, worker, finishedUs)
        if (known !== undefined) return false
        this.#db
          .prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
          .run(
            key,
            run.strategy,
            run.data,
            run.from,
            run.to,
            JSON.stringify(run.config),
            resultHash,
            run.trades,
            JSON.stringify(run.figures),
            JSON.stringify(run.days),
            finishedUs,
            worker,
          )
        return true
      })
      .immediate()
  }

  keepFailure(sweep: string, { number }: Trial, failure: string): void {
    this.#db
      .prepare('UPDATE trials SET failure = ? WHERE sweep = ? AND number = ?')
      .run(failure, sweep, number)
  }

  run(key: string): StoredRun | undefined {
    const row = this.#db.prepare('SELECT * FROM runs WHERE key = ?').get(key) as Row | undefined
    return row === undefined ? undefined : toRun(row)
  }

  runsLike(prefix: string): readonly StoredRun[] {
    const rows = this.#db
      .prepare('SELECT * FROM runs WHERE substr(key, 1, length(?)) = ? ORDER BY key')
      .all(prefix, prefix)
    return (rows as Row[]).map(toRun)
  }

  runs({ sweep, strategy, data }: RunFilter = {}): readonly StoredRun[] {
    const rows = this.#db
      .prepare(
        `SELECT * FROM runs WHERE (@sweep IS NULL OR key IN (SELECT key FROM trials WHERE sweep = @sweep))
         AND (@strategy IS NULL OR strategy = @strategy) AND (@data IS NULL OR data = @data)
         ORDER BY finished_us DESC, key`,
      )
      .all({ sweep: sweep ?? null, strategy: strategy ?? null, data: data ?? null })
    return (rows as Row[]).map(toRun)
  }

  sweeps(): readonly StoredSweep[] {
    const rows = this.#db
      .prepare(
        `SELECT s.id, s.created_us, s.plan, count(t.number) AS trials, count(r.key) AS finished,
           count(t.failure) AS failed
         FROM sweeps s LEFT JOIN trials t ON t.sweep = s.id LEFT JOIN runs r ON r.key = t.key
         GROUP BY s.id ORDER BY s.created_us DESC, s.id`,
      )
      .all() as Row[]
    return rows.map((row) => ({
      id: String(row['id']),
      createdUs: Number(row['created_us']),
      plan: JSON.parse(String(row['plan'])) as unknown,
      trials: Number(row['trials']),
      finished: Number(row['finished']),
      failed: Number(row['failed']),
    }))
  }

  trialEnds(sweep: string): readonly TrialEnd[] {
    const rows = this.#db
      .prepare(
        `SELECT t.number, t.point, t.failure, t.key AS trial_key, r.* FROM trials t LEFT JOIN runs r ON r.key = t.key
         WHERE t.sweep = ? AND (r.key IS NOT NULL OR t.failure IS NOT NULL) ORDER BY t.number`,
      )
      .all(sweep) as Row[]
    return rows.map((row) => {
      const trial: Trial = {
        number: Number(row['number']),
        key: String(row['trial_key']),
        point: JSON.parse(String(row['point'])) as Point,
      }
      return row['key'] === null ? { trial, failure: String(row['failure']) } : { trial, run: toRun(row) }
    })
  }

  executions(key: string): number {
    const row = this.#db.prepare('SELECT count(*) AS count FROM executions WHERE key = ?').get(key) as Row
    return Number(row['count'])
  }

  close(): void {
    this.#db.close()
  }
}

function toRun(row: Row): StoredRun {
  const text = (name: string): string => String(row[name])
  return {
    key: text('key'),
    strategy: text('strategy'),
    data: text('data'),
    from: text('first'),
    to: text('last'),
    config: JSON.parse(text('config')) as StoredRun['config'],
    resultHash: text('result_hash'),
    trades: Number(row['trades']),
    figures: JSON.parse(text('figures')) as StoredRun['figures'],
    days: JSON.parse(text('days')) as StoredRun['days'],
    finishedUs: Number(row['finished_us']),
    worker: text('worker'),
  }
}
