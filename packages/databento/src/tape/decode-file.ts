import { setImmediate } from 'node:timers/promises'
import { CsvBatcher } from '../csv/decode-csv.js'
import { readSymbolFiles } from '../dataset/symbol-files.js'
import { RecordAssembler } from '../dbn/assembler.js'
import { readDbnMetadata } from '../dbn/node-file.js'
import { DbnFormatError, TruncatedFileError } from '../errors.js'
import { decodeSlice, isSlice } from '../slice/decode-slice.js'
import type { ByteSource } from '../zstd/byte-source.js'
import { openSource } from '../zstd/node-source.js'
import { DbnBatcher, type DecodeOptions } from './decode-dbn.js'
import type { EventBatch } from './event-batch.js'

/** How many pieces are decoded before others have a turn. */
const PULLS_A_TURN = 64
const HEADER_BYTES = 8_192

/** Reads one file of a dataset. */
export interface DecodeFileOptions extends Omit<DecodeOptions, 'source'> {
  readonly file: string
  /** Keeps what is whole of a file that was cut short. */
  readonly partial?: boolean
  /** Definition files and `symbology.json`, read only when the file itself carries no symbols. */
  readonly symbolFiles?: readonly string[]
}

/**
 * Decodes a file into batches of events, the same whether it is DBN or CSV, raw or zstd, or a slice; told apart by content.
 *
 * Batches are the caller's to keep, 250 KB each; one that was read and given back by `giveBatch` is used again.
 *
 * @throws TruncatedFileError, CorruptFileError, DbnFormatError, DbnMetadataError, CsvFormatError,
 * MissingColumnError, ClockBackwardsError, and those of slices.
 */
export async function* decodeFile({
  file,
  partial = false,
  symbolFiles = [],
  ...options
}: DecodeFileOptions): AsyncGenerator<EventBatch> {
  if (isSlice(file)) {
    yield* decodeSlice(file, options.wanted, options.stats)
    return
  }
  const symbolOf =
    symbolFiles.length > 0 && !(await carriesSymbols(file)) ? await readSymbolFiles(symbolFiles) : undefined
  const decode = { ...options, ...(symbolOf === undefined ? {} : { symbolOf }), source: file }
  const source = openSource(file)
  let reader: Reader | undefined
  try {
    reader = openReader(source, decode)
    for (let pulls = 1; reader.pull(); pulls++) {
      yield* reader.take(false)
      if (pulls % PULLS_A_TURN === 0) await setImmediate()
    }
    reader.end(partial)
  } catch (error) {
    if (!(error instanceof TruncatedFileError)) throw error
    if (!partial) {
      const { where, offset } = error.details as { where: string; offset: number }
      throw new TruncatedFileError({ source: file, where, offset, records: decode.stats.records })
    }
  } finally {
    source.close()
  }
  if (reader !== undefined) yield* reader.take(true)
}

interface Reader {
  /** Decodes the next piece; false at the end. */
  pull(): boolean
  take(isEnd: boolean): EventBatch[]
  end(partial: boolean): void
}

function openReader(source: ByteSource, options: DecodeOptions): Reader {
  const first = new Uint8Array(1)
  if (source.fill(first, 0, 1) === 0)
    throw new DbnFormatError({ source: options.source, reason: 'it is empty', hint: 'Fetch the file again.' })
  if (isText(first[0] as number)) {
    const csv = new CsvBatcher(options)
    csv.push(first)
    return {
      pull: () => csv.pull(source),
      take: (isEnd) => csv.take(isEnd),
      end: (partial) => csv.end({ partial }),
    }
  }
  const batcher = new DbnBatcher(options)
  const assembler = new RecordAssembler(batcher, options.source)
  assembler.push(first)
  return {
    pull: () => assembler.pull(source),
    take: (isEnd) => batcher.take(isEnd),
    end: () => assembler.end(),
  }
}

/** True when the file itself tells symbols; looks at its metadata or header only. */
async function carriesSymbols(file: string): Promise<boolean> {
  const source = openSource(file, { partial: true })
  try {
    const bytes = new Uint8Array(HEADER_BYTES)
    const length = source.fill(bytes, 0, HEADER_BYTES)
    if (length === 0) return true
    if (!isText(bytes[0] as number)) return (await readDbnMetadata(file)).mappings.length > 0
    const end = bytes.indexOf(10)
    const header = new TextDecoder().decode(bytes.subarray(0, end < 0 ? length : end))
    return /(?:^|,)"?symbol"?\r?(?:,|$)/.test(header)
  } finally {
    source.close()
  }
}

/** CSV starts with a column's name, or without its header with a digit; DBN starts with a capital D. */
function isText(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x22 || byte === 0xef
}
