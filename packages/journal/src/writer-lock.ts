import Database from 'better-sqlite3'
import { JournalLockedError } from './errors.js'

/** Holds a lock that the operating system lets go of when the process dies, however it dies. */
export class WriterLock {
  readonly #database: Database.Database

  /** @throws {@link JournalLockedError} When another journal holds it. */
  constructor(path: string) {
    this.#database = new Database(`${path}-lock`, { timeout: 0 })
    try {
      this.#database.pragma('locking_mode = EXCLUSIVE')
      this.#database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      this.#database.close()
      throw new JournalLockedError({ path, cause: error })
    }
  }

  release(): void {
    this.#database.close()
  }
}
