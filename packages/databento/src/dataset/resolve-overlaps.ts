import path from 'node:path'
import { isScalpError } from '@scalp/canonical'
import { readDbnMetadata } from '../dbn/node-file.js'
import type { DataFile, DaySpan } from './discover.js'
import { readDbnHeader } from './file-header.js'
import { partOf } from './file-name.js'
import { relate } from './symbol-sets.js'

/** A file, and which symbols its job asked for; undefined where that is not known. */
export interface FoundFile {
  readonly file: DataFile
  readonly symbols: readonly string[] | undefined
}

/** Two files that hold some of the same data, and neither all of it. */
export interface DataConflict {
  readonly files: readonly [DataFile, DataFile]
  readonly reason: string
}

/** Days that two files hold, and which of them they are read from. */
export interface SharedDays {
  readonly days: DaySpan
  readonly used: DataFile
  readonly left: DataFile
}

/** What is to be read, so that nothing is read twice. */
export interface ResolvedFiles {
  readonly files: readonly DataFile[]
  readonly shared: readonly SharedDays[]
  readonly conflicts: readonly DataConflict[]
}

const ENCODINGS = ['.dbn.zst', '.dbn', '.slice', '.csv.zst', '.csv'] as const

/**
 * Decides which file each day is read from, where several hold it.
 *
 * The newest job counts, and older ones are read for the days that it does not have. A job of all the symbols of
 * another counts instead of it. Jobs of other symbols, parts of one job and other hours of a day are read together.
 * Where two jobs share some symbols and each has others, neither can do without the other: that is a conflict.
 */
export async function resolveOverlaps(found: readonly FoundFile[]): Promise<ResolvedFiles> {
  const shared: SharedDays[] = []
  const conflicts: DataConflict[] = []
  const kept: Entry[] = []
  /** Files of thousands of days: each is looked at beside those that hold a day of its own, and no others. */
  const byContent = new Map<string, Entry[]>()
  for (const { file, symbols } of found.toSorted(byPreference)) {
    const entry: Entry = { file, symbols, without: [] }
    const { dataset, schema, from, to } = file
    const alike = byContent.get(`${dataset} ${schema}`) ?? []
    for (const other of alike)
      if (other.file.from <= to && other.file.to >= from) await settle(entry, other, shared, conflicts)
    alike.push(entry)
    byContent.set(`${dataset} ${schema}`, alike)
    kept.push(entry)
  }
  const files = kept.flatMap(({ file, without }) => {
    if (without.length === 0) return [file]
    return isCovered(file, without) ? [] : [{ ...file, without: without.toSorted(bySpan) }]
  })
  return { files: files.sort(byDay), shared, conflicts }
}

/** What a user ought to know of days that two files hold. */
export function sayShared({ days, used, left }: SharedDays): string {
  return `${say(days)}: ${used.job} and ${left.job} both hold ${used.schema}; ${used.path} is used, ${left.path} is not.`
}

interface Entry {
  readonly file: DataFile
  symbols: readonly string[] | undefined
  readonly without: DaySpan[]
}

async function settle(
  entry: Entry,
  other: Entry,
  shared: SharedDays[],
  conflicts: DataConflict[],
): Promise<void> {
  const [file, better] = [entry.file, other.file]
  const days = overlap(file, better)
  if (days === undefined || isCovered(better, other.without) || isCovered(file, entry.without)) return
  if (areParts(file, better) || areOtherHours(file, better)) return
  const relation = relate(await symbolsOf(entry), await symbolsOf(other))
  if (relation === 'apart') return
  if (relation === 'crossed') {
    const reason = `${better.path} and ${file.path} both hold ${file.schema} of ${say(days)}, of symbols that are the same in part`
    conflicts.push({ files: [better, file], reason })
    return
  }
  const [used, left] = relation === 'second-in-first' ? [entry, other] : [other, entry]
  left.without.push(days)
  shared.push({ days, used: used.file, left: left.file })
}

/** Parts of one job: split by symbol, or by size. */
function areParts(a: DataFile, b: DataFile): boolean {
  if (path.dirname(a.path) !== path.dirname(b.path)) return false
  const [one, two] = [partOf(a.name), partOf(b.name)]
  return one !== two && (one === '' || two === '' ? isCounter(one) || isCounter(two) : true)
}

function isCounter(part: string): boolean {
  return /^(?:part)?[-_]?\d+$/.test(part)
}

/** True for DBN files whose headers name times that do not touch. */
function areOtherHours(a: DataFile, b: DataFile): boolean {
  if (![a, b].every(({ name }) => /\.dbn(?:\.zst)?$/.test(name))) return false
  try {
    const [one, two] = [readDbnHeader(a.path), readDbnHeader(b.path)]
    return (one.end !== null && one.end <= two.start) || (two.end !== null && two.end <= one.start)
  } catch (error) {
    if (isScalpError(error)) return false // reading the file will tell
    throw error
  }
}

/** Symbols by the name of the file, its job, or its header. */
async function symbolsOf(entry: Entry): Promise<readonly string[] | undefined> {
  const { file } = entry
  const part = partOf(file.name)
  if (part !== '' && !isCounter(part)) return [part]
  if (entry.symbols === undefined && /\.dbn(?:\.zst)?$/.test(file.name)) {
    try {
      entry.symbols = (await readDbnMetadata(file.path)).symbols
    } catch (error) {
      if (!isScalpError(error)) throw error
    }
  }
  return entry.symbols?.length === 0 ? undefined : entry.symbols
}

function overlap(a: DaySpan, b: DaySpan): DaySpan | undefined {
  const from = a.from > b.from ? a.from : b.from
  const to = a.to < b.to ? a.to : b.to
  return from <= to ? { from, to } : undefined
}

/** True when spans leave no day of a file. */
function isCovered(file: DaySpan, spans: readonly DaySpan[]): boolean {
  let day = file.from
  for (const { from, to } of spans.toSorted(bySpan)) if (from <= day && to >= day) day = dayAfter(to)
  return day > file.to
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
}

/** The newest job first; of one folder the encoding that is read the fastest. */
function byPreference({ file: a }: FoundFile, { file: b }: FoundFile): number {
  const [newer, older] = [submitted(b), submitted(a)]
  if (newer !== older) return newer < older ? -1 : 1
  return rank(a) - rank(b)
}

function rank({ name }: DataFile): number {
  return ENCODINGS.findIndex((end) => name.endsWith(end))
}

function bySpan(a: DaySpan, b: DaySpan): number {
  return a.from < b.from ? -1 : a.from > b.from ? 1 : 0
}

function byDay(a: DataFile, b: DataFile): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

function say({ from, to }: DaySpan): string {
  return from === to ? from : `${from} to ${to}`
}

/** The day a batch job was submitted, YYYYMMDD, by its id; empty when the id does not say. */
function submitted({ job }: { readonly job: string }): string {
  return /-(\d{8})-/.exec(job)?.[1] ?? ''
}
