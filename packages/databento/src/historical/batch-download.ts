import { createHash, type Hash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { isScalpError } from '@scalp/canonical'
import { isPlainName } from './batch-shapes.js'
import {
  ChecksumError,
  FileExistsError,
  HistoricalConnectionError,
  QueryError,
  ResponseError,
} from './errors.js'
import type { Transport } from './transport.js'
import type { BatchFile, DownloadJobQuery } from './types.js'

/** In a row: bytes that arrive begin the count anew. */
const MAX_FAILURES = 5
const METHOD = 'batch.download'
const PASSING: ReadonlySet<string> = new Set([
  'DATABENTO_CONNECTION',
  'DATABENTO_TIMEOUT',
  'DATABENTO_RATE_LIMIT',
  'DATABENTO_SERVER',
  'DATABENTO_RANGE',
])

/** Downloads the files of a job into a folder, one after the other; whole ones that are there stay. */
export async function downloadJob(
  transport: Transport,
  { jobId, directory, files: names, signal, onProgress }: DownloadJobQuery,
  files: readonly BatchFile[],
): Promise<{ folder: string; files: string[] }> {
  if (!isPlainName(jobId)) {
    const hint = 'Give the id as batch.listJobs tells it.'
    throw new QueryError({ parameter: 'jobId', reason: `is "${jobId}"`, hint })
  }
  const chosen = names === undefined ? files : names.map((name) => fileNamed(name, files))
  const folder = path.join(directory, jobId)
  await mkdir(folder, { recursive: true })
  const jobBytes = chosen.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  const targets: string[] = []
  for (const file of chosen) {
    const target = path.join(folder, file.name)
    const report = (bytes: number): void =>
      onProgress?.({
        file: file.name,
        bytes,
        fileBytes: file.bytes,
        totalBytes: doneBytes + bytes,
        jobBytes,
      })
    if (await isThere(target, file)) report(file.bytes)
    else await downloadFile(transport, { file, target, signal, report })
    doneBytes += file.bytes
    targets.push(target)
  }
  return { folder, files: targets }
}

interface FileDownload {
  readonly file: BatchFile
  readonly target: string
  readonly signal: AbortSignal | undefined
  readonly report: (bytes: number) => void
}

/** What there is of a file so far, and its hash. */
interface Part {
  readonly handle: FileHandle
  hash: Hash
  bytes: number
}

async function downloadFile(transport: Transport, download: FileDownload): Promise<void> {
  const { file, target, signal } = download
  const name = `${target}.part`
  const handle = await open(name, constants.O_RDWR | constants.O_CREAT)
  let isWrong = false
  try {
    const part = await partOf(name, handle, file)
    for (let failures = 0; part.bytes < file.bytes; ) {
      const before = part.bytes
      try {
        await fetchRest(transport, download, part)
      } catch (error) {
        if (part.bytes > before) failures = 0
        if (!isScalpError(error) || !PASSING.has(error.code) || ++failures >= MAX_FAILURES) throw error
        await transport.pause(failures - 1, error, signal)
      }
    }
    const found = part.hash.digest('hex')
    isWrong = found !== file.sha256
    if (isWrong) throw new ChecksumError({ file: target, what: 'the sha256', expected: file.sha256, found })
    await handle.sync()
  } finally {
    await handle.close()
    if (isWrong) await rm(name, { force: true })
  }
  await rename(name, target)
}

/** What an earlier try left; what is longer than the file can be, it cannot be. */
async function partOf(name: string, handle: FileHandle, file: BatchFile): Promise<Part> {
  const { size } = await handle.stat()
  const part: Part = { handle, hash: createHash('sha256'), bytes: 0 }
  if (size > file.bytes) await restart(part)
  else if (size > 0) {
    for await (const chunk of createReadStream(name)) part.hash.update(chunk as Uint8Array)
    part.bytes = size
  }
  return part
}

async function restart(part: Part): Promise<void> {
  await part.handle.truncate(0)
  part.hash = createHash('sha256')
  part.bytes = 0
}

async function fetchRest(transport: Transport, { file, target, signal, report }: FileDownload, part: Part) {
  const from = part.bytes
  const headers = from === 0 ? {} : { range: `bytes=${from}-${file.bytes - 1}` }
  let answer: Awaited<ReturnType<Transport['send']>>
  try {
    answer = await transport.send({
      method: METHOD,
      path: file.path,
      verb: 'GET',
      kind: 'once',
      headers: { accept: '*/*', ...headers },
      signal,
    })
  } catch (error) {
    if (isScalpError(error) && error.code === 'DATABENTO_RANGE') await restart(part)
    throw error
  }
  const { status, requestId } = answer
  if (status === 200) await restart(part)
  else if (!startsAt(answer.headers.get('content-range'), from)) {
    const message = `asked for ${file.name} from byte ${from}, the server sent another part`
    throw new ResponseError({ method: METHOD, status, requestId, message })
  }
  for await (const chunk of answer.body) {
    if (part.bytes + chunk.length > file.bytes) {
      await restart(part)
      const found = `more than ${file.bytes} bytes`
      throw new ChecksumError({ file: target, what: 'a size of', expected: String(file.bytes), found })
    }
    await writeAll(part.handle, chunk, part.bytes)
    part.hash.update(chunk)
    part.bytes += chunk.length
    report(part.bytes)
  }
  if (part.bytes === file.bytes) return
  const message = `${file.name} ended after ${part.bytes} of ${file.bytes} bytes`
  throw new HistoricalConnectionError({ method: METHOD, requestId, message, bytes: part.bytes - from })
}

/** Writes all of a chunk: the system may take it in pieces. */
export async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < chunk.length; )
    at += (await handle.write(chunk, at, chunk.length - at, position + at)).bytesWritten
}

function startsAt(contentRange: string | null, from: number): boolean {
  const start = /^bytes (\d+)-/.exec(contentRange ?? '')?.[1]
  return start === undefined ? from === 0 : Number(start) === from
}

/** @throws {@link FileExistsError} When another file has the name. */
async function isThere(target: string, file: BatchFile): Promise<boolean> {
  const found = await stat(target).catch(() => undefined)
  if (found === undefined) return false
  if (found.size !== file.bytes) {
    const reason = `, with ${found.size} bytes where the job has ${file.bytes}`
    throw new FileExistsError({ file: target, reason })
  }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(target)) hash.update(chunk as Uint8Array)
  if (hash.digest('hex') === file.sha256) return true
  throw new FileExistsError({ file: target, reason: ', with another sha256 than the job tells' })
}

function fileNamed(name: string, files: readonly BatchFile[]): BatchFile {
  const file = files.find((candidate) => candidate.name === name)
  if (file !== undefined) return file
  const hint = `It has ${files.map((candidate) => candidate.name).join(', ')}.`
  throw new QueryError({ parameter: 'files', reason: `names ${name}, which the job has not`, hint })
}
