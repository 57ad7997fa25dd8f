import { ScalpError } from '@scalp/canonical'

/** Thrown when a data directory is not there, or is no directory. */
export class DataDirectoryError extends ScalpError {
  override readonly name = 'DataDirectoryError'
  constructor({ directory, cause }: { directory: string; cause?: unknown }) {
    super(`There is no data directory ${directory}.`, {
      code: 'DATA_DIRECTORY_MISSING',
      hint: 'Give the directory that holds the batch jobs, or the loose .dbn and .csv files.',
      details: { directory },
      cause,
    })
  }
}

/** Thrown when a directory holds no file for what was asked. */
export class NoDataError extends ScalpError {
  override readonly name = 'NoDataError'
  constructor({ directory, wanted, have }: { directory: string; wanted: string; have: string }) {
    super(`${directory} holds no ${wanted}.`, {
      code: 'DATA_NOT_FOUND',
      hint: `It holds ${have}.`,
      details: { directory, wanted },
    })
  }
}

/** Thrown when files cannot become one. */
export class MergeError extends ScalpError {
  override readonly name = 'MergeError'
  constructor({ reason }: { reason: string }) {
    super(`These files cannot be merged: ${reason}.`, {
      code: 'DBN_MERGE',
      hint: 'Merge files of one dataset, all with send times or all without.',
      details: { reason },
    })
  }
}

/** Thrown when a file that was named cannot be told: what it holds, or of which days. */
export class DataFileError extends ScalpError {
  override readonly name = 'DataFileError'
  constructor({ file, reason }: { file: string; reason: string }) {
    super(reason, {
      code: 'DATA_FILE',
      hint: 'Name it as a batch job does, such as opra-pillar-20250220.cbbo-1m.csv.zst.',
      details: { file },
    })
  }
}

/** Thrown when two files hold some of the same data, and neither all of it. */
export class DataOverlapError extends ScalpError {
  override readonly name = 'DataOverlapError'
  constructor({ reason }: { reason: string }) {
    super(`${reason}: to read both would count some of it twice.`, {
      code: 'DATA_OVERLAP',
      hint: 'Move one of the jobs out of the directory, or cut the symbols that both hold out of one of them.',
      details: { reason },
    })
  }
}
