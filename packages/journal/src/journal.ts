import type { IsoDate, Journal, JournalEntry, Us } from '@scalp/canonical'
import type { Database, Statement } from 'better-sqlite3'
import { hashLine } from './chain.js'
import { DiskReserve } from './disk-reserve.js'
import { JournalClosedError, JournalFullError } from './errors.js'
import { headOf, healRuns, isFull, openDatabase, type RecoveryReport } from './internal/open-database.js'
import { type JournalLine, type PendingLine, toPending } from './line.js'
import { type LineFilter, lastOf, linesOf } from './read.js'
import { removeOldDays, sealDay } from './rotate.js'
import { TailFile } from './tail-file.js'
import { type Verification, verifyJournal } from './verify.js'
import { WriterLock } from './writer-lock.js'

/** How a journal is opened. */
export interface JournalOptions {
  /** The database file; made when it is not there. Others beside it have names that begin like it. */
  readonly path: string
  /**
   * `disk`: a flush returns when the disk has the lines, so that they survive a power cut.
   * `process`: when the operating system has them, so that they survive the death of the process only.
   */
  readonly durability?: 'disk' | 'process'
  /** Room set aside for a full disk; 1 MiB unless told. */
  readonly reserveBytes?: number
  /** Size at which the tail file is turned and the database synced; 4 MiB unless told. */
  readonly tailBytes?: number
  /** `recent` compares the newest lines with the tail files; `all` reads every page and checks the whole chain. */
  readonly check?: 'recent' | 'all'
  /** Hears what was repaired at the start, and of a database that falls behind the tail file. */
  readonly onProblem?: (problem: JournalProblem) => void
}

/** What a journal reports besides errors. */
export type JournalProblem =
  | ({ readonly kind: 'recovered' } & RecoveryReport)
  | { readonly kind: 'database-behind'; readonly lines: number; readonly cause: unknown }
  | { readonly kind: 'disk-full'; readonly waiting: number }

/** What a run is. */
export interface RunStart {
  /** Begins the client order ids of the run: unique for ever. */
  readonly prefix: string
  readonly atUs: Us
  readonly config: unknown
  /** Name and version of what runs. */
  readonly program: string
}

/**
 * An append-only record in SQLite.
 *
 * `append` only takes text into memory; `flush` numbers, chains and writes what waits: first to the tail file,
 * which is synced, then to the database in one transaction. When `flush` has returned, the lines are recorded.
 */
export class SqliteJournal implements Journal {
  readonly path: string
  /** The connection, for stores that live in the same file. Never write to the journal's tables by it. */
  readonly database: Database
  readonly #options: JournalOptions
  readonly #lock: WriterLock
  readonly #tail: TailFile
  readonly #reserve: DiskReserve
  readonly #insert: Statement
  readonly #insertAll: (lines: readonly JournalLine[]) => void
  #buffer: PendingLine[] = []
  /** In the tail file and not yet in the database. */
  #behind: JournalLine[] = []
  #seq: number
  #hash: string
  #run: number
  #isFull = false
  #isOpen = true

  /** @throws JournalLockedError, JournalVersionError, JournalCorruptError */
  constructor(options: JournalOptions) {
    const { path, durability = 'disk', reserveBytes = 1_048_576, check = 'recent' } = options
    this.path = path
    this.#options = options
    this.#lock = new WriterLock(path)
    try {
      const { database, tailBytes, report } = openDatabase({ path, check })
      this.database = database
      if (report !== undefined) options.onProblem?.({ kind: 'recovered', ...report })
      this.#tail = new TailFile({ path: `${path}-tail`, bytes: tailBytes, isSynced: durability === 'disk' })
    } catch (error) {
      this.#lock.release()
      throw error
    }
    this.#reserve = new DiskReserve({ path: `${path}-reserve`, bytes: reserveBytes })
    this.#reserve.take()
    this.#insert = this.database.prepare(
      'INSERT INTO journal (seq, at_us, run, type, body, hash) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#insertAll = this.database.transaction((lines: readonly JournalLine[]) => {
      for (const { seq, atUs, run, type, body, hash } of lines)
        this.#insert.run(seq, atUs, run, type, body, hash)
    })
    const head = headOf(this.database)
    this.#seq = head.seq
    this.#hash = head.hash
    this.#run = lastRun(this.database)
  }

  /** Number and hash of the last line that is recorded. */
  get head(): { readonly seq: number; readonly hash: string } {
    return { seq: this.#seq, hash: this.#hash }
  }

  /** The present run's number; 0 before the first. */
  get run(): number {
    return this.#run
  }

  /** Entries in the buffer. */
  get waiting(): number {
    return this.#buffer.length
  }

  /** True from a write that found no room until one that did. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** Takes an entry; no disk, no lock, no wait. */
  append(entry: JournalEntry): undefined {
    this.#buffer.push(toPending(entry))
  }

  /**
   * Records what waits. Call it between turns and before orders leave.
   *
   * @throws JournalFullError When there is no room, not even in the reserve: all entries still wait.
   */
  flush(): void {
    if (!this.#isOpen) throw new JournalClosedError({ path: this.path })
    if (this.#buffer.length > 0) {
      const lines = this.#chain(this.#buffer)
      this.#writeTail(lines)
      this.#buffer = []
      const last = lines.at(-1) as JournalLine
      this.#seq = last.seq
      this.#hash = last.hash
      for (const line of lines) this.#behind.push(line)
    }
    if (this.#behind.length > 0) this.#writeDatabase()
    if (this.#tail.bytes >= (this.#options.tailBytes ?? 4_194_304) && this.#behind.length === 0)
      this.#turnTail()
  }

  /** Begins a run: an entry `run-started` and its row in `runs`. Answers its number. */
  startRun({ prefix, atUs, config, program }: RunStart): number {
    this.flush()
    const run = lastRun(this.database) + 1
    this.#run = run
    this.append({ type: 'run-started', atUs, prefix, program, config: config ?? null })
    this.flush()
    healRuns(this.database)
    return run
  }

  /** Recorded lines in their order, archives included. */
  lines(filter: LineFilter = {}): IterableIterator<JournalLine> {
    return linesOf(this.path, this.database, filter)
  }

  /** The last recorded line of a type; undefined when there is none in any file that is left. */
  last(type: string): JournalLine | undefined {
    return lastOf(this.path, this.database, type)
  }

  /** Closes a day: moves all lines so far into a file of their own. Answers its name; undefined without a line. */
  rotate(day: IsoDate): string | undefined {
    this.flush()
    return this.#behind.length > 0 ? undefined : sealDay(this.database, this.path, day)
  }

  /** Removes the files of closed days beyond the newest `days`; what they were stays in the chain. */
  retain(days: number): readonly string[] {
    return removeOldDays(this.database, this.path, days)
  }

  /** Reads everything and follows the chain. */
  verify(): Verification {
    this.flush()
    return verifyJournal(this.path)
  }

  /** Writes what waits and lets go of the files. */
  close(): void {
    if (!this.#isOpen) return
    try {
      this.flush()
    } finally {
      this.#isOpen = false
      this.#tail.close()
      this.database.close()
      this.#lock.release()
    }
  }

  #chain(pending: readonly PendingLine[]): JournalLine[] {
    let [seq, before] = [this.#seq, this.#hash]
    const run = this.#run
    return pending.map(({ atUs, type, body }) => {
      seq++
      before = hashLine(before, { seq, atUs, run, type, body })
      return { seq, atUs, run, type, body, hash: before }
    })
  }

  #writeTail(lines: readonly JournalLine[]): void {
    try {
      this.#withReserve(() => this.#tail.append(lines))
    } catch (error) {
      if (!isFull(error)) throw error
      throw new JournalFullError({ path: this.path, waiting: this.#buffer.length, cause: error })
    }
  }

  /** The lines are safe in the tail file: a database that cannot take them now takes them later. */
  #writeDatabase(): void {
    try {
      this.#withReserve(() => this.#insertAll(this.#behind))
      this.#behind = []
    } catch (error) {
      this.#options.onProblem?.({ kind: 'database-behind', lines: this.#behind.length, cause: error })
    }
  }

  /** Does a write, a second time with the reserve's room when the first found none. */
  #withReserve(write: () => void): void {
    try {
      write()
      if (this.#isFull && this.#reserve.take()) this.#isFull = false
    } catch (error) {
      if (!isFull(error)) throw error
      if (!this.#isFull) this.#options.onProblem?.({ kind: 'disk-full', waiting: this.#buffer.length })
      this.#isFull = true
      if (!this.#reserve.release()) throw error
      write()
    }
  }

  /** The database is synced first, so that both generations of the tail can go one after the other. */
  #turnTail(): void {
    const [checkpoint] = this.database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
    if (checkpoint?.busy === 0) this.#tail.turn()
  }
}

/** Opens a journal for writing; see {@link JournalOptions}. */
export function openJournal(options: JournalOptions): SqliteJournal {
  return new SqliteJournal(options)
}

function lastRun(database: Database): number {
  return (database.prepare('SELECT coalesce(max(run), 0) AS run FROM runs').get() as { run: number }).run
}
