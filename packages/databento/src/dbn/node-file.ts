import { TruncatedFileError } from '../errors.js'
import { type ReadOptions, readBytes } from '../zstd/node-bytes.js'
import { RecordAssembler, type RecordSink } from './assembler.js'
import type { Metadata } from './metadata.js'

/** How a DBN file is read. */
export interface DbnReadOptions extends ReadOptions {
  /** True when the file is a fragment: records without metadata, which only the caller can know. */
  readonly isFragment?: boolean
}

/** What reading a file came to. */
export interface ReadSummary {
  readonly records: number
  /** True when the file was cut short and `partial` let that pass. */
  readonly isTruncated: boolean
}

/**
 * Reads a DBN file, raw or zstd, and hands its records to a sink in blocks; memory does not grow with the file.
 *
 * @throws {@link TruncatedFileError} When it was cut short, unless `partial`.
 */
export async function readDbnFile(
  file: string,
  sink: RecordSink,
  options: DbnReadOptions = {},
): Promise<ReadSummary> {
  const assembler = new RecordAssembler(sink, file, options)
  let isTruncated = false
  try {
    for await (const bytes of readBytes(file)) assembler.push(bytes)
    assembler.end()
  } catch (error) {
    if (!(error instanceof TruncatedFileError)) throw error
    const { where, offset } = error.details as { where: string; offset: number }
    if (options.partial !== true || assembler.isInMetadata)
      throw new TruncatedFileError({ source: file, where, offset, records: assembler.records })
    isTruncated = true
  }
  return { records: assembler.records, isTruncated }
}

/** Reads no more of a file than its metadata. */
export async function readDbnMetadata(file: string): Promise<Metadata> {
  const assembler = new RecordAssembler({ onMetadata() {}, onBlock() {} }, file)
  for await (const bytes of readBytes(file, { partial: true })) {
    assembler.push(bytes)
    if (assembler.metadata !== undefined) return assembler.metadata
  }
  assembler.end()
  throw new TruncatedFileError({ source: file, where: 'its metadata', offset: 0, records: 0 })
}
