import { createHash } from 'node:crypto'
import { toDay } from './historical-instant.js'
import { businessProblem } from './historical-problem.js'
import type { HistoricalStore, Selection } from './historical-store.js'
import { encoded, isTrue } from './historical-text.js'

const DAY_NS = 86_400_000_000_000n
/** The host that the API names; clients keep to the path. */
const FILE_HOST = 'https://api.databento.com'

interface Job {
  readonly id: string
  readonly parameters: Readonly<Record<string, string>>
  readonly selection: Selection
  readonly costUsd: number
  readonly files: ReadonlyMap<string, Uint8Array>
  /** How often it was asked for. */
  asked: number
}

/** The batch jobs of a stand-in. */
export class HistoricalJobs {
  readonly #store: HistoricalStore
  readonly #states: readonly string[]
  readonly #jobs = new Map<string, Job>()

  constructor(store: HistoricalStore, states: readonly string[]) {
    this.#store = store
    this.#states = states
  }

  async submit(parameters: Readonly<Record<string, string>>, costUsd: number): Promise<unknown> {
    const selection = this.#store.select(parameters)
    const dataset = parameters['dataset'] ?? ''
    const day = toDay(selection.range.start).replaceAll('-', '')
    const number = (this.#jobs.size + 1).toString(36).toUpperCase().padStart(10, 'A')
    const id = `${dataset.split('.')[0]}-${day}-${number}`
    const files = await this.#files(id, parameters, selection)
    const job: Job = { id, parameters, selection, costUsd, files, asked: 0 }
    this.#jobs.set(id, job)
    return this.#describe(job, 'received')
  }

  list(states: readonly string[] | undefined): unknown[] {
    return [...this.#jobs.values()]
      .map((job) => this.#describe(job, this.#stateOf(job)))
      .filter(({ state }) => states === undefined || states.includes(state))
  }

  /** Asking moves a job on by one state. */
  details(id: string): unknown {
    const job = this.#find(id)
    job.asked++
    return this.#describe(job, this.#stateOf(job))
  }

  /** The files of a job that is done. */
  files(id: string): ReadonlyMap<string, Uint8Array> {
    const job = this.#find(id)
    if (this.#stateOf(job) === 'done') return job.files
    throw businessProblem(400, 'batch_job_not_ready', `Batch job ${id} is not ready.`)
  }

  #find(id: string): Job {
    const job = this.#jobs.get(id)
    if (job !== undefined) return job
    throw businessProblem(404, 'batch_job_not_found', `Batch job ${id} was not found.`)
  }

  #stateOf({ asked }: Job): string {
    return this.#states[Math.min(Math.max(asked - 1, 0), this.#states.length - 1)] ?? 'done'
  }

  #describe({ id, parameters, selection, costUsd, files }: Job, state: string): { state: string } {
    const size = [...files.values()].reduce((sum, { length }) => sum + length, 0)
    const { compression, split_duration: split } = parameters
    return {
      ...parameters,
      id,
      user_id: 'STANDIN',
      cost_usd: costUsd,
      compression: compression === 'none' ? null : compression,
      split_duration: split === 'none' ? null : split,
      record_count: selection.records,
      billed_size: selection.bytes,
      actual_size: size,
      package_size: size,
      state,
      progress: state === 'done' ? 100 : 0,
      ts_received: '2025-02-21 00:00:00.000000+00:00',
      ts_expiration: '2025-03-23 00:00:00.000000+00:00',
    } as { state: string }
  }

  async #files(
    id: string,
    parameters: Readonly<Record<string, string>>,
    { range }: Selection,
  ): Promise<Map<string, Uint8Array>> {
    const { dataset = '', schema = '', encoding = 'dbn', compression = 'zstd' } = parameters
    const files = new Map<string, Uint8Array>()
    const conditions: unknown[] = []
    const isByDay = (parameters['split_duration'] ?? 'day') === 'day'
    const name = (days: string): string =>
      `${dataset.toLowerCase().replaceAll('.', '-')}-${days}.${schema}.${encoding}${compression === 'zstd' ? '.zst' : ''}`
    for (let from = range.start; from < range.end; from = (from / DAY_NS + 1n) * DAY_NS) {
      const to = (from / DAY_NS + 1n) * DAY_NS
      const end = to < range.end ? to : range.end
      const part = this.#store.select({ ...parameters, start: String(from), end: String(end) })
      const condition = part.records > 0 ? 'available' : 'missing'
      conditions.push({ date: toDay(from), condition, last_modified_date: '2025-11-27' })
      if (isByDay && part.records > 0)
        files.set(name(toDay(from).replaceAll('-', '')), await encoded(part.dbn, parameters))
    }
    if (!isByDay) {
      const days = [range.start, range.end - 1n].map((ns) => toDay(ns).replaceAll('-', ''))
      files.set(
        name([...new Set(days)].join('-')),
        await encoded(this.#store.select(parameters).dbn, parameters),
      )
    }
    files.set('condition.json', jsonOf(conditions))
    files.set('metadata.json', jsonOf(jobMetadata(id, parameters, range)))
    files.set('manifest.json', jsonOf({ job_id: id, files: describeFiles(id, files) }))
    return files
  }
}

/** The files of a job as `batch.list_files` names them. */
export function describeFiles(id: string, files: ReadonlyMap<string, Uint8Array>): unknown[] {
  return [...files].map(([filename, bytes]) => ({
    filename,
    size: bytes.length,
    hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    urls: {
      https: `${FILE_HOST}/v0/batch/download/STANDIN/${id}/${filename}`,
      ftp: `ftp://ftp.databento.com/STANDIN/${id}/${filename}`,
    },
  }))
}

function jobMetadata(
  id: string,
  parameters: Readonly<Record<string, string>>,
  { start, end }: { readonly start: bigint; readonly end: bigint },
): unknown {
  const { dataset, schema, symbols = '', stype_in, stype_out, limit, encoding, compression } = parameters
  const customizations = {
    pretty_px: isTrue(parameters['pretty_px']),
    pretty_ts: isTrue(parameters['pretty_ts']),
    map_symbols: isTrue(parameters['map_symbols']),
    split_symbols: isTrue(parameters['split_symbols']),
    split_duration: parameters['split_duration'] ?? 'day',
    split_size: parameters['split_size'] ?? null,
  }
  const query = {
    dataset,
    schema,
    symbols: symbols.split(','),
    stype_in,
    stype_out,
    start: Number(start),
    end: Number(end),
    limit: limit === undefined ? null : Number(limit),
    encoding,
    compression,
  }
  return { version: 1, job_id: id, query, customizations }
}

function jsonOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, undefined, 4))
}
