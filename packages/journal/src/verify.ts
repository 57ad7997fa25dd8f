import { existsSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { GENESIS, hashLine } from './chain.js'
import { JournalVersionError } from './errors.js'
import { segmentsOf } from './read.js'
import { JOURNAL_VERSION, versionOf } from './schema.js'

/** Something that is not as it was recorded. */
export interface ChainFault {
  readonly file: string
  /** The line at which it shows; null when a whole file is concerned. */
  readonly seq: number | null
  readonly problem: string
}

/** What a verification found. */
export interface Verification {
  readonly ok: boolean
  readonly lines: number
  /** Number and hash of the last line: keep them elsewhere, and a journal cut at its end shows too. */
  readonly head: { readonly seq: number; readonly hash: string }
  /** Days whose files retention removed; their hashes still hold the chain together. */
  readonly removedDays: number
  /** At most a hundred. */
  readonly faults: readonly ChainFault[]
}

const PAGE = 10_000
const MOST_FAULTS = 100

type Row = [seq: number, atUs: number, run: number, type: string, body: string, hash: string]

/**
 * Reads every line of every file and follows the chain: numbers without a gap, each hash made of the one before.
 *
 * @param expected A head noted earlier: its line must be there, unchanged.
 */
export function verifyJournal(
  file: string,
  { expected }: { readonly expected?: { readonly seq: number; readonly hash: string } } = {},
): Verification {
  const chain = new ChainWalk(expected)
  const database = new Database(file, { readonly: true, fileMustExist: true })
  let removedDays = 0
  try {
    const version = versionOf(database)
    if (version > JOURNAL_VERSION)
      throw new JournalVersionError({ path: file, version, supported: JOURNAL_VERSION })
    for (const segment of segmentsOf(database)) {
      if (segment.hashBefore !== chain.hash)
        chain.fault(file, segment.firstSeq, `day ${segment.name} does not follow`)
      const archive = segment.file === null ? null : path.join(path.dirname(file), segment.file)
      if (archive === null) {
        removedDays++
        chain.jump(segment.lastSeq, segment.hash)
      } else if (!existsSync(archive)) {
        chain.fault(archive, null, 'the file is missing')
        chain.jump(segment.lastSeq, segment.hash)
      } else {
        const day = new Database(archive, { readonly: true })
        chain.walk(day, archive)
        day.close()
        if (chain.hash !== segment.hash) {
          chain.fault(archive, segment.lastSeq, `day ${segment.name} does not end as it was closed`)
          chain.jump(segment.lastSeq, segment.hash)
        }
      }
    }
    chain.walk(database, file)
  } finally {
    database.close()
  }
  chain.end(file)
  const { lines, seq, hash, faults } = chain
  return { ok: faults.length === 0, lines, head: { seq, hash }, removedDays, faults }
}

/** Follows the chain from line to line. */
class ChainWalk {
  seq = 0
  hash: string = GENESIS
  lines = 0
  readonly faults: ChainFault[] = []
  #expected: { readonly seq: number; readonly hash: string } | undefined

  constructor(expected: { readonly seq: number; readonly hash: string } | undefined) {
    this.#expected = expected
  }

  walk(database: Database.Database, file: string): void {
    const page = database
      .prepare(
        `SELECT seq, at_us, run, type, body, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`,
      )
      .raw()
    for (let after = -1; ; ) {
      let rows: Row[]
      try {
        rows = page.all(after) as Row[]
      } catch (error) {
        this.fault(file, this.seq + 1, `unreadable: ${(error as Error).message}`)
        return
      }
      for (const row of rows) this.#step(row, file)
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return
      after = last[0]
    }
  }

  jump(seq: number, hash: string): void {
    this.seq = seq
    this.hash = hash
  }

  fault(file: string, seq: number | null, problem: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ file, seq, problem })
  }

  end(file: string): void {
    if (this.#expected !== undefined) this.fault(file, this.#expected.seq, 'the expected line is not there')
  }

  #step([seq, atUs, run, type, body, hash]: Row, file: string): void {
    if (seq !== this.seq + 1) this.fault(file, seq, `line ${this.seq + 1} is missing before it`)
    else if (hashLine(this.hash, { seq, atUs, run, type, body }) !== hash)
      this.fault(file, seq, 'the hash does not follow from the line before')
    this.lines++
    this.seq = seq
    this.hash = hash
    if (this.#expected?.seq !== seq) return
    if (this.#expected.hash !== hash) this.fault(file, seq, 'not the line that was expected')
    this.#expected = undefined
  }
}
