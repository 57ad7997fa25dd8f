import { ScalpError } from '@scalp/canonical'

const MAKE_ANEW = 'Delete it and make it anew from the original; a cache does so by itself.'

/** Thrown when a file is no slice. */
export class SliceFormatError extends ScalpError {
  override readonly name = 'SliceFormatError'
  constructor({ source }: { source: string }) {
    super(`${source} is no slice: it does not begin as one.`, {
      code: 'SLICE_FORMAT',
      hint: 'Slices are written by scalp-dbn slice, or into a cache by scalp-backtest run.',
      details: { source },
    })
  }
}

/** Thrown when a slice was written by another version of the format. */
export class SliceVersionError extends ScalpError {
  override readonly name = 'SliceVersionError'
  constructor({ source, version, known }: { source: string; version: number; known: number }) {
    super(`${source} is a slice of version ${version}; this program reads version ${known}.`, {
      code: 'SLICE_VERSION',
      hint: 'Make it anew from the original with this program.',
      details: { source, version, known },
    })
  }
}

/** Thrown when a slice ends before its footer, or holds less than it says. */
export class SliceTruncatedError extends ScalpError {
  override readonly name = 'SliceTruncatedError'
  constructor({ source, bytes }: { source: string; bytes: number }) {
    super(`${source} was cut short: no footer ends it after ${bytes} bytes.`, {
      code: 'SLICE_TRUNCATED',
      hint: MAKE_ANEW,
      details: { source, bytes },
    })
  }
}

/** Thrown when a checksum is wrong, or a block contradicts itself or the footer. */
export class SliceCorruptError extends ScalpError {
  override readonly name = 'SliceCorruptError'
  constructor({
    source,
    offset,
    reason,
    cause,
  }: { source: string; offset: number; reason: string; cause?: unknown }) {
    super(`${source} is corrupt at byte ${offset}: ${reason}.`, {
      code: 'SLICE_CORRUPT',
      hint: MAKE_ANEW,
      details: { source, offset, reason },
      cause,
    })
  }
}
