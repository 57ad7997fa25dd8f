import type { Schema, SType } from '../dbn/enums.js'
import { type FieldType, layoutOf, RTYPE_OF_SCHEMA } from '../dbn/layouts.js'
import { toDay, toIso } from './historical-instant.js'
import { describeFiles, type HistoricalJobs } from './historical-jobs.js'
import { Problem, parameterProblem } from './historical-problem.js'
import type { HistoricalStore } from './historical-store.js'
import { encoded } from './historical-text.js'
import { zipOf } from './historical-zip.js'

/** An answer before faults. */
export interface PlannedAnswer {
  readonly type: string
  readonly body: Uint8Array
  readonly warnings?: readonly string[]
  /** Dollars that the account pays once this is sent. */
  readonly billedUsd?: number
}

/** What answers are made of. */
export interface AnswerSources {
  readonly store: HistoricalStore
  readonly jobs: HistoricalJobs
  readonly usdPerGigabyte: number
}

type Parameters = Readonly<Record<string, string>>

const DAY_NS = 86_400_000_000_000n
const NO_DATA = 'No data found for the request you submitted.'
const GIGABYTE = 1e9
const C_TYPES: Readonly<Record<FieldType, string>> = {
  price: 'int64_t',
  time: 'uint64_t',
  u64: 'uint64_t',
  i64: 'int64_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  u16: 'uint16_t',
  i16: 'int16_t',
  u8: 'uint8_t',
  i8: 'int8_t',
  char: 'char',
  text: 'char[]',
}

/** The verb and the answer of every method. */
export const METHODS: Readonly<
  Record<
    string,
    {
      readonly verb: 'GET' | 'POST'
      readonly answer: (
        sources: AnswerSources,
        parameters: Parameters,
      ) => Promise<PlannedAnswer> | PlannedAnswer
    }
  >
> = {
  'metadata.list_publishers': { verb: 'GET', answer: ({ store }) => json(publishersOf(store)) },
  'metadata.list_datasets': { verb: 'GET', answer: ({ store }) => json(store.datasets) },
  'metadata.list_schemas': {
    verb: 'GET',
    answer: ({ store }, { dataset = '' }) => json(store.schemasOf(dataset)),
  },
  'metadata.list_fields': { verb: 'GET', answer: (_, { schema = '' }) => json(fieldsOf(schema)) },
  'metadata.list_unit_prices': {
    verb: 'GET',
    answer({ store, usdPerGigabyte }, { dataset = '' }) {
      const prices = Object.fromEntries(store.schemasOf(dataset).map((schema) => [schema, usdPerGigabyte]))
      return json(['historical', 'historical-streaming'].map((mode) => ({ mode, unit_prices: prices })))
    },
  },
  'metadata.get_dataset_condition': {
    verb: 'GET',
    answer: ({ store }, query) => json(conditionsOf(store, query)),
  },
  'metadata.get_dataset_range': {
    verb: 'GET',
    answer({ store }, { dataset = '' }) {
      const text = (schema?: string): { start: string; end: string } => {
        const { start, end } = store.rangeOf(dataset, schema)
        return { start: toIso(start), end: toIso(end) }
      }
      const schemas = Object.fromEntries(store.schemasOf(dataset).map((schema) => [schema, text(schema)]))
      return json({ ...text(), schema: schemas })
    },
  },
  'metadata.get_record_count': {
    verb: 'POST',
    answer: ({ store }, query) => json(store.select(query).records),
  },
  'metadata.get_billable_size': {
    verb: 'POST',
    answer: ({ store }, query) => json(store.select(query).bytes),
  },
  'metadata.get_cost': { verb: 'POST', answer: (sources, query) => json(costOf(sources, query)) },
  'timeseries.get_range': {
    verb: 'POST',
    async answer(sources, query) {
      const { dbn, records } = sources.store.select(query)
      const { encoding = 'dbn', compression = 'zstd' } = query
      return {
        type: compression === 'zstd' ? 'application/zstd' : (TYPES[encoding] ?? 'application/octet-stream'),
        body: await encoded(dbn, query),
        billedUsd: costOf(sources, query),
        ...(records === 0 ? { warnings: [NO_DATA] } : {}),
      }
    },
  },
  'symbology.resolve': { verb: 'POST', answer: ({ store }, query) => json(resolutionOf(store, query)) },
  'batch.submit_job': {
    verb: 'POST',
    async answer(sources, query) {
      const billedUsd = costOf(sources, query)
      return { ...json(await sources.jobs.submit(query, billedUsd)), billedUsd }
    },
  },
  'batch.list_jobs': { verb: 'GET', answer: ({ jobs }, { states }) => json(jobs.list(states?.split(','))) },
  'batch.get_job_details': { verb: 'GET', answer: ({ jobs }, { job_id: id = '' }) => json(jobs.details(id)) },
  'batch.list_files': {
    verb: 'GET',
    answer: ({ jobs }, { job_id: id = '' }) => json(describeFiles(id, jobs.files(id))),
  },
  'batch.download': {
    verb: 'GET',
    answer: ({ jobs }, { job_id: id = '' }) => ({ type: 'application/zip', body: zipOf(jobs.files(id)) }),
  },
  'batch.download_file': {
    verb: 'GET',
    answer({ jobs }, { job_id: id = '', filename = '' }) {
      const body = jobs.files(id).get(filename)
      if (body === undefined) throw new Problem(404, { detail: `No file ${filename}.` })
      return { type: 'application/octet-stream', body }
    },
  },
}

const TYPES: Readonly<Record<string, string>> = { csv: 'text/csv', json: 'application/x-ndjson' }

/** A JSON answer. */
export function json(value: unknown): PlannedAnswer {
  return { type: 'application/json', body: new TextEncoder().encode(JSON.stringify(value)) }
}

function costOf({ store, usdPerGigabyte }: AnswerSources, query: Parameters): number {
  return (store.select(query).bytes / GIGABYTE) * usdPerGigabyte
}

function publishersOf(store: HistoricalStore): unknown[] {
  return store.datasets.map((dataset, index) => ({
    publisher_id: index + 1,
    dataset,
    venue: dataset.split('.')[0],
    description: `${dataset} of a stand-in`,
  }))
}

function fieldsOf(schema: string): unknown[] {
  const rtype = RTYPE_OF_SCHEMA[schema as Schema] as number | undefined
  if (rtype === undefined) throw parameterProblem('schema', `"${schema}" is no schema`)
  const header = [
    'length uint8_t',
    'rtype uint8_t',
    'publisher_id uint16_t',
    'instrument_id uint32_t',
    'ts_event uint64_t',
  ]
  const fields = layoutOf(rtype, 3)?.fields ?? []
  return [
    ...header.map((line) => ({ name: line.split(' ')[0], type: line.split(' ')[1] })),
    ...fields.map(({ name, type }) => ({ name, type: C_TYPES[type] })),
  ]
}

function conditionsOf(store: HistoricalStore, { dataset = '', start_date, end_date }: Parameters): unknown[] {
  const { start, end } = store.rangeOf(dataset)
  const from = start_date === undefined ? start : BigInt(Date.parse(start_date)) * 1_000_000n
  const to = end_date === undefined ? end - 1n : BigInt(Date.parse(end_date)) * 1_000_000n
  const days: unknown[] = []
  for (let day = from / DAY_NS; day <= to / DAY_NS; day++) {
    const isHeld = day >= start / DAY_NS && day <= (end - 1n) / DAY_NS
    days.push({
      date: toDay(day * DAY_NS),
      condition: isHeld ? 'available' : 'missing',
      last_modified_date: isHeld ? '2025-11-27' : null,
    })
  }
  return days
}

function resolutionOf(store: HistoricalStore, query: Parameters): unknown {
  const { dataset = '', symbols = '', stype_in: stypeIn = 'raw_symbol', start_date, end_date } = query
  const asked = symbols.split(',')
  const found = store.mappingsOf(dataset, asked, stypeIn as SType)
  const isParent = stypeIn === 'parent'
  const result: Record<string, unknown[]> = Object.fromEntries(asked.map((symbol) => [symbol, []]))
  for (const [rawSymbol, intervals] of found) {
    const key = isParent ? `${rawSymbol.slice(0, 6).trimEnd()}.OPT` : rawSymbol
    for (const { startDate, endDate, symbol } of intervals)
      result[key] = [...(result[key] ?? []), { d0: isoDate(startDate), d1: isoDate(endDate), s: symbol }]
  }
  const notFound = asked.filter((symbol) => result[symbol]?.length === 0)
  const status = notFound.length === 0 ? 0 : notFound.length === asked.length ? 2 : 1
  const message = ['OK', 'Partially resolved', 'Not found'][status]
  const stypeOut = query['stype_out'] ?? 'instrument_id'
  return {
    result,
    symbols: asked,
    stype_in: stypeIn,
    stype_out: stypeOut,
    start_date,
    end_date,
    partial: [],
    not_found: notFound,
    message,
    status,
  }
}

function isoDate(day: number): string {
  return String(day).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
}
