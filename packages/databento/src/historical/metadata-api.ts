import type { Micros } from '@scalp/canonical'
import { z } from 'zod'
import { countShape, readJson, usdShape } from './answers.js'
import { QueryError } from './errors.js'
import type { CallOptions } from './options.js'
import { inParts, type Parameters, rangeParameters, toDataset, toSymbolList } from './query.js'
import type { Transport } from './transport.js'
import type { MetadataApi, RangeQuery } from './types.js'

const textsShape = z.array(z.string())
const publishersShape = z.array(
  z
    .object({ publisher_id: z.number(), dataset: z.string(), venue: z.string(), description: z.string() })
    .transform(({ publisher_id: publisherId, ...rest }) => ({ publisherId, ...rest })),
)
const fieldsShape = z.array(z.object({ name: z.string(), type: z.string() }))
const pricesShape = z.array(
  z
    .object({ mode: z.string(), unit_prices: z.record(z.string(), z.number()) })
    .transform(({ mode, unit_prices: usdPerGigabyte }) => ({ mode, usdPerGigabyte })),
)
const conditionsShape = z.array(
  z
    .object({ date: z.string(), condition: z.string(), last_modified_date: z.string().nullish() })
    .transform(({ date, condition, last_modified_date: modified }) => ({
      date,
      condition,
      lastModifiedDate: modified ?? undefined,
    })),
)
const timeRange = z.object({ start: z.string(), end: z.string() })
const rangeShape = timeRange
  .extend({ schema: z.record(z.string(), timeRange).nullish() })
  .transform(({ start, end, schema }) => ({ start, end, schemas: schema ?? {} }))

/** The calls about data: all free, all repeated when the network fails. */
export function createMetadataApi(transport: Transport): MetadataApi {
  const get = async <T>(
    name: string,
    parameters: Parameters,
    { signal }: CallOptions,
    shape: z.ZodType<T>,
  ): Promise<T> => {
    const method = `metadata.${name}`
    return await readJson(transport, { method, verb: 'GET', kind: 'free', parameters, signal }, shape)
  }
  const sum = async (
    name: string,
    query: RangeQuery & CallOptions,
    shape: z.ZodType<number>,
  ): Promise<number> => await sumOver(transport, `metadata.${name}`, query, shape)
  return {
    listPublishers: (options = {}) => get('list_publishers', {}, options, publishersShape),
    listDatasets: ({ startDate, endDate, ...options } = {}) =>
      get('list_datasets', { start_date: startDate, end_date: endDate }, options, textsShape),
    listSchemas: async (query) =>
      await get('list_schemas', { dataset: toDataset(query.dataset) }, query, textsShape),
    listFields: ({ schema, encoding = 'dbn', ...options }) =>
      get('list_fields', { schema, encoding }, options, fieldsShape),
    listUnitPrices: async (query) =>
      await get('list_unit_prices', { dataset: toDataset(query.dataset) }, query, pricesShape),
    getDatasetCondition: async ({ dataset, startDate, endDate, ...options }) => {
      const parameters = { dataset: toDataset(dataset), start_date: startDate, end_date: endDate }
      return await get('get_dataset_condition', parameters, options, conditionsShape)
    },
    getDatasetRange: async (query) =>
      await get('get_dataset_range', { dataset: toDataset(query.dataset) }, query, rangeShape),
    getRecordCount: (query) => sum('get_record_count', query, countShape),
    getBillableSize: (query) => sum('get_billable_size', query, countShape),
    getCost: (query) => getCost(transport, query),
  }
}

/** What data would cost; asked on its own by the calls that are billed. */
export async function getCost(transport: Transport, query: RangeQuery & CallOptions): Promise<Micros> {
  return await sumOver(transport, 'metadata.get_cost', query, usdShape)
}

/** Asks in as many requests as the symbols need: what is counted is counted by symbol, so sums are right. */
async function sumOver(
  transport: Transport,
  method: string,
  query: RangeQuery & CallOptions,
  shape: z.ZodType<number>,
): Promise<number> {
  const parts = inParts(toSymbolList(query.symbols, query.stypeIn))
  if (parts.length > 1 && query.limit !== undefined) {
    throw new QueryError({
      parameter: 'limit',
      reason: 'cannot be shared by the requests that so many symbols need',
      hint: 'Leave the limit out, or give fewer symbols.',
    })
  }
  let total = 0
  for (const part of parts) {
    const parameters = { ...rangeParameters(query), symbols: part.join(',') }
    total += await readJson(
      transport,
      { method, verb: 'POST', kind: 'free', parameters, signal: query.signal },
      shape,
    )
  }
  return total
}
