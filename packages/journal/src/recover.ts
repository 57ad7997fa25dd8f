import { existsSync, renameSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { GENESIS, hashLine } from './chain.js'
import { JournalCorruptError } from './errors.js'
import { healRuns } from './internal/open-database.js'
import type { JournalLine } from './line.js'
import { migrate } from './schema.js'
import { readTail } from './tail-file.js'

/** What a recovery did. */
export interface Recovery {
  /** Where the damaged file lies now. */
  readonly damagedFile: string
  readonly lines: number
  /** Lines that only a tail file still had. */
  readonly fromTail: number
  /** Ranges of lines that nobody has any more; empty unless `acceptLoss` was set. */
  readonly lost: readonly { readonly from: number; readonly to: number }[]
}

interface Segment {
  readonly name: string
  readonly file: string | null
  readonly first_seq: number
  readonly last_seq: number
  readonly hash_before: string
  readonly hash: string
}

/**
 * Writes a new database from all that is readable of a damaged one and from the tail files, and puts it in its
 * place; the damaged one is kept under another name. Positions are a projection: rebuild them afterwards.
 *
 * @throws `JournalCorruptError` When a line is lost and `acceptLoss` is not set; nothing is changed then.
 */
export function recoverJournal(
  path: string,
  { acceptLoss = false }: { acceptLoss?: boolean } = {},
): Recovery {
  const { lines, segments } = salvage(path)
  const salvaged = lines.size
  for (const tail of [readTail(`${path}-tail-old`), readTail(`${path}-tail`)])
    for (const line of tail.lines) lines.set(line.seq, line)
  const sealed = segments.at(-1)
  let [seq, before] = [sealed?.last_seq ?? 0, sealed?.hash ?? GENESIS]
  const last = Math.max(seq, ...lines.keys())
  const kept: JournalLine[] = []
  const lost: { from: number; to: number }[] = []
  for (let next = seq + 1; next <= last; next++) {
    const line = lines.get(next)
    const follows =
      line !== undefined && (hashLine(before, line) === line.hash || (acceptLoss && seq !== next - 1))
    if (!follows) {
      const range = lost.at(-1)
      if (range?.to === next - 1) range.to = next
      else lost.push({ from: next, to: next })
      continue
    }
    kept.push(line)
    seq = next
    before = line.hash
  }
  const [range] = lost
  if (range !== undefined && !acceptLoss)
    throw new JournalCorruptError({ path, reason: 'no copy of some lines is left', lost: range })
  const fresh = `${path}-recovering`
  rmSync(fresh, { force: true })
  write(fresh, kept, segments)
  const damagedFile = replace(path, fresh)
  return { damagedFile, lines: kept.length, fromTail: Math.max(0, kept.length - salvaged), lost }
}

/** All lines that can still be read, from both ends towards the damage. */
function salvage(path: string): { lines: Map<number, JournalLine>; segments: Segment[] } {
  const lines = new Map<number, JournalLine>()
  let segments: Segment[] = []
  let database: Database.Database
  try {
    database = new Database(path)
  } catch {
    return { lines, segments }
  }
  const select = 'SELECT seq, at_us AS atUs, run, type, body, hash FROM journal ORDER BY seq'
  const read = (sql: string, take: (row: unknown) => void): void => {
    try {
      for (const row of database.prepare(sql).iterate()) take(row)
    } catch {
      /** As far as it goes: what is missing is told by whoever looks at the numbers. */
    }
  }
  const keep = (row: unknown): void => {
    const line = row as JournalLine
    if (isLine(line) && !lines.has(line.seq)) lines.set(line.seq, line)
  }
  read('SELECT * FROM segments ORDER BY last_seq', (row) => segments.push(row as Segment))
  read(select, keep)
  read(`${select} DESC`, keep)
  database.close()
  segments = segments.filter(({ last_seq: end, hash }) => Number.isInteger(end) && typeof hash === 'string')
  return { lines, segments }
}

function isLine({ seq, atUs, run, type, body, hash }: JournalLine): boolean {
  return (
    [seq, atUs, run].every(Number.isSafeInteger) &&
    [type, body, hash].every((text) => typeof text === 'string')
  )
}

function write(path: string, lines: readonly JournalLine[], segments: readonly Segment[]): void {
  const database = new Database(path)
  try {
    migrate(database, path)
    const addSegment = database.prepare(
      `INSERT INTO segments (name, file, first_seq, last_seq, hash_before, hash)
         VALUES (@name, @file, @first_seq, @last_seq, @hash_before, @hash)`,
    )
    const add = database.prepare(
      'INSERT INTO journal (seq, at_us, run, type, body, hash) VALUES (@seq, @atUs, @run, @type, @body, @hash)',
    )
    database.transaction(() => {
      for (const segment of segments) addSegment.run(segment)
      for (const line of lines) add.run(line)
    })()
    healRuns(database)
  } finally {
    database.close()
  }
}

/** Puts the new file in the place of the damaged one, which is kept with its companions. */
function replace(path: string, fresh: string): string {
  let number = 1
  while (existsSync(`${path}-damaged-${number}`)) number++
  const damaged = `${path}-damaged-${number}`
  renameSync(path, damaged)
  for (const companion of ['-wal', '-shm'])
    if (existsSync(path + companion)) renameSync(path + companion, damaged + companion)
  renameSync(fresh, path)
  return damaged
}
