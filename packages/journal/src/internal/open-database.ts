import Database from 'better-sqlite3'
import { GENESIS, hashLine } from '../chain.js'
import { JournalCorruptError } from '../errors.js'
import type { JournalLine } from '../line.js'
import { recoverJournal } from '../recover.js'
import { migrate } from '../schema.js'
import { readTail, type TailContent } from '../tail-file.js'

/** What was repaired before a journal could be used. */
export interface RecoveryReport {
  /** Lines that only the tail file had: the process died before the database took them. */
  readonly fromTail: number
  /** Where the damaged file lies now; null when none was damaged. */
  readonly damagedFile: string | null
}

/** A database that agrees with its tail files. */
export interface OpenedDatabase {
  readonly database: Database.Database
  /** How much of the tail file goes on being used. */
  readonly tailBytes: number
  readonly report: RecoveryReport | undefined
}

/** True for a write that found no room, on the disk or within a page limit. */
export function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL'
}

/** Opens the database, repairs it when it must be, and takes over what only the tail file has. */
export function openDatabase({ path, check }: { path: string; check: 'recent' | 'all' }): OpenedDatabase {
  try {
    return attempt(path, check, null)
  } catch (error) {
    if (!isDamage(error)) throw error
    const { damagedFile } = recoverJournal(path)
    return attempt(path, check, damagedFile)
  }
}

function attempt(path: string, check: 'recent' | 'all', damagedFile: string | null): OpenedDatabase {
  const database = new Database(path)
  try {
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    migrate(database, path)
    if (check === 'all') checkAll(database, path)
    const old = readTail(`${path}-tail-old`)
    const tail = readTail(`${path}-tail`)
    compare(database, path, old)
    compare(database, path, tail)
    const fromTail = takeOver(database, path, old) + takeOver(database, path, tail)
    healRuns(database)
    /** A tail that was torn in its middle ends before the database does; it starts anew. */
    const goesOn = (tail.lines.at(-1)?.seq ?? headOf(database).seq) === headOf(database).seq
    if (!goesOn) database.pragma('wal_checkpoint(TRUNCATE)')
    return {
      database,
      tailBytes: goesOn ? tail.bytes : 0,
      report: fromTail > 0 || damagedFile !== null ? { fromTail, damagedFile } : undefined,
    }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Number and hash of the last line, in the journal or in the last segment. */
export function headOf(database: Database.Database): { readonly seq: number; readonly hash: string } {
  const row = database
    .prepare(
      `SELECT seq, hash FROM journal UNION ALL SELECT last_seq, hash FROM segments ORDER BY 1 DESC LIMIT 1`,
    )
    .get() as { seq: number; hash: string } | undefined
  return row ?? { seq: 0, hash: GENESIS }
}

/** Rows of `runs` are copies of what the journal tells. */
export function healRuns(database: Database.Database): void {
  database.exec(
    `INSERT OR IGNORE INTO runs (run, prefix, started_us, program, config)
       SELECT run, body ->> '$.prefix', at_us, body ->> '$.program', body -> '$.config'
       FROM journal WHERE type = 'run-started'`,
  )
}

/** The lines that the tail file has as well must be the same in the database. */
function compare(database: Database.Database, path: string, { lines }: TailContent): void {
  const [first, last] = [lines[0], lines.at(-1)]
  if (first === undefined || last === undefined) return
  const { sealed } = database.prepare('SELECT coalesce(max(last_seq), 0) AS sealed FROM segments').get() as {
    sealed: number
  }
  const rows = database
    .prepare(
      'SELECT seq, at_us AS atUs, run, type, body, hash FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq',
    )
    .all(Math.max(first.seq, sealed + 1), last.seq) as JournalLine[]
  const head = headOf(database).seq
  let next = Math.max(first.seq, sealed + 1)
  for (const row of rows) {
    const line = lines[next - first.seq]
    const isSame = line !== undefined && row.seq === next && row.hash === line.hash && row.body === line.body
    if (!isSame) throw new JournalCorruptError({ path, reason: `line ${next} is not what was recorded` })
    next++
  }
  if (next <= Math.min(last.seq, head))
    throw new JournalCorruptError({ path, reason: `line ${next} is missing` })
}

/** Inserts the lines that follow the database's last. */
function takeOver(database: Database.Database, path: string, { lines }: TailContent): number {
  const head = headOf(database)
  const missing = lines.filter(({ seq }) => seq > head.seq)
  const [first] = missing
  if (first === undefined) return 0
  if (first.seq !== head.seq + 1 || hashLine(head.hash, first) !== first.hash)
    throw new JournalCorruptError({
      path,
      reason: `line ${head.seq + 1} is missing before those of the tail file`,
    })
  const insert = database.prepare(
    'INSERT INTO journal (seq, at_us, run, type, body, hash) VALUES (@seq, @atUs, @run, @type, @body, @hash)',
  )
  database.transaction(() => {
    for (const line of missing) insert.run(line)
  })()
  return missing.length
}

function checkAll(database: Database.Database, path: string): void {
  const faults = database.pragma('integrity_check(1)', { simple: true })
  if (faults !== 'ok') throw new JournalCorruptError({ path, reason: String(faults) })
}

function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return (
    typeof code === 'string' &&
    (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'JOURNAL_CORRUPT')
  )
}
