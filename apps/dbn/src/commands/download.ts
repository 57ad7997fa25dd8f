import { statSync } from 'node:fs'
import path from 'node:path'
import { formatUsd, type Micros } from '@scalp/canonical'
import { createProgressBar } from '@scalp/cli'
import type { Schema, SType } from '@scalp/databento'
import type { BatchJob, HistoricalClient, RangeQuery } from '@scalp/databento/historical'
import { CallError, CostError } from '../errors.js'
import type { Output } from '../output.js'
import { formatBytes, formatCount } from '../values.js'

/** Flags that say which data are meant. */
export interface RangeFlags {
  readonly dataset: string
  readonly schema: Schema
  readonly symbols: readonly string[]
  readonly stypeIn: SType
  readonly start: string
  readonly end?: string
  readonly limit?: number
  readonly json?: boolean
}

/** Flags of `scalp-dbn download`. */
export interface DownloadFlags extends RangeFlags {
  readonly output?: string
  readonly batch?: boolean
  readonly dir?: string
  readonly maxCost?: Micros
  readonly yes?: boolean
  readonly force?: boolean
  readonly quiet?: boolean
}

/** What the commands need of the world. */
export interface DownloadPorts {
  readonly client: HistoricalClient
  /** Asks the user; undefined where there is no terminal. */
  readonly confirm: ((question: string) => Promise<boolean>) | undefined
  /** Where notes go, beside the answer. */
  readonly note: (text: string) => void
}

/** What a request comes to. */
interface Estimate {
  readonly costMicros: Micros
  readonly records: number
  /** Uncompressed. */
  readonly bytes: number
}

/** Prints what data would cost; that is free. */
export async function cost(flags: RangeFlags, { client }: DownloadPorts, out: Output): Promise<void> {
  const estimate = await estimateOf(client, queryOf(flags))
  if (flags.json === true) out.write(`${JSON.stringify({ ...flags, json: undefined, ...estimate })}\n`)
  else out.write(`${describe(flags, estimate)}\n`)
}

/** Downloads data, once it is said what they cost, and that is agreed to. */
export async function download(flags: DownloadFlags, ports: DownloadPorts, out: Output): Promise<void> {
  const { client, note } = ports
  const query = queryOf(flags)
  const target = targetOf(flags)
  const estimate = await estimateOf(client, query)
  note(`${describe(flags, estimate)}\n`)
  const maxCostMicros = await agree(estimate.costMicros, flags, ports)
  if (target.kind === 'batch') {
    const job = await client.batch.submitJob({ ...query, maxCostMicros })
    note(`Job ${job.id}; after a break: scalp-dbn job ${job.id} --dir ${target.directory}\n`)
    await fetchJob(job.id, { ...flags, dir: target.directory }, ports, out)
    return
  }
  const bar = createProgressBar({ isSilent: flags.quiet === true })
  bar.start(Math.max(1, estimate.bytes), 'bytes')
  const { encoding, compression, file } = target
  const summary = await client.timeseries
    .download({
      ...query,
      file,
      encoding,
      compression,
      maxCostMicros,
      overwrite: flags.force ?? false,
      ...(encoding === 'dbn' ? {} : { prettyPrices: true, prettyTimes: true, mapSymbols: true }),
      onProgress: ({ bytes }) => bar.update(bytes, `${formatBytes(bytes)} of at most`),
    })
    .finally(() => bar.stop())
  const { bytes, costMicros = estimate.costMicros } = summary
  if (flags.json === true) out.write(`${JSON.stringify({ file, bytes, costMicros })}\n`)
  else out.write(`${file}: ${formatBytes(bytes)}, ${formatUsd(costMicros)}\n`)
}

/** Flags of `scalp-dbn job`. */
export interface JobFlags {
  readonly dir?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Waits for a batch job and downloads its files; what is there already is not fetched again. Free. */
export async function fetchJob(
  jobId: string,
  { dir = '.', json = false, quiet = false }: JobFlags,
  { client }: DownloadPorts,
  out: Output,
): Promise<void> {
  const bar = createProgressBar({ isSilent: quiet })
  try {
    bar.start(100, '%')
    const show = ({ state, progress }: BatchJob): void => bar.update(progress ?? 0, state)
    await client.batch.waitForJob(jobId, { onProgress: show })
    bar.stop()
    let isStarted = false
    const { folder, files } = await client.batch.download({
      jobId,
      directory: dir,
      onProgress({ file, totalBytes, jobBytes }) {
        if (!isStarted) bar.start(jobBytes, 'bytes')
        isStarted = true
        bar.update(totalBytes, file)
      },
    })
    if (json) out.write(`${JSON.stringify({ jobId, folder, files })}\n`)
    else out.write(`${folder}: ${formatCount(files.length)} files\n`)
  } finally {
    bar.stop()
  }
}

/** The ceiling that was agreed to. */
async function agree(costMicros: Micros, flags: DownloadFlags, ports: DownloadPorts): Promise<Micros> {
  const { maxCost, yes = false } = flags
  const price = formatUsd(costMicros)
  if (maxCost !== undefined && costMicros > maxCost) {
    throw new CostError({
      cost: price,
      limit: `the ceiling is ${formatUsd(maxCost)}`,
      hint: 'Nothing was billed. Ask for less, or raise --max-cost.',
    })
  }
  if (yes) return maxCost ?? costMicros
  const hint = 'Nothing was billed. Give --yes to agree beforehand, with --max-cost as a ceiling.'
  if (ports.confirm === undefined)
    throw new CostError({ cost: price, limit: 'nobody is here to agree to it', hint })
  if (await ports.confirm(`Buy it for ${price}? [y/N] `)) return maxCost ?? costMicros
  throw new CostError({ cost: price, limit: 'it was not agreed to', hint })
}

type Target =
  | { readonly kind: 'batch'; readonly directory: string }
  | {
      readonly kind: 'file'
      readonly file: string
      readonly encoding: 'dbn' | 'csv' | 'json'
      readonly compression: 'none' | 'zstd'
    }

function targetOf({ batch = false, dir, output, force = false }: DownloadFlags): Target {
  if (batch) {
    if (output !== undefined)
      throw new CallError({ problem: 'A batch job has many files.', hint: 'Give --dir instead of -o.' })
    return { kind: 'batch', directory: path.resolve(dir ?? '.') }
  }
  const [, format, zst] = /\.(dbn|csv|json|jsonl)(\.zst)?$/.exec(output ?? '') ?? []
  if (output === undefined || format === undefined) {
    throw new CallError({
      problem: 'It is not said where the data go.',
      hint: 'Give -o with a name that ends in .dbn, .csv or .jsonl (and .zst), or --batch with --dir.',
    })
  }
  if (!force && statSync(output, { throwIfNoEntry: false }) !== undefined)
    throw new CallError({ problem: `${output} is there already.`, hint: 'Give --force to replace it.' })
  const encoding = format === 'jsonl' ? 'json' : (format as 'dbn' | 'csv' | 'json')
  return { kind: 'file', file: output, encoding, compression: zst === undefined ? 'none' : 'zstd' }
}

async function estimateOf(client: HistoricalClient, query: RangeQuery): Promise<Estimate> {
  const [costMicros, bytes, records] = await Promise.all([
    client.metadata.getCost(query),
    client.metadata.getBillableSize(query),
    client.metadata.getRecordCount(query),
  ])
  return { costMicros, records, bytes }
}

function queryOf({ dataset, schema, symbols, stypeIn, start, end, limit }: RangeFlags): RangeQuery {
  return {
    dataset,
    schema,
    symbols,
    stypeIn,
    start,
    ...(end === undefined ? {} : { end }),
    ...(limit === undefined ? {} : { limit }),
  }
}

function describe(
  { dataset, schema, symbols }: RangeFlags,
  { costMicros, records, bytes }: Estimate,
): string {
  const named = symbols.length > 3 ? `${symbols.length} symbols` : symbols.join(', ')
  return `${dataset} ${schema} of ${named}: ${formatCount(records)} records, ${formatBytes(bytes)} uncompressed, ${formatUsd(costMicros)}`
}
