import { stat } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isScalpError } from '@scalp/canonical'
import type { Schema } from '../dbn/enums.js'
import { readSliceHeader } from '../slice/slice-reader.js'
import { type DataFile, type Job, readJob, walk } from './discover.js'
import { readDbnHeader } from './file-header.js'
import { isDataFile, parseFileName } from './file-name.js'
import { type CachedFile, type FileContent, readIndexCache, writeIndexCache } from './index-cache.js'
import { missingDays } from './missing-days.js'
import { type FoundFile, resolveOverlaps } from './resolve-overlaps.js'

/** Files that are opened before others have a turn. */
const FILES_A_TURN = 64

/** One data file of an index. */
export interface IndexedFile extends FileContent {
  /** Relative to the directory. */
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly job: string
}

/** A folder of files: a batch job, or loose ones. */
export interface IndexedJob {
  readonly id: string
  readonly folder: string
  readonly files: number
  readonly bytes: number
  readonly from: string
  readonly to: string
  readonly isSynthetic: boolean
}

/** The files of one dataset and schema. */
export interface IndexedSeries {
  readonly dataset: string
  readonly schema: Schema
  readonly files: number
  readonly bytes: number
  readonly from: string
  readonly to: string
  /** Trading days between the first and the last that no file holds. */
  readonly missing: readonly string[]
}

/** What a directory holds, and what of it is not as it should be. */
export interface DatasetIndex {
  readonly directory: string
  /** By day, then path. */
  readonly files: readonly IndexedFile[]
  readonly jobs: readonly IndexedJob[]
  readonly series: readonly IndexedSeries[]
  /** Days that Databento calls degraded, pending or missing. */
  readonly conditions: readonly { readonly job: string; readonly date: string; readonly condition: string }[]
  /** Downloads under way. */
  readonly running: readonly {
    readonly path: string
    readonly bytes: number
    readonly expected: number | null
  }[]
  /** Files whose name does not say what their header says. */
  readonly renamed: readonly { readonly path: string; readonly name: string; readonly content: string }[]
  /** Days that two files hold, and which is read for them: the rule is that of `discoverDataset`. */
  readonly overlaps: readonly { readonly used: string; readonly left: string; readonly content: string }[]
  /** Files that cannot be read together, nor one without the other. */
  readonly conflicts: readonly { readonly files: readonly [string, string]; readonly reason: string }[]
  readonly unusable: readonly { readonly path: string; readonly reason: string }[]
  /** Files opened to make this index, and files known from the index before. */
  readonly opened: number
  readonly known: number
}

/** How a directory is indexed. */
export interface IndexOptions {
  /** File to keep the index in: what has the same size and time of change is not opened again. */
  readonly cacheFile?: string
  /** Opens every file again. */
  readonly refresh?: boolean
  /** Whether a day, `YYYY-MM-DD`, ought to have data; Monday to Friday unless told. */
  readonly isTradingDay?: (date: string) => boolean
  /** Told of progress: files seen, of so many. */
  readonly onFile?: (done: number, total: number) => void
}

/**
 * Indexes the data files under a directory: batch jobs with their support files, or loose files.
 *
 * No more of a file is read than the start of its header, and that only once where the index is kept.
 *
 * @throws {@link DataDirectoryError}
 */
export async function indexDataset(directory: string, options: IndexOptions = {}): Promise<DatasetIndex> {
  const root = path.resolve(directory)
  const { cacheFile, refresh = false, isTradingDay, onFile } = options
  const isKept = cacheFile !== undefined && !refresh
  const before = isKept ? await readIndexCache(cacheFile, root) : new Map<string, CachedFile>()
  const scan = new Scan(root, before)
  const folders = await walk(root)
  const total = folders.reduce((sum, [, names]) => sum + names.filter(isDataFile).length, 0)
  let done = 0
  for (const [folder, names] of folders) await scan.addFolder(folder, names, () => onFile?.(++done, total))
  const { after, opened, found, jobs, conditions, running, unusable } = scan
  if (cacheFile !== undefined && (opened > 0 || after.size !== before.size))
    await writeIndexCache(cacheFile, root, after)
  found.sort((a, b) => (a.from === b.from ? compare(a.path, b.path) : compare(a.from, b.from)))
  return {
    directory: root,
    files: found,
    jobs,
    series: seriesOf(found, isTradingDay),
    conditions,
    running,
    renamed: found.flatMap(({ path: file, renamed, ...content }) =>
      renamed === null ? [] : [{ path: file, name: renamed, content: describe(content) }],
    ),
    ...(await overlapsOf(root, scan.symbols, found)),
    unusable,
    opened,
    known: after.size - opened,
  }
}

/** Goes through folders, and opens the files that are not known. */
class Scan {
  readonly found: IndexedFile[] = []
  readonly jobs: IndexedJob[] = []
  readonly conditions: DatasetIndex['conditions'][number][] = []
  readonly running: DatasetIndex['running'][number][] = []
  readonly unusable: DatasetIndex['unusable'][number][] = []
  readonly after: Map<string, CachedFile> = new Map()
  /** What the jobs of files asked for, by path. */
  readonly symbols: Map<string, FoundFile['symbols']> = new Map()
  opened = 0
  readonly #root: string
  readonly #before: ReadonlyMap<string, CachedFile>

  constructor(root: string, before: ReadonlyMap<string, CachedFile>) {
    this.#root = root
    this.#before = before
  }

  async addFolder(folder: string, names: readonly string[], onFile: () => void): Promise<void> {
    const job = await readJob(folder, names)
    for (const condition of job.conditions) this.conditions.push({ job: job.id, ...condition })
    const files: IndexedFile[] = []
    for (const name of names) {
      const isRunning = /\.(?:part|tmp)$/.test(name)
      if (!isRunning && !isDataFile(name)) continue
      const file = path.join(folder, name)
      const { size: bytes, mtimeMs: modifiedMs } = await stat(file)
      const relative = path.relative(this.#root, file)
      const expected = expectedBytes(job, name)
      if (isRunning || (expected !== null && bytes < expected))
        this.running.push({ path: relative, bytes, expected })
      else {
        const content = await this.#contentOf(file, relative, bytes, modifiedMs)
        if (typeof content === 'string') this.unusable.push({ path: relative, reason: content })
        else {
          files.push({ path: relative, name, bytes, job: job.id, ...content })
          this.symbols.set(relative, job.symbols)
        }
      }
      if (!isRunning) onFile()
    }
    this.found.push(...files)
    if (files.length > 0) this.jobs.push(jobOf(job, path.relative(this.#root, folder), files))
  }

  async #contentOf(
    file: string,
    relative: string,
    bytes: number,
    modifiedMs: number,
  ): Promise<FileContent | string> {
    let cached = this.#before.get(relative)
    if (cached === undefined || cached.bytes !== bytes || cached.modifiedMs !== modifiedMs) {
      cached = { bytes, modifiedMs, content: identify(file) }
      if (++this.opened % FILES_A_TURN === 0) await setImmediate()
    }
    this.after.set(relative, cached)
    return cached.content
  }
}

function expectedBytes({ sizes }: Job, name: string): number | null {
  return sizes.get(name.replace(/\.(?:part|tmp)$/, '')) ?? null
}

/** What a file is, by its header and its name; or why it is of no use. */
function identify(file: string): FileContent | string {
  const name = path.basename(file)
  const named = parseFileName(name)
  if (/\.csv(?:\.zst)?$/.test(name)) {
    const { dataset = 'OPRA.PILLAR', schema = 'cbbo-1m', from, to = from } = named
    if (from === undefined || to === undefined)
      return 'Neither its name nor its header says of which day it is.'
    return { dataset, schema, from, to, version: null, renamed: null }
  }
  try {
    if (name.endsWith('.slice')) {
      const { dataset, schema, from, to } = readSliceHeader(file)
      return { dataset, schema, from, to, version: null, renamed: null }
    }
    const { dataset, schema, start, end, version } = readDbnHeader(file)
    if (schema === null) return 'Its schema is mixed or unknown.'
    const first = toDate(start)
    const last = end === null ? first : toDate(end > start ? end - 1n : end)
    const { from = first, to = last } = named
    const isOther =
      (named.dataset !== undefined && named.dataset !== dataset) ||
      (named.schema !== undefined && named.schema !== schema) ||
      from < first ||
      to > last
    const isNamed = named.from !== undefined && named.schema !== undefined && named.dataset !== undefined
    const content = isOther ? { dataset, schema, from: first, to: last } : { dataset, schema, from, to }
    return { ...content, version, renamed: isOther || !isNamed ? name : null }
  } catch (error) {
    if (!isScalpError(error)) throw error
    return error.message
  }
}

function jobOf({ id, isSynthetic }: Job, folder: string, files: readonly IndexedFile[]): IndexedJob {
  return { id, folder, files: files.length, ...extent(files), isSynthetic }
}

function seriesOf(files: readonly IndexedFile[], isTradingDay?: (date: string) => boolean): IndexedSeries[] {
  const groups = new Map<string, IndexedFile[]>()
  for (const file of files) {
    const key = `${file.dataset} ${file.schema}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [file])
    else group.push(file)
  }
  return [...groups.values()].map((group) => {
    const { dataset, schema } = group[0] as IndexedFile
    return {
      dataset,
      schema,
      files: group.length,
      ...extent(group),
      missing: missingDays(group, isTradingDay),
    }
  })
}

/** Headers are read to their end only of files that share days. */
async function overlapsOf(
  root: string,
  symbols: ReadonlyMap<string, FoundFile['symbols']>,
  files: readonly IndexedFile[],
): Promise<Pick<DatasetIndex, 'overlaps' | 'conflicts'>> {
  const found = files.map(({ path: file, name, bytes, dataset, schema, from, to, job }) => ({
    file: { path: path.join(root, file), name, bytes, dataset, schema, from, to, job, isSynthetic: false },
    symbols: symbols.get(file),
  }))
  const { shared, conflicts } = await resolveOverlaps(found)
  const nameOf = (file: DataFile): string => path.relative(root, file.path)
  return {
    overlaps: shared.map(({ days, used, left }) => ({
      used: nameOf(used),
      left: nameOf(left),
      content: describe({ ...used, ...days }),
    })),
    conflicts: conflicts.map(({ files: [one, other], reason }) => ({
      files: [nameOf(one), nameOf(other)],
      reason,
    })),
  }
}

function extent(files: readonly IndexedFile[]): { bytes: number; from: string; to: string } {
  let [bytes, from, to] = [0, '9999', '']
  for (const file of files) {
    bytes += file.bytes
    if (file.from < from) from = file.from
    if (file.to > to) to = file.to
  }
  return { bytes, from, to }
}

function describe({ dataset, schema, from, to }: Omit<FileContent, 'version' | 'renamed'>): string {
  return `${dataset} ${schema} ${from === to ? from : `${from} to ${to}`}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function toDate(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 10)
}
