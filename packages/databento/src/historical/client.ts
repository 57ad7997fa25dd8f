import { createBatchApi } from './batch-api.js'
import { createMetadataApi } from './metadata-api.js'
import type { HistoricalOptions } from './options.js'
import { createSymbologyApi } from './symbology-api.js'
import { createTimeseriesApi } from './timeseries-api.js'
import { Transport } from './transport.js'
import type { HistoricalClient } from './types.js'

/**
 * Makes a client of Databento's historical API.
 *
 * Free calls are repeated when the server or the network fails. Calls that are billed (`timeseries`,
 * `batch.submitJob`) are repeated only where the server cannot have begun: no connection was made, or it answered
 * 429, or 503 with `Retry-After`.
 *
 * @throws {@link ApiKeyError} When there is no key.
 * @example
 * const client = createHistoricalClient({ onWarning: ({ message }) => console.warn(message) })
 * const range = { dataset: 'OPRA.PILLAR', schema: 'cbbo-1m', symbols: 'TSLA.OPT', stypeIn: 'parent' } as const
 * await client.metadata.getCost({ ...range, start: '2025-02-20' }) // micro-dollars
 */
export function createHistoricalClient(options: HistoricalOptions = {}): HistoricalClient {
  const transport = new Transport(options)
  return {
    metadata: createMetadataApi(transport),
    timeseries: createTimeseriesApi(transport, options.zstd),
    symbology: createSymbologyApi(transport),
    batch: createBatchApi(transport),
  }
}
