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
