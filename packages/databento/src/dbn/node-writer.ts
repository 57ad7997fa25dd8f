import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished, pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { encodeMetadataPieces, type Metadata } from './metadata.js'
import { RecordWriter } from './record-writer.js'

/** Compressed bytes a turn of the thread pool: the 16 KB that are usual cost a change of thread each. */
const CHUNK_BYTES = 1 << 18

/** How a DBN file is written. */
export interface WriteDbnOptions {
  readonly metadata: Metadata
  /** Compresses with zstd: one frame with a checksum, as Databento's own files. */
  readonly zstd?: boolean
}

/** Records go here; they are kept until a flush. */
export interface DbnFileWriter {
  readonly records: RecordWriter
  /** Hands the records so far to the file, and waits until it has taken those of the flush before. */
  readonly flush: () => Promise<void>
}

/**
 * Writes a DBN file: metadata, then what `write` puts into its records; memory grows only between flushes.
 *
 * The file appears under its name when it is whole; a `.part` file beside it until then.
 *
 * @example
 * await writeDbnFile('day.dbn.zst', { metadata, zstd: true }, async ({ records, flush }) => {
 *   for (const minute of minutes) {
 *     for (const quote of minute) records.cbbo(quote)
 *     await flush()
 *   }
 * })
 */
export async function writeDbnFile(
  file: string,
  { metadata, zstd = false }: WriteDbnOptions,
  write: (writer: DbnFileWriter) => Promise<void> | void,
): Promise<void> {
  const part = `${file}.part`
  const out = createWriteStream(part)
  const compressor = zstd
    ? createZstdCompress({ chunkSize: CHUNK_BYTES, params: { [constants.ZSTD_c_checksumFlag]: 1 } })
    : undefined
  const input = compressor ?? out
  const written = compressor === undefined ? finished(out) : pipeline(compressor, out)
  const failed = written.then(() => undefined)
  failed.catch(() => undefined)
  /** Buffers whose bytes were taken: to flush takes none of the garbage collector's time, nor memory until it comes. */
  const spare: Uint8Array<ArrayBuffer>[] = []
  const put = (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const taken = new Promise<void>((resolve) => {
      input.write(bytes, (error) => {
        /** What failed is told by `failed`, whose reason is the first. */
        if (error !== undefined && error !== null) return
        spare.push(bytes)
        resolve()
      })
    })
    return Promise.race([taken, failed])
  }
  const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
    const buffer = spare.pop()?.buffer
    if (buffer === undefined || buffer.byteLength < bytes.length) return bytes.slice()
    const copy = new Uint8Array(buffer, 0, bytes.length)
    copy.set(bytes)
    return copy
  }
  const records = new RecordWriter()
  /** One flush is under way while the next is filled: compressing is the larger part, in a thread of its own. */
  let underWay = Promise.resolve()
  const flush = async (): Promise<void> => {
    if (records.bytes().length === 0) return
    const bytes = copyOf(records.bytes())
    records.clear()
    await underWay
    underWay = put(bytes)
    underWay.catch(() => undefined)
  }
  try {
    for (const piece of encodeMetadataPieces(metadata, CHUNK_BYTES)) await put(copyOf(piece))
    await write({ records, flush })
    await flush()
    await underWay
    input.end()
    await written
    await rename(part, file)
  } catch (error) {
    input.destroy()
    await written.catch(() => undefined)
    await rm(part, { force: true })
    throw error
  }
}
