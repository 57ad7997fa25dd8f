import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import path from 'node:path'
import { createProgressBar } from '@scalp/cli'
import { type DatasetIndex, indexDataset } from '@scalp/databento/node'
import type { Output } from '../output.js'
import { isTradingDay } from '../trading-days.js'
import { formatBytes, formatCount } from '../values.js'

/** Flags of `scalp-dbn index`. */
export interface IndexFlags {
  readonly json?: boolean
  readonly refresh?: boolean
  readonly cache?: string
  readonly quiet?: boolean
}

/** Lines shown of each list; the rest is in the JSON. */
const SHOWN = 12

/** Indexes a directory, out of the index kept before where files are unchanged, and prints what it holds. */
export async function index(directory: string, flags: IndexFlags, out: Output): Promise<void> {
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  let isStarted = false
  const found = await indexDataset(directory, {
    cacheFile: cacheFileOf(directory, flags.cache),
    refresh: flags.refresh ?? false,
    isTradingDay,
    onFile(done, total) {
      if (!isStarted) bar.start(total, 'files')
      isStarted = true
      bar.update(done, '')
    },
  }).finally(() => bar.stop())
  out.write(flags.json === true ? `${JSON.stringify(found)}\n` : describe(found))
}

/** Where the index of a directory is kept. */
export function cacheFileOf(directory: string, cache: string | undefined): string {
  const folder =
    cache ?? path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'scalp-dbn')
  const name = createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 16)
  return path.join(folder, `index-${name}.json`)
}

function describe(found: DatasetIndex): string {
  const { directory, files, jobs, series, opened, known } = found
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const synthetic = jobs.filter(({ isSynthetic }) => isSynthetic).length
  const lines = [
    `${directory}: ${formatCount(files.length)} files, ${formatBytes(bytes)}, in ${formatCount(jobs.length)} folders${synthetic > 0 ? ` (${synthetic} synthetic)` : ''}; ${formatCount(opened)} opened, ${formatCount(known)} known from before`,
    ...series.map(
      (one) =>
        `  ${one.dataset.padEnd(12)} ${one.schema.padEnd(12)} ${one.from} to ${one.to} ${formatCount(one.files).padStart(7)} files ${formatBytes(one.bytes).padStart(10)}${one.missing.length > 0 ? `, ${formatCount(one.missing.length)} days missing` : ''}`,
    ),
    ...section(
      'Jobs',
      jobs.map(({ id, files: count, from, to }) => `${id}  ${from} to ${to}  ${formatCount(count)} files`),
    ),
    ...series.flatMap(({ dataset, schema, missing }) =>
      section(`No file of ${dataset} ${schema} for these trading days`, inRows(missing)),
    ),
    ...section(
      'Days that Databento calls not available',
      found.conditions.map(({ date, condition, job }) => `${date} ${condition} (${job})`),
    ),
    ...section(
      'Downloads under way',
      found.running.map(
        ({ path: file, bytes: so, expected }) =>
          `${file}: ${formatBytes(so)}${expected === null ? '' : ` of ${formatBytes(expected)}`}`,
      ),
    ),
    ...section(
      'Files not named for what they hold',
      found.renamed.map(({ path: file, content }) => `${file} holds ${content}`),
    ),
    ...section(
      'The same data twice',
      found.overlaps.map(({ content, used, left }) => `${content}: ${used} is used, ${left} is not`),
    ),
    ...section(
      'Neither with nor without each other',
      found.conflicts.map(({ reason }) => reason),
    ),
    ...section(
      'Of no use',
      found.unusable.map(({ path: file, reason }) => `${file}: ${reason}`),
    ),
  ]
  return `${lines.join('\n')}\n`
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const shown = lines.slice(0, SHOWN).map((line) => `  ${line}`)
  if (lines.length > SHOWN) shown.push(`  and ${formatCount(lines.length - SHOWN)} more; --json prints all`)
  return [`${title}:`, ...shown]
}

function inRows(days: readonly string[]): string[] {
  const rows: string[] = []
  for (let at = 0; at < days.length; at += 8) rows.push(days.slice(at, at + 8).join(' '))
  return rows
}
