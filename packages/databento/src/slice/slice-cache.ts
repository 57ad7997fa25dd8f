import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isScalpError } from '@scalp/canonical'
import type { DataFile } from '../dataset/discover.js'
import { DecodePool, type WantedSymbols } from '../tape/decode-pool.js'
import { emptyStats } from '../tape/event-batch.js'
import { isSlice } from './decode-slice.js'
import { SLICE_VERSION, type SliceHeader } from './format.js'
import { SliceReader } from './slice-reader.js'
import { SliceWriter } from './slice-writer.js'
import { identityOf, sha256Of } from './source-identity.js'

/** Where slices are kept, and of what. */
export interface SliceCacheOptions extends WantedSymbols {
  readonly directory: string
  /** Threads that decode the originals; 1 decodes in the calling thread. */
  readonly workers?: number
  /** Told of each file, once its slice is there. */
  readonly onFile?: (done: number, total: number) => void
}

/** A file of a dataset as it is to be read. */
export interface PreparedFile {
  /** With the path of the slice in place of the original's; the original where no slice could be kept. */
  readonly file: DataFile
  /** SHA-256 of the original, where it is known from the slice. */
  readonly sha256: string | undefined
}

/** What came of looking for slices. */
export interface PreparedFiles {
  /** One for each file asked for, in their order. */
  readonly files: readonly PreparedFile[]
  /** Slices found, and slices made. */
  readonly found: number
  readonly made: number
  /** Why slices could not be kept: the originals are read then. */
  readonly warnings: readonly string[]
}

/** Slices under way in this process: two of one file must not share a name. */
let parts = 0

/**
 * Gives each file its slice out of a cache directory: found there, or made now in one pass over the original.
 *
 * A slice is used only if the original, its symbol files, what is wanted of it and the version of the format are all
 * as they were, and every checksum is right; otherwise it is made anew. Any number of processes may share a directory.
 * A cache that cannot be written to is no failure; an original that cannot be read is one.
 *
 * @throws What {@link decodeFile} throws of an original.
 */
export async function prepareSlices(
  files: readonly DataFile[],
  { directory, symbols, maxDte, workers = 1, onFile }: SliceCacheOptions,
): Promise<PreparedFiles> {
  const wanted: WantedSymbols = { symbols, maxDte }
  const prepared = files.map((file): PreparedFile | undefined =>
    isSlice(file.path) ? { file, sha256: undefined } : findSlice(directory, file, wanted),
  )
  const found = prepared.filter((one) => one !== undefined).length
  const missing = files.filter((_, at) => prepared[at] === undefined)
  let done = found
  let made = 0
  onFile?.(done, files.length)
  const warnings: string[] = []
  const pool = new DecodePool({ groups: missing.map((file) => [file]), wanted, workers })
  try {
    let at = 0
    for (const [place, file] of files.entries()) {
      if (prepared[place] !== undefined) continue
      const slice = await makeSlice({ directory, file, wanted, pool, at: at++ })
      if (typeof slice === 'string') warnings.push(slice)
      else made++
      prepared[place] = typeof slice === 'string' ? { file, sha256: undefined } : slice
      onFile?.(++done, files.length)
    }
  } finally {
    await pool.close()
  }
  return { files: prepared as PreparedFile[], found, made, warnings: [...new Set(warnings)] }
}

interface Entry {
  readonly file: string
  /** Of all slices of the same file and filter, whatever the file was like. */
  readonly prefix: string
  readonly source: Readonly<Record<string, unknown>>
}

function entryOf(directory: string, file: DataFile, { symbols, maxDte }: WantedSymbols): Entry {
  const source = {
    identities: [file.path, ...(file.symbolFiles ?? [])].map(identityOf),
    dataset: file.dataset,
    schema: file.schema,
    without: file.without ?? null,
    symbols: symbols === undefined ? null : [...symbols].sort(),
    maxDte: maxDte ?? null,
    version: SLICE_VERSION,
  }
  const about = digest([path.resolve(file.path), file.schema, source.symbols, source.maxDte]).slice(0, 16)
  const prefix = `${file.name.replace(/\.(?:dbn|csv)(?:\.zst)?$/, '')}.${about}-`
  return { file: path.join(directory, `${prefix}${digest(source).slice(0, 24)}.slice`), prefix, source }
}

function findSlice(directory: string, file: DataFile, wanted: WantedSymbols): PreparedFile | undefined {
  const { file: slice, source } = entryOf(directory, file, wanted)
  try {
    const reader = new SliceReader(slice)
    try {
      const { sha256, ...kept } = reader.header.source
      if (JSON.stringify(kept) === JSON.stringify(source)) {
        while (reader.check());
        return { file: asSlice(file, slice), sha256: String(sha256) }
      }
    } finally {
      reader.close()
    }
  } catch (error) {
    if (!isScalpError(error) && !isFileError(error)) throw error
  }
  return undefined
}

/** Makes a slice; answers why not, when it cannot be kept. */
async function makeSlice({
  directory,
  file,
  wanted,
  pool,
  at,
}: {
  readonly directory: string
  readonly file: DataFile
  readonly wanted: WantedSymbols
  readonly pool: DecodePool
  readonly at: number
}): Promise<PreparedFile | string> {
  const entry = entryOf(directory, file, wanted)
  const sha256 = await sha256Of(file.path)
  let refusal: string | undefined
  const attempt = <Value>(work: () => Value): Value | undefined => {
    if (refusal !== undefined) return undefined
    try {
      return work()
    } catch (error) {
      if (!isFileError(error)) throw error
      refusal = `No slice could be kept in ${directory}: ${(error as Error).message}.`
      return undefined
    }
  }
  const writer = attempt(() => {
    mkdirSync(directory, { recursive: true })
    const part = `${entry.file}.${process.pid}-${++parts}.part`
    return new SliceWriter(entry.file, headerOf(file, wanted, { ...entry.source, sha256 }), {
      level: 1,
      part,
    })
  })
  const names: string[] = []
  let isDone = false
  try {
    const batches = pool.read(at)
    for (let next = await batches.next(); ; next = await batches.next()) {
      if (next.done === true) {
        const [stats = emptyStats()] = next.value
        if (!isUnchanged(file, wanted, directory, entry))
          return `${file.path} changed while it was read; no slice was kept of it.`
        isDone = attempt(() => writer?.finish(stats)) !== undefined
        break
      }
      const batch = next.value
      for (const symbol of batch.newSymbols) names.push(symbol)
      attempt(() => writer?.addBatch(batch, names))
    }
  } finally {
    if (!isDone) attempt(() => writer?.discard())
  }
  if (!isDone) return refusal ?? `No slice could be kept in ${directory}.`
  attempt(() => removeOthers(directory, entry))
  return { file: asSlice(file, entry.file), sha256 }
}

function headerOf(
  { dataset, schema, from, to }: DataFile,
  { symbols, maxDte }: WantedSymbols,
  source: Readonly<Record<string, unknown>>,
): SliceHeader {
  const filter = { symbols: symbols ?? null, maxDte: maxDte ?? null }
  return { dataset, schema, isOptions: dataset.startsWith('OPRA'), from, to, filter, source }
}

function isUnchanged(file: DataFile, wanted: WantedSymbols, directory: string, entry: Entry): boolean {
  return entryOf(directory, file, wanted).file === entry.file
}

/** Removes slices of what the file was before, and what processes that are no more left half written. */
function removeOthers(directory: string, { file, prefix }: Entry): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix) || path.join(directory, name) === file) continue
    const pid = /\.slice\.(\d+)-\d+\.part$/.exec(name)?.[1]
    if (name.endsWith('.slice') || (pid !== undefined && !isRunning(Number(pid))))
      rmSync(path.join(directory, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The same file, read from its slice, in which its symbols stand. */
function asSlice(file: DataFile, slice: string): DataFile {
  const { without: _left, ...rest } = file
  return { ...rest, path: slice, symbolFiles: [] }
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
