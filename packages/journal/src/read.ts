import path from 'node:path'
import Database from 'better-sqlite3'
import type { JournalLine } from './line.js'

/** Which lines to read; all of them unless told. */
export interface LineFilter {
  readonly fromSeq?: number
  readonly toSeq?: number
  readonly run?: number
  readonly type?: string
}

/** A closed day. */
export interface Segment {
  readonly name: string
  /** Beside the journal; null once retention has removed it. */
  readonly file: string | null
  readonly firstSeq: number
  readonly lastSeq: number
  readonly hashBefore: string
  readonly hash: string
}

const PAGE = 5_000

/** Closed days in their order. */
export function segmentsOf(database: Database.Database): readonly Segment[] {
  return database
    .prepare(
      `SELECT name, file, first_seq AS firstSeq, last_seq AS lastSeq, hash_before AS hashBefore, hash
         FROM segments ORDER BY last_seq`,
    )
    .all() as Segment[]
}

/** Lines in their order, those of closed days first. Reads pages, so that the journal can be written meanwhile. */
export function* linesOf(
  file: string,
  database: Database.Database,
  filter: LineFilter = {},
): Generator<JournalLine, undefined> {
  const { fromSeq = 1 } = filter
  for (const segment of segmentsOf(database)) {
    if (segment.file === null || segment.lastSeq < fromSeq) continue
    const archive = new Database(path.join(path.dirname(file), segment.file), { readonly: true })
    try {
      yield* pagesOf(archive, filter)
    } finally {
      archive.close()
    }
  }
  yield* pagesOf(database, filter)
}

/** Opens a journal for reading while another process may write it. */
export function readJournal(file: string): JournalReader {
  return new JournalReader(file)
}

/** Reads a journal; it never changes it. */
export class JournalReader {
  readonly path: string
  readonly database: Database.Database

  constructor(file: string) {
    this.path = file
    this.database = new Database(file, { readonly: true, fileMustExist: true })
  }

  lines(filter: LineFilter = {}): Generator<JournalLine, undefined> {
    return linesOf(this.path, this.database, filter)
  }

  /** The last line of a type; undefined when there is none in any file that is left. */
  last(type: string): JournalLine | undefined {
    return lastOf(this.path, this.database, type)
  }

  segments(): readonly Segment[] {
    return segmentsOf(this.database)
  }

  close(): void {
    this.database.close()
  }
}

/** The last line of a type, from the present file or from the newest closed day that has one. */
export function lastOf(file: string, database: Database.Database, type: string): JournalLine | undefined {
  const sql = `SELECT seq, at_us AS atUs, run, type, body, hash FROM journal WHERE type = ? ORDER BY seq DESC LIMIT 1`
  const live = database.prepare(sql).get(type) as JournalLine | undefined
  if (live !== undefined) return live
  for (const segment of segmentsOf(database).toReversed()) {
    if (segment.file === null) continue
    const archive = new Database(path.join(path.dirname(file), segment.file), { readonly: true })
    const line = archive.prepare(sql).get(type) as JournalLine | undefined
    archive.close()
    if (line !== undefined) return line
  }
  return undefined
}

function* pagesOf(
  database: Database.Database,
  { fromSeq = 1, toSeq = Number.MAX_SAFE_INTEGER, run, type }: LineFilter,
): Generator<JournalLine, undefined> {
  const where = [
    'seq BETWEEN ? AND ?',
    ...(run === undefined ? [] : ['run = ?']),
    ...(type === undefined ? [] : ['type = ?']),
  ]
  const page = database.prepare(
    `SELECT seq, at_us AS atUs, run, type, body, hash FROM journal
       WHERE ${where.join(' AND ')} ORDER BY seq LIMIT ${PAGE}`,
  )
  const extra = [run, type].filter((value) => value !== undefined)
  for (let next = fromSeq; ; ) {
    const rows = page.all(next, toSeq, ...extra) as JournalLine[]
    yield* rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    next = last.seq + 1
  }
}
