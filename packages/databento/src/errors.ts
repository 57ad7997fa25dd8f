import { ScalpError } from '@scalp/canonical'

/** Thrown when bytes are no DBN: wrong first bytes, or the legacy DBZ format. */
export class DbnFormatError extends ScalpError {
  override readonly name = 'DbnFormatError'
  constructor({ source, reason, hint }: { source: string; reason: string; hint: string }) {
    super(`${source}: ${reason}.`, { code: 'DBN_FORMAT', hint, details: { source } })
  }
}

/** Thrown when DBN metadata contradict themselves or the bytes there are. */
export class DbnMetadataError extends ScalpError {
  override readonly name = 'DbnMetadataError'
  constructor({ source, reason }: { source: string; reason: string }) {
    super(`${source}: the DBN metadata are corrupt: ${reason}.`, {
      code: 'DBN_METADATA',
      hint: 'Fetch the file again; compare its size and sha256 with the manifest.',
      details: { source, reason },
    })
  }
}

/** Thrown when a file ends inside its metadata, a record or a zstd frame. */
export class TruncatedFileError extends ScalpError {
  override readonly name = 'TruncatedFileError'
  constructor({
    source,
    where,
    offset,
    records,
  }: { source: string; where: string; offset: number; records: number }) {
    super(
      `${source} was cut short: it ends inside ${where} at byte ${offset}, after ${records} whole records.`,
      {
        code: 'DBN_TRUNCATED',
        hint: 'Fetch the file again, or read it with `partial: true` to keep the whole records.',
        details: { source, where, offset, records },
      },
    )
  }
}

/** Thrown when a record's length is impossible, or compressed bytes do not decompress. */
export class CorruptFileError extends ScalpError {
  override readonly name = 'CorruptFileError'
  constructor({
    source,
    reason,
    offset,
    cause,
  }: { source: string; reason: string; offset: number; cause?: unknown }) {
    super(`${source} is corrupt near byte ${offset}: ${reason}.`, {
      code: 'DBN_CORRUPT',
      hint: 'Fetch the file again; compare its size and sha256 with the manifest.',
      details: { source, offset },
      cause,
    })
  }
}

/** Thrown when events of a file do not come in the order of their receive time. */
export class ClockBackwardsError extends ScalpError {
  override readonly name = 'ClockBackwardsError'
  constructor({
    source,
    record,
    us,
    beforeUs,
  }: { source: string; record: number; us: number; beforeUs: number }) {
    super(`${source}: record ${record} is ${beforeUs - us} µs older than the one before it.`, {
      code: 'DATA_CLOCK_BACKWARDS',
      hint: 'Files must be ordered by ts_recv. Sort the file, or fetch it again.',
      details: { source, record, us, beforeUs },
    })
  }
}

/** Thrown when text is not the CSV that Databento writes; `line` counts from 1. */
export class CsvFormatError extends ScalpError {
  override readonly name = 'CsvFormatError'
  constructor({
    source,
    line,
    reason,
    hint,
  }: { source: string; line: number; reason: string; hint: string }) {
    super(`${source}, line ${line}: ${reason}.`, { code: 'CSV_FORMAT', hint, details: { source, line } })
  }
}

/** Thrown when a CSV header lacks a column that is needed. */
export class MissingColumnError extends ScalpError {
  override readonly name = 'MissingColumnError'
  constructor({ source, column }: { source: string; column: string }) {
    super(`${source}, line 1: the column "${column}" is missing.`, {
      code: 'CSV_MISSING_COLUMN',
      hint: 'Fetch the batch job as CSV with a header; symbols need map_symbols or a symbology.json.',
      details: { source, column },
    })
  }
}

/** Thrown when text output meets a record type that it cannot write. */
export class UnknownRecordTypeError extends ScalpError {
  override readonly name = 'UnknownRecordTypeError'
  constructor({ rtype }: { rtype: number }) {
    super(`Record type 0x${rtype.toString(16)} is unknown.`, {
      code: 'DBN_UNKNOWN_RECORD_TYPE',
      hint: 'Update Scalp, or pass `skipUnknown: true` to leave such records out.',
      details: { rtype },
    })
  }
}

/** Thrown when text is to have a field that its records have not. */
export class UnknownFieldError extends ScalpError {
  override readonly name = 'UnknownFieldError'
  constructor({ layout, field, known }: { layout: string; field: string; known: readonly string[] }) {
    super(`Records of ${layout} have no field "${field}".`, {
      code: 'TEXT_UNKNOWN_FIELD',
      hint: `They have ${known.join(', ')}.`,
      details: { layout, field },
    })
  }
}

/** Thrown when a CSV file would need more than one header: its records have different layouts. */
export class MixedRecordsError extends ScalpError {
  override readonly name = 'MixedRecordsError'
  constructor({ wanted, found }: { wanted: string; found: string }) {
    super(`CSV holds one record layout and this stream mixes them: ${found} where ${wanted} is written.`, {
      code: 'DBN_MIXED_RECORDS',
      hint: 'Name the schema to keep with `onlySchema`, or write JSON Lines.',
      details: { wanted, found },
    })
  }
}

/** Thrown when symbols are asked of metadata that map no instrument ids. */
export class SymbologyError extends ScalpError {
  override readonly name = 'SymbologyError'
  constructor({ stypeIn, stypeOut }: { stypeIn: string | null; stypeOut: string | null }) {
    super(
      `Metadata that map ${stypeIn ?? 'mixed'} to ${stypeOut ?? 'mixed'} give no symbol to an instrument id.`,
      {
        code: 'DBN_SYMBOLOGY',
        hint: 'Ask for stype_in or stype_out "instrument_id", or write no symbols.',
        details: { stypeIn, stypeOut },
      },
    )
  }
}

/** Thrown when a `symbology.json` is none. */
export class SymbologyFileError extends ScalpError {
  override readonly name = 'SymbologyFileError'
  constructor({ file, reason }: { file: string; reason: string }) {
    super(`${file} gives no symbols: ${reason}.`, {
      code: 'SYMBOLOGY_FILE',
      hint: 'Fetch it again with the batch job, or take symbols from a definition job of the same days.',
      details: { file },
    })
  }
}
