import { access, open, rename, rm } from 'node:fs/promises'
import { RecordAssembler } from '../dbn/assembler.js'
import { CorruptFileError, TruncatedFileError } from '../errors.js'
import { FrameWalker } from '../zstd/frame-walker.js'
import { writeAll } from './batch-download.js'
import { checkCost } from './cost.js'
import { FileExistsError } from './errors.js'
import { type Parameters, textParameters } from './query.js'
import type { Transport } from './transport.js'
import type { DownloadRangeQuery, DownloadSummary } from './types.js'

const METHOD = 'timeseries.get_range'

/**
 * Streams an answer into a file as it comes, and checks that it is whole before the file has its name.
 *
 * After a failure the `.part` file stays, for what it holds was billed: its whole records can be read with
 * `partial: true`. It cannot be continued; large requests are for batch jobs, whose files can.
 */
export async function downloadRange(
  transport: Transport,
  query: DownloadRangeQuery,
  parameters: Parameters,
): Promise<DownloadSummary> {
  const { file, encoding = 'dbn', compression = 'zstd', maxCostMicros, overwrite = false, signal } = query
  if (!overwrite && (await isThere(file))) throw new FileExistsError({ file, reason: '' })
  const costMicros = await checkCost(transport, METHOD, query, maxCostMicros)
  const part = `${file}.part`
  const handle = await open(part, 'w')
  let bytes = 0
  try {
    const answer = await transport.send({
      method: METHOD,
      verb: 'POST',
      kind: 'billed',
      parameters: {
        ...parameters,
        ...(encoding === 'dbn' ? {} : textParameters(query)),
        encoding,
        compression,
      },
      headers: { accept: '*/*' },
      signal,
    })
    const check = checkOf(part, encoding, compression)
    for await (const chunk of answer.body) {
      await writeAll(handle, chunk, bytes)
      bytes += chunk.length
      check.push(chunk)
      query.onProgress?.({ bytes, records: 0 })
    }
    check.end()
    await handle.sync()
  } finally {
    await handle.close()
    if (bytes === 0) await rm(part, { force: true })
  }
  await rename(part, file)
  return { file, bytes, costMicros }
}

/** Sees whether what came is whole. */
interface Check {
  push(chunk: Uint8Array): void
  end(): void
}

function checkOf(source: string, encoding: string, compression: string): Check {
  if (compression === 'zstd') return new FrameCheck(source)
  if (encoding === 'dbn') return new RecordAssembler({ onMetadata() {}, onBlock() {} }, source)
  return new LineCheck(source)
}

class FrameCheck implements Check {
  readonly #source: string
  readonly #walker = new FrameWalker()

  constructor(source: string) {
    this.#source = source
  }

  push(chunk: Uint8Array): void {
    this.#walker.walk(chunk)
    const { isBroken, offset } = this.#walker
    if (isBroken) throw new CorruptFileError({ source: this.#source, offset, reason: 'it is no zstd' })
  }

  end(): void {
    const { offset, isBetweenFrames } = this.#walker
    if (isBetweenFrames && offset > 0) return
    throw new TruncatedFileError({ source: this.#source, where: 'a zstd frame', offset, records: 0 })
  }
}

class LineCheck implements Check {
  readonly #source: string
  #bytes = 0
  #last = 0x0a

  constructor(source: string) {
    this.#source = source
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length
    this.#last = chunk.at(-1) ?? this.#last
  }

  end(): void {
    if (this.#last === 0x0a) return
    throw new TruncatedFileError({ source: this.#source, where: 'a line', offset: this.#bytes, records: 0 })
  }
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  )
}
