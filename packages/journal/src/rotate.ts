import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { segmentsOf } from './read.js'

/**
 * Moves all lines so far into a file of their own, `NAME-DAY.db`, and leaves its bounds and hashes in `segments`.
 * The file is whole and synced before anything leaves the present one, so that no crash loses a line.
 *
 * @returns The file's name; undefined when there was nothing to move.
 */
export function sealDay(database: Database, file: string, day: string): string | undefined {
  const bounds = database.prepare('SELECT min(seq) AS first, max(seq) AS last FROM journal').get() as {
    first: number | null
    last: number | null
  }
  if (bounds.first === null || bounds.last === null) return undefined
  const { first, last } = bounds
  const segments = segmentsOf(database)
  const taken = segments.filter(({ name }) => name === day || name.startsWith(`${day}.`)).length
  const name = taken === 0 ? day : `${day}.${taken + 1}`
  const archive = `${path.basename(file, '.db')}-${name}.db`
  copyTo(database, path.join(path.dirname(file), archive), last)
  const hashOf = database.prepare('SELECT hash FROM journal WHERE seq = ?').pluck()
  database.transaction(() => {
    database
      .prepare(
        `INSERT INTO segments (name, file, first_seq, last_seq, hash_before, hash) VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(name, archive, first, last, segments.at(-1)?.hash ?? '0'.repeat(64), hashOf.get(last))
    database.prepare('DELETE FROM journal WHERE seq <= ?').run(last)
  })()
  return archive
}

/** Removes the files of closed days beyond the newest `keep`; their bounds and hashes stay. */
export function removeOldDays(database: Database, file: string, keep: number): readonly string[] {
  const withFiles = segmentsOf(database).filter((segment) => segment.file !== null)
  const old = withFiles.slice(0, Math.max(0, withFiles.length - keep))
  for (const { name, file: archive } of old) {
    /** The note first: a crash between leaves a file too many, never a note without its file. */
    database.prepare('UPDATE segments SET file = NULL WHERE name = ?').run(name)
    rmSync(path.join(path.dirname(file), archive as string), { force: true })
  }
  return old.map(({ file: archive }) => archive as string)
}

function copyTo(database: Database, archive: string, last: number): void {
  const growing = `${archive}-growing`
  rmSync(growing, { force: true })
  database.prepare('ATTACH ? AS day').run(growing)
  try {
    database.exec('PRAGMA day.journal_mode = DELETE; PRAGMA day.synchronous = FULL')
    database.transaction(() => {
      for (const table of ['journal', 'runs', 'schema_version']) {
        const sql = database
          .prepare(`SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?`)
          .pluck()
          .get(table) as string
        database.exec(sql.replace(/^CREATE TABLE\s+"?\w+"?/i, `CREATE TABLE day.${table}`))
      }
      database.prepare('INSERT INTO day.journal SELECT * FROM main.journal WHERE seq <= ?').run(last)
      database.exec(
        `INSERT INTO day.runs SELECT * FROM main.runs;
         INSERT INTO day.schema_version SELECT * FROM main.schema_version WHERE component = 'journal'`,
      )
    })()
  } finally {
    database.exec('DETACH day')
  }
  const fd = openSync(growing, 'r+')
  fsyncSync(fd)
  closeSync(fd)
  renameSync(growing, archive)
}
