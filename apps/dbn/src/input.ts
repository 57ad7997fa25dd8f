import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isScalpError } from '@scalp/canonical'
import { RecordAssembler, type RecordSink } from '@scalp/databento'
import { type DbnReadOptions, readDbnFile } from '@scalp/databento/node'

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const
const SKIPPABLE_MAGIC = [0x2a, 0x4d, 0x18] as const

/** Thrown by a sink that has seen enough; reading then ends well. */
export const ENOUGH: Error = new Error('The rest is not wanted.')

/** Bytes as they come from a pipe. */
export type ByteStream = AsyncIterable<Uint8Array>

/**
 * Reads a DBN file, or standard input for `-`, into a sink; answers whether it was cut short.
 *
 * Raw DBN on standard input is read as it comes; zstd is laid into a temporary file first, for its frames can
 * only be walked from the start.
 *
 * @throws {@link TruncatedFileError} When it was cut short, unless `partial`.
 */
export async function readInput(
  file: string,
  sink: RecordSink,
  options: DbnReadOptions = {},
  stdin: ByteStream = process.stdin,
): Promise<{ readonly isTruncated: boolean }> {
  try {
    return file === '-' ? await readStream(stdin, sink, options) : await readDbnFile(file, sink, options)
  } catch (error) {
    if (error === ENOUGH) return { isTruncated: false }
    throw error
  }
}

async function readStream(
  stream: ByteStream,
  sink: RecordSink,
  options: DbnReadOptions,
): Promise<{ readonly isTruncated: boolean }> {
  const { chunks, head } = await peek(stream)
  if (isZstd(head)) return spool(chunks, (file) => readDbnFile(file, sink, options))
  const assembler = new RecordAssembler(sink, 'standard input', options)
  for await (const bytes of chunks) assembler.push(bytes)
  try {
    assembler.end()
    return { isTruncated: false }
  } catch (error) {
    const isCut = isScalpError(error) && error.code === 'DBN_TRUNCATED' && !assembler.isInMetadata
    if (!isCut || options.partial !== true) throw error
    return { isTruncated: true }
  }
}

/** The first bytes of a stream, and the whole of it. */
async function peek(stream: ByteStream): Promise<{ head: Uint8Array; chunks: ByteStream }> {
  const iterator = stream[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < ZSTD_MAGIC.length) {
    const next = await iterator.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield head
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head, chunks: chunks() }
}

async function spool<T>(chunks: ByteStream, read: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'scalp-dbn-'))
  try {
    const file = path.join(folder, 'standard input')
    await pipeline(chunks, createWriteStream(file))
    return await read(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function isZstd(head: Uint8Array): boolean {
  const isSkippable =
    ((head[0] ?? 0) & 0xf0) === 0x50 && SKIPPABLE_MAGIC.every((byte, i) => head[i + 1] === byte)
  return isSkippable || ZSTD_MAGIC.every((byte, i) => head[i] === byte)
}
