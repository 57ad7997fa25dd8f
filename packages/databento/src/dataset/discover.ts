import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { isScalpError } from '@scalp/canonical'
import type { Schema } from '../dbn/enums.js'
import { readDbnMetadata } from '../dbn/node-file.js'
import { readSliceHeader } from '../slice/slice-reader.js'
import { DataDirectoryError, DataFileError, DataOverlapError } from './errors.js'
import { isDataFile, parseFileName } from './file-name.js'
import { type DataConflict, type FoundFile, resolveOverlaps, sayShared } from './resolve-overlaps.js'

/** One usable data file. */
export interface DataFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly dataset: string
  readonly schema: Schema
  /** First and last day, `YYYY-MM-DD`, both included. */
  readonly from: string
  readonly to: string
  /** Id of the batch job, or the folder's name. */
  readonly job: string
  /** True when the job's metadata say that the data were made, not recorded. */
  readonly isSynthetic: boolean
  /** Where the symbols stand if the file carries none: definition files of its days, `symbology.json`. */
  readonly symbolFiles?: readonly string[]
  /** Days that other files hold better, and that are read from those. */
  readonly without?: readonly DaySpan[]
}

/** Days `YYYY-MM-DD`, both included. */
export interface DaySpan {
  readonly from: string
  readonly to: string
}

/** What a directory holds. */
export interface Dataset {
  readonly directory: string
  /** By day, then name. */
  readonly files: readonly DataFile[]
  /** What was left out and why, and what a user ought to know. */
  readonly warnings: readonly string[]
  /** Files that cannot be read together, nor one without the other. */
  readonly conflicts: readonly DataConflict[]
}

/** What the support files of a folder say. */
export interface Job {
  readonly id: string
  /** Sizes by file name, from manifest.json. */
  readonly sizes: ReadonlyMap<string, number>
  /** Symbols that the job asked for, from metadata.json. */
  readonly symbols: readonly string[] | undefined
  readonly isSynthetic: boolean
  /** Days that condition.json calls other than available. */
  readonly conditions: readonly { readonly date: string; readonly condition: string }[]
  readonly warnings: readonly string[]
}

/**
 * Finds the data files under a directory: batch jobs with their support files, or loose files.
 *
 * A file that a name does not identify is identified by its own header. Where several files hold the same day,
 * `resolveOverlaps` decides which is read, and what is left out is reported.
 *
 * @throws {@link DataDirectoryError}
 */
export async function discoverDataset(directory: string): Promise<Dataset> {
  const root = path.resolve(directory)
  const warnings: string[] = []
  const found: FoundFile[] = []
  const symbologies = new Set<string>()
  for (const [folder, names] of await walk(root)) {
    const job = await readJob(folder, names)
    warnings.push(...job.warnings)
    if (names.includes('symbology.json')) symbologies.add(folder)
    for (const name of names)
      if (/\.(?:part|tmp)$/.test(name))
        warnings.push(`${path.join(folder, name)} is a download under way; it was not used.`)
    for (const name of names.filter(isDataFile)) {
      const file = await identify(folder, name, job)
      if (typeof file === 'string') warnings.push(file)
      else found.push({ file, symbols: job.symbols })
    }
  }
  const resolved = await resolveOverlaps(found)
  warnings.push(...resolved.shared.map(sayShared))
  const { conflicts } = resolved
  return { directory: root, files: withSymbolFiles(resolved.files, symbologies), warnings, conflicts }
}

/**
 * Data files of a schema that touch a range of days, by day.
 *
 * @throws {@link DataOverlapError} When two of them hold some of the same data, and neither all of it.
 */
export function filesOf(
  { files, conflicts }: Dataset,
  {
    schema,
    dataset,
    from = '',
    to = '9999',
  }: {
    readonly schema: Schema
    readonly dataset?: string
    readonly from?: string | undefined
    readonly to?: string | undefined
  },
): readonly DataFile[] {
  const isWanted = (file: DataFile): boolean =>
    file.schema === schema &&
    (dataset === undefined || file.dataset === dataset) &&
    file.to >= from &&
    file.from <= to
  const conflict = conflicts.find(({ files: both }) => both.every(isWanted))
  if (conflict !== undefined) throw new DataOverlapError(conflict)
  return files.filter(isWanted)
}

/** Folders with the files in them, in the order of their paths. */
export async function walk(root: string): Promise<[string, string[]][]> {
  const folders: [string, string[]][] = []
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    if (names.length > 0) folders.push([folder, names.sort()])
    for (const entry of entries) if (entry.isDirectory()) await visit(path.join(folder, entry.name))
  }
  try {
    await visit(root)
  } catch (cause) {
    throw new DataDirectoryError({ directory: root, cause })
  }
  return folders.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Reads a folder's `metadata.json`, `manifest.json` and `condition.json`, as far as they are there. */
export async function readJob(folder: string, names: readonly string[]): Promise<Job> {
  const warnings: string[] = []
  const read = async (name: string): Promise<unknown> => {
    if (!names.includes(name)) return undefined
    try {
      return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as unknown
    } catch {
      warnings.push(`${path.join(folder, name)} is no JSON; it was not used.`)
      return undefined
    }
  }
  const metadata = asRecord(await read('metadata.json'))
  const manifest = asRecord(await read('manifest.json'))
  const conditions: { date: string; condition: string }[] = []
  const sizes = new Map<string, number>()
  for (const entry of asArray(manifest['files'])) {
    const { filename, size } = asRecord(entry)
    if (typeof filename === 'string' && typeof size === 'number') sizes.set(filename, size)
  }
  for (const entry of asArray(await read('condition.json'))) {
    const { date, condition } = asRecord(entry)
    if (condition === 'available' || typeof date !== 'string') continue
    conditions.push({ date, condition: String(condition) })
    warnings.push(`${path.basename(folder)}: ${date} is ${String(condition)}.`)
  }
  const id = typeof metadata['job_id'] === 'string' ? metadata['job_id'] : path.basename(folder)
  const isSynthetic = asRecord(metadata['customizations'])['synthetic'] === true
  return { id, sizes, symbols: symbolsAskedFor(metadata), isSynthetic, conditions, warnings }
}

/** Symbols of a request; its text may be a list or one line. */
function symbolsAskedFor(metadata: Record<string, unknown>): readonly string[] | undefined {
  const { symbols } = asRecord(metadata['query'])
  const list = typeof symbols === 'string' ? symbols.split(',') : asArray(symbols)
  const texts = list.filter((symbol) => typeof symbol === 'string').map((symbol) => symbol.trim())
  return texts.length === 0 ? undefined : texts
}

async function identify(folder: string, name: string, job: Job): Promise<DataFile | string> {
  const file = path.join(folder, name)
  const { size: bytes } = await stat(file)
  const expected = job.sizes.get(name)
  if (expected !== undefined && bytes < expected)
    return `${file} has ${bytes} of ${expected} bytes: the download is not complete; it was not used.`
  if (name.endsWith('.slice')) return identifySlice(file, bytes, job)
  const named = parseFileName(name)
  let { dataset, schema, from, to } = named
  if (dataset === undefined || schema === undefined || from === undefined) {
    if (name.includes('.csv')) {
      if (from === undefined)
        return `${file}: neither its name nor its header says of which day it is; it was not used.`
      dataset ??= 'OPRA.PILLAR'
      schema ??= 'cbbo-1m'
    } else {
      try {
        const metadata = await readDbnMetadata(file)
        dataset ??= metadata.dataset
        schema ??= metadata.schema ?? undefined
        from ??= toDate(metadata.start)
        to ??= metadata.end === null ? from : toDate(metadata.end - 1n)
      } catch (error) {
        if (!isScalpError(error)) throw error
        return `${error.message} It was not used.`
      }
    }
  }
  if (schema === undefined) return `${file}: its schema is mixed or unknown; it was not used.`
  return {
    path: file,
    name,
    bytes,
    dataset,
    schema,
    from,
    to: to ?? from,
    job: job.id,
    isSynthetic: job.isSynthetic,
  }
}

/** A slice says itself what it is. */
function identifySlice(file: string, bytes: number, job: Job): DataFile | string {
  try {
    const { dataset, schema, from, to } = readSliceHeader(file)
    const { id, isSynthetic } = job
    return { path: file, name: path.basename(file), bytes, dataset, schema, from, to, job: id, isSynthetic }
  } catch (error) {
    if (!isScalpError(error)) throw error
    return `${error.message} It was not used.`
  }
}

/**
 * What a file is that was named itself.
 *
 * @throws {@link DataFileError} When neither its name nor its header says.
 */
export async function describeDataFile(file: string): Promise<DataFile> {
  const folder = path.dirname(path.resolve(file))
  const job: Job = {
    id: path.basename(folder),
    sizes: new Map(),
    symbols: undefined,
    isSynthetic: false,
    conditions: [],
    warnings: [],
  }
  const found = await identify(folder, path.basename(file), job)
  if (typeof found === 'string') throw new DataFileError({ file, reason: found })
  return found
}

function withSymbolFiles(files: readonly DataFile[], symbologies: ReadonlySet<string>): DataFile[] {
  const definitions = files.filter(({ schema }) => schema === 'definition')
  return files.map((file) => {
    const symbolFiles = definitions
      .filter(({ dataset, from, to }) => dataset === file.dataset && from <= file.to && to >= file.from)
      .map((definition) => definition.path)
    const folder = path.dirname(file.path)
    if (symbologies.has(folder)) symbolFiles.push(path.join(folder, 'symbology.json'))
    return symbolFiles.length === 0 ? file : { ...file, symbolFiles }
  })
}

function toDate(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 10)
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
