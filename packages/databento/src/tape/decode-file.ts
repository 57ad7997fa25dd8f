import { CsvBatcher } from '../csv/decode-csv.js'
import { readSymbolFiles } from '../dataset/symbol-files.js'
import { RecordAssembler } from '../dbn/assembler.js'
import { readDbnMetadata } from '../dbn/node-file.js'
import { DbnFormatError, TruncatedFileError } from '../errors.js'
import { readBytes } from '../zstd/node-bytes.js'
import { DbnBatcher, type DecodeOptions } from './decode-dbn.js'
import type { EventBatch } from './event-batch.js'

/** Reads one file of a dataset. */
export interface DecodeFileOptions extends Omit<DecodeOptions, 'source'> {
  readonly file: string
  /** Keeps what is whole of a file that was cut short. */
  readonly partial?: boolean
  /** Definition files and `symbology.json`, read only when the file itself carries no symbols. */
  readonly symbolFiles?: readonly string[]
}

/**
 * Decodes a file into batches of events, the same whether it is DBN or CSV, raw or zstd; told apart by content.
 *
 * @throws TruncatedFileError, CorruptFileError, DbnFormatError, DbnMetadataError, CsvFormatError,
 * MissingColumnError, ClockBackwardsError.
 */
export async function* decodeFile({
  file,
  partial = false,
  symbolFiles = [],
  ...options
}: DecodeFileOptions): AsyncGenerator<EventBatch> {
  const symbolOf =
    symbolFiles.length > 0 && !(await carriesSymbols(file)) ? await readSymbolFiles(symbolFiles) : undefined
  const decode = { ...options, ...(symbolOf === undefined ? {} : { symbolOf }), source: file }
  let reader: Reader | undefined
  try {
    for await (const bytes of readBytes(file)) {
      if (bytes.length === 0) continue
      reader ??= openReader(bytes, decode)
      reader.push(bytes)
      yield* reader.take(false)
    }
    if (reader === undefined)
      throw new DbnFormatError({ source: file, reason: 'it is empty', hint: 'Fetch the file again.' })
    reader.end(partial)
  } catch (error) {
    if (!(error instanceof TruncatedFileError)) throw error
    if (!partial) {
      const { where, offset } = error.details as { where: string; offset: number }
      throw new TruncatedFileError({ source: file, where, offset, records: decode.stats.records })
    }
  }
  if (reader !== undefined) yield* reader.take(true)
}

interface Reader {
  push(bytes: Uint8Array): void
  take(isEnd: boolean): EventBatch[]
  end(partial: boolean): void
}

function openReader(bytes: Uint8Array, options: DecodeOptions): Reader {
  if (isText(bytes[0] as number)) {
    const csv = new CsvBatcher(options)
    return {
      push: (piece) => csv.push(piece),
      take: (isEnd) => csv.take(isEnd),
      end: (partial) => csv.end({ partial }),
    }
  }
  const batcher = new DbnBatcher(options)
  const assembler = new RecordAssembler(batcher, options.source)
  return {
    push: (piece) => assembler.push(piece),
    take: (isEnd) => batcher.take(isEnd),
    end: () => assembler.end(),
  }
}

async function carriesSymbols(file: string): Promise<boolean> {
  for await (const bytes of readBytes(file, { partial: true })) {
    if (bytes.length === 0) continue
    if (!isText(bytes[0] as number)) return (await readDbnMetadata(file)).mappings.length > 0
    const end = bytes.indexOf(10)
    const header = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
    return /(?:^|,)"?symbol"?\r?(?:,|$)/.test(header)
  }
  return true
}

/** CSV starts with a column's name, or without its header with a digit; DBN starts with a capital D. */
function isText(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x22 || byte === 0xef
}
