import { ScalpError } from '@scalp/canonical'

/** Thrown when a regime position is opened beyond the limit of its type. */
export class MaxPositionsError extends ScalpError {
  override readonly name = 'MaxPositionsError'
  constructor({ open, max }: { readonly open: number; readonly max: number }) {
    super(`${open} positions are open and ${max} are allowed.`, {
      code: 'MAX_POSITIONS',
      hint: 'Close a position first, or raise maxPositions.',
      details: { open, max },
    })
  }
}

/** Thrown when a position is opened or marked with numbers that no position can have. */
export class PositionInputError extends ScalpError {
  override readonly name = 'PositionInputError'
  constructor({ field, value }: { readonly field: string; readonly value: unknown }) {
    super(`${field} cannot be ${String(value)}.`, {
      code: 'POSITION_INPUT',
      hint: 'Contracts are positive integers, prices integer micro-dollars from 0 up; ids are unique.',
      details: { field, value: String(value) },
    })
  }
}

/** Thrown when a snapshot is of another version, or is none. */
export class SnapshotVersionError extends ScalpError {
  override readonly name = 'SnapshotVersionError'
  constructor({ version }: { readonly version: unknown }) {
    super(`A snapshot of version ${String(version)} cannot be restored.`, {
      code: 'SNAPSHOT_VERSION',
      hint: 'Restore what snapshot() of this version returned.',
      details: { version: String(version) },
    })
  }
}

/** Thrown when a database was written by a newer version. */
export class StoreVersionError extends ScalpError {
  override readonly name = 'StoreVersionError'
  constructor({ version, supported }: { readonly version: number; readonly supported: number }) {
    super(`The positions are of version ${version}, and this program knows versions up to ${supported}.`, {
      code: 'POSITIONS_VERSION',
      hint: 'Update @scalp/positions; an older program never writes to a newer database.',
      details: { version, supported },
    })
  }
}

/** Thrown when an old database holds a row that is no position. */
export class StoreRowError extends ScalpError {
  override readonly name = 'StoreRowError'
  constructor({
    id,
    field,
    value,
  }: { readonly id: string; readonly field: string; readonly value: unknown }) {
    super(`Position ${id} has a ${field} of ${String(value)}.`, {
      code: 'POSITIONS_ROW',
      hint: 'Correct the row in the old database, or remove it, and open it again: nothing was changed.',
      details: { id, field, value: String(value) },
    })
  }
}

/** Thrown when a URL names no store. */
export class StoreUrlError extends ScalpError {
  override readonly name = 'StoreUrlError'
  constructor({ scheme }: { readonly scheme: string }) {
    super(`There is no position store for "${scheme}".`, {
      code: 'POSITIONS_URL',
      hint: 'Write a path, sqlite:PATH, or postgres://USER@HOST/DATABASE.',
      details: { scheme },
    })
  }
}
