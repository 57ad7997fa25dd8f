import { z } from 'zod'
import { readJson } from './answers.js'
import { downloadJob } from './batch-download.js'
import { filesShape, jobShape } from './batch-shapes.js'
import { checkCost } from './cost.js'
import { JobExpiredError } from './errors.js'
import type { CallOptions } from './options.js'
import { inOneRequest, rangeParameters, textParameters, toInstant, toSymbolList } from './query.js'
import type { Transport } from './transport.js'
import type { BatchApi, BatchFile, BatchJob, SubmitJobQuery, WaitOptions } from './types.js'
import { wait } from './watch.js'

const POLL_MS = 5_000

/** Jobs and their files; `submitJob` alone is billed, and never repeated once the server may have begun. */
export function createBatchApi(transport: Transport): BatchApi {
  const getJob = async (jobId: string, { signal }: CallOptions = {}): Promise<BatchJob> => {
    const parameters = { job_id: jobId }
    const call = { method: 'batch.get_job_details', verb: 'GET', kind: 'free', parameters, signal } as const
    return await readJson(transport, call, jobShape)
  }
  const listFiles = async (jobId: string, { signal }: CallOptions = {}): Promise<BatchFile[]> => {
    const parameters = { job_id: jobId }
    const call = { method: 'batch.list_files', verb: 'GET', kind: 'free', parameters, signal } as const
    return await readJson(transport, call, filesShape)
  }
  return {
    submitJob: (query) => submitJob(transport, query),
    getJob,
    listFiles,
    async listJobs({ states, since, signal } = {}) {
      const parameters = {
        states: states?.join(','),
        since: since === undefined ? undefined : toInstant('since', since),
      }
      const call = { method: 'batch.list_jobs', verb: 'GET', kind: 'free', parameters, signal } as const
      return await readJson(transport, call, z.array(jobShape))
    },
    waitForJob: (jobId, options = {}) => waitForJob(getJob, jobId, options),
    download: async (query) => await downloadJob(transport, query, await listFiles(query.jobId, query)),
  }
}

async function submitJob(transport: Transport, query: SubmitJobQuery): Promise<BatchJob> {
  const method = 'batch.submit_job'
  const { encoding = 'dbn', compression = 'zstd', stypeOut = 'instrument_id', signal } = query
  const parameters = {
    ...rangeParameters(query),
    ...textParameters(query),
    symbols: inOneRequest(method, toSymbolList(query.symbols, query.stypeIn)),
    stype_out: stypeOut,
    encoding,
    compression,
    split_symbols: query.splitSymbols,
    split_duration: query.splitDuration ?? 'day',
    split_size: query.splitSize,
    delivery: 'download',
  }
  await checkCost(transport, method, query, query.maxCostMicros)
  return await readJson(transport, { method, verb: 'POST', kind: 'billed', parameters, signal }, jobShape)
}

async function waitForJob(
  getJob: BatchApi['getJob'],
  jobId: string,
  { pollMs = POLL_MS, onProgress, ...options }: WaitOptions,
): Promise<BatchJob> {
  for (;;) {
    const job = await getJob(jobId, options)
    onProgress?.(job)
    if (job.state === 'done') return job
    if (job.state === 'expired' || job.state === 'purged')
      throw new JobExpiredError({ jobId, state: job.state })
    await wait(pollMs, options.signal)
  }
}
