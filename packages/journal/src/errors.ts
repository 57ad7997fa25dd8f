import { ScalpError } from '@scalp/canonical'

/** Thrown when the disk had no room for what was to be recorded; the entries stay in the buffer. */
export class JournalFullError extends ScalpError {
  override readonly name = 'JournalFullError'
  constructor({ path, waiting, cause }: { path: string; waiting: number; cause?: unknown }) {
    super(`The disk is full: ${waiting} entries wait to be written to ${path}.`, {
      code: 'JOURNAL_DISK_FULL',
      hint: 'Free space on the disk; the entries are kept in memory and written by the next flush.',
      details: { path, waiting },
      cause,
    })
  }
}

/** Thrown when something recorded cannot be read and no copy of it is left; `lost` names the sequence numbers. */
export class JournalCorruptError extends ScalpError {
  override readonly name = 'JournalCorruptError'
  constructor({
    path,
    reason,
    lost,
    cause,
  }: {
    path: string
    reason: string
    lost?: { readonly from: number; readonly to: number | null }
    cause?: unknown
  }) {
    const range = lost === undefined ? '' : ` Entries ${lost.from} to ${lost.to ?? 'the end'} are unreadable.`
    super(`${path} is damaged: ${reason}.${range}`, {
      code: 'JOURNAL_CORRUPT',
      hint: 'Copy the file away, then run `scalp-journal recover`: it saves all that is readable and says what is not.',
      details: { path, reason, ...(lost === undefined ? {} : { lost }) },
      cause,
    })
  }
}

/** Thrown when a file was written by a newer version. */
export class JournalVersionError extends ScalpError {
  override readonly name = 'JournalVersionError'
  constructor({ path, version, supported }: { path: string; version: number; supported: number }) {
    super(`${path} has journal version ${version}, and this program knows versions up to ${supported}.`, {
      code: 'JOURNAL_VERSION',
      hint: 'Update @scalp/journal; an older program never writes to a newer file.',
      details: { path, version, supported },
    })
  }
}

/** Thrown when another process has the journal open for writing. */
export class JournalLockedError extends ScalpError {
  override readonly name = 'JournalLockedError'
  constructor({ path, cause }: { path: string; cause?: unknown }) {
    super(`Another process writes to ${path}.`, {
      code: 'JOURNAL_LOCKED',
      hint: 'Stop the other one: a journal has one writer. Readers may open it with `readJournal`.',
      details: { path },
      cause,
    })
  }
}

/** Thrown when an entry is none: without a type of one line, or without an integer instant. */
export class JournalEntryError extends ScalpError {
  override readonly name = 'JournalEntryError'
  constructor({ reason, entry }: { reason: string; entry: { type?: unknown; atUs?: unknown } }) {
    super(`An entry cannot be recorded: ${reason}.`, {
      code: 'JOURNAL_ENTRY',
      hint: 'An entry has a type of one line, an instant in integer µs, and values that JSON can hold.',
      details: { type: String(entry.type), atUs: String(entry.atUs) },
    })
  }
}

/** Thrown on a call to a journal that is closed. */
export class JournalClosedError extends ScalpError {
  override readonly name = 'JournalClosedError'
  constructor({ path }: { path: string }) {
    super(`The journal ${path} is closed.`, {
      code: 'JOURNAL_CLOSED',
      hint: 'Open it again.',
      details: { path },
    })
  }
}
