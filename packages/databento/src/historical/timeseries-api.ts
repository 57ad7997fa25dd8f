import { isScalpError } from '@scalp/canonical'
import { RecordAssembler } from '../dbn/assembler.js'
import { TruncatedFileError } from '../errors.js'
import { decompressed } from '../zstd/node-stream.js'
import type { ZstdLibrary } from '../zstd/zstd-context.js'
import { checkCost } from './cost.js'
import { QueryError, ResumeError } from './errors.js'
import {
  inOneRequest,
  isOrderedByReceiveTime,
  type Parameters,
  rangeParameters,
  toSymbolList,
} from './query.js'
import { downloadRange } from './range-download.js'
import { ResumeSink } from './resume-sink.js'
import type { Transport } from './transport.js'
import type { DownloadRangeQuery, GetRangeQuery, RangeSummary, TimeseriesApi } from './types.js'

const GET_RANGE = 'timeseries.get_range'

const BREAKS: ReadonlySet<string> = new Set([
  'DATABENTO_CONNECTION',
  'DATABENTO_TIMEOUT',
  'DATABENTO_RATE_LIMIT',
  'DATABENTO_SERVER',
  'DBN_TRUNCATED',
])

/** Data, billed by the call. */
export function createTimeseriesApi(transport: Transport, zstd: ZstdLibrary | undefined): TimeseriesApi {
  return {
    getRange: (query) => getRange(transport, zstd, query),
    download: (query) => downloadRange(transport, query, getRangeParameters(query)),
  }
}

async function getRange(
  transport: Transport,
  zstd: ZstdLibrary | undefined,
  query: GetRangeQuery,
): Promise<RangeSummary> {
  const { maxCostMicros, maxResumes = 0, signal, onProgress, onResume } = query
  if (maxResumes > 0 && !isOrderedByReceiveTime(query.schema)) {
    throw new QueryError({
      parameter: 'maxResumes',
      reason: `is ${maxResumes} for ${query.schema}, which is not ordered by ts_recv`,
      hint: 'Leave it out; bars are small enough to ask again whole.',
    })
  }
  const sink = new ResumeSink(query.sink, (reason) => {
    const message = `what was asked again from ${sink.lastNs} on does not follow: ${reason}`
    throw new ResumeError({ method: GET_RANGE, message })
  })
  let asked: GetRangeQuery = query
  let bytes = 0
  let costMicros: number | undefined
  for (let requests = 1; ; requests++) {
    const parameters = { ...getRangeParameters(asked), encoding: 'dbn', compression: 'zstd' }
    costMicros = await checkCost(transport, GET_RANGE, asked, maxCostMicros, costMicros)
    try {
      const call = { method: GET_RANGE, verb: 'POST', kind: 'billed', parameters, signal } as const
      const answer = await transport.send({ ...call, headers: { accept: '*/*' } })
      const assembler = new RecordAssembler(sink, GET_RANGE)
      const counted = counting(answer.body, (more) => {
        bytes += more
        onProgress?.({ bytes, records: sink.records })
      })
      for await (const piece of decompressed(counted, { name: GET_RANGE, zstd })) assembler.push(piece)
      assembler.end()
      sink.end()
      return { records: sink.records, bytes, requests, costMicros }
    } catch (error) {
      const failure = withRecords(error, sink.records)
      const isBreak = isScalpError(failure) && BREAKS.has(failure.code)
      if (!isBreak || requests > maxResumes || !sink.isOrdered) throw failure
      asked = remaining(query, sink)
      await transport.pause(requests - 1, failure, signal)
      onResume?.({ from: sink.lastNs ?? 0n, cause: failure })
      sink.resume()
    }
  }
}

/** What is still to come, from the last receive time on, whose records come once more. */
function remaining(query: GetRangeQuery, { lastNs, metadata, records, sameTime }: ResumeSink): GetRangeQuery {
  if (lastNs === undefined) return query
  // An end left out goes by the resolution of the start, and the start is another now.
  const end = query.end ?? metadata?.end ?? undefined
  const limit = query.limit === undefined ? {} : { limit: query.limit - records + sameTime }
  return { ...query, start: lastNs, ...(end === undefined ? {} : { end }), ...limit }
}

/** What both ways send, but for the form of the answer. */
function getRangeParameters(query: GetRangeQuery | DownloadRangeQuery): Parameters {
  return {
    ...rangeParameters(query),
    symbols: inOneRequest(GET_RANGE, toSymbolList(query.symbols, query.stypeIn)),
    stype_out: query.stypeOut ?? 'instrument_id',
  }
}

async function* counting(
  source: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    count(chunk.length)
    yield chunk
  }
}

/** The decompressor knows nothing of records. */
function withRecords(error: unknown, records: number): unknown {
  if (!(error instanceof TruncatedFileError)) return error
  const { where, offset } = error.details as { where: string; offset: number }
  return new TruncatedFileError({ source: GET_RANGE, where, offset, records })
}
