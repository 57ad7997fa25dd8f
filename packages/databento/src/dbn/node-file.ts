import { setImmediate } from 'node:timers/promises'
import { TruncatedFileError } from '../errors.js'
import { openSource, type ReadOptions } from '../zstd/node-source.js'
import { RecordAssembler, type RecordSink } from './assembler.js'
import type { Metadata } from './metadata.js'

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
 * @throws {@link TruncatedFileError} When it was cut short, unless `partial`.
 */
export async function readDbnFile(
  file: string,
  sink: RecordSink,
  options: DbnReadOptions = {},
): Promise<ReadSummary> {
  const assembler = new RecordAssembler(sink, file, options)
  const { zstd } = options
  const source = openSource(file, zstd === undefined ? {} : { zstd })
  let isTruncated = false
  try {
    for (let pulls = 1; assembler.pull(source); pulls++) if (pulls % PULLS_A_TURN === 0) await setImmediate()
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
