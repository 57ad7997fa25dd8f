import { setImmediate } from 'node:timers/promises'
import { TruncatedFileError } from '../errors.js'
import { openSource, type ReadOptions } from '../zstd/node-source.js'
import { RecordAssembler, type RecordSink } from './assembler.js'
import type { Metadata } from './metadata.js'
import { type DbnRecord, decodeRecord, type RecordFormat } from './record.js'

/** How a DBN file is read. */
export interface DbnReadOptions extends ReadOptions {
  /** True when the file is a fragment: records without metadata, which only the caller can know. */
  readonly isFragment?: boolean
}

/** How many blocks are read before others have a turn: some 30 ms. */
const PULLS_A_TURN = 64

/** What reading a file came to. */
export interface ReadSummary {
  readonly records: number
  /** True when the file was cut short and `partial` let that pass. */
  readonly isTruncated: boolean
}

/**
 * Reads a DBN file, raw or zstd, and hands its records to a sink in blocks; memory does not grow with the file.
 *
 * @throws `TruncatedFileError` When it was cut short, unless `partial`.
 */
export async function readDbnFile(
  file: string,
  sink: RecordSink,
  options: DbnReadOptions = {},
): Promise<ReadSummary> {
  const pieces = readPieces(file, sink, options)
  for (let pulls = 1; ; pulls++) {
    const piece = pieces.next()
    if (piece.done === true) return piece.value
    if (pulls % PULLS_A_TURN === 0) await setImmediate()
  }
}

/**
 * The records of a DBN file one by one, as objects of their own in the file's version; types that are not known keep
 * their header only. For small files: an object and a promise a record cost many times what {@link readDbnFile} does.
 *
 * @throws `TruncatedFileError` When it was cut short, unless `partial`.
 */
export async function* readDbnRecords(
  file: string,
  options: DbnReadOptions = {},
): AsyncGenerator<DbnRecord, ReadSummary> {
  let format: RecordFormat = { version: 3, tsOut: false }
  let records: DbnRecord[] = []
  const sink: RecordSink = {
    onMetadata(metadata) {
      format = metadata
    },
    onBlock({ bytes, view, length }) {
      for (let at = 0; at < length; at += (bytes[at] as number) * 4)
        records.push(decodeRecord(view, at, format))
    },
  }
  const pieces = readPieces(file, sink, options)
  try {
    for (;;) {
      let piece: IteratorResult<undefined, ReadSummary>
      try {
        piece = pieces.next()
      } catch (error) {
        yield* records
        throw error
      }
      yield* records
      records = []
      if (piece.done === true) return piece.value
      await setImmediate()
    }
  } finally {
    pieces.return({ records: 0, isTruncated: false })
  }
}

/** Gives the sink a block at a time; closes the file at the end, or when it is left. */
function* readPieces(
  file: string,
  sink: RecordSink,
  options: DbnReadOptions,
): Generator<undefined, ReadSummary> {
  const assembler = new RecordAssembler(sink, file, options)
  const { zstd } = options
  const source = openSource(file, zstd === undefined ? {} : { zstd })
  let isTruncated = false
  try {
    while (assembler.pull(source)) yield
    assembler.end()
  } catch (error) {
    if (!(error instanceof TruncatedFileError)) throw error
    const { where, offset } = error.details as { where: string; offset: number }
    if (options.partial !== true || assembler.isInMetadata)
      throw new TruncatedFileError({ source: file, where, offset, records: assembler.records })
    isTruncated = true
  } finally {
    source.close()
  }
  return { records: assembler.records, isTruncated }
}

/** Reads no more of a file than its metadata. */
export async function readDbnMetadata(file: string): Promise<Metadata> {
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock() {} }, file)
  const source = openSource(file, { partial: true })
  try {
    while (assembler.pull(source)) if (assembler.metadata !== undefined) return assembler.metadata
    assembler.end()
  } finally {
    source.close()
  }
  throw new TruncatedFileError({ source: file, where: 'its metadata', offset: 0, records: 0 })
}
