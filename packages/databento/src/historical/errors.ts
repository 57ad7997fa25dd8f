import { formatUsd, type Micros, ScalpError } from '@scalp/canonical'

/** What an answer that is no answer says of itself. */
export interface ApiFailure {
  /** Such as `timeseries.get_range`. */
  readonly method: string
  readonly message: string
  readonly status?: number | undefined
  /** The API's own word for the case, such as `data_end_after_available_end`. */
  readonly case?: string | undefined
  readonly requestId?: string | undefined
  readonly docs?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** The base of every error of a call: which, what the API said, and the id that its support asks for. */
export class HistoricalError extends ScalpError {
  override readonly name: string = 'HistoricalError'
  readonly method: string
  readonly status: number | undefined
  readonly case: string | undefined
  readonly requestId: string | undefined

  constructor(failure: ApiFailure, code: string, hint: string) {
    const { method, message, status, requestId, docs, retryAfterMs, cause } = failure
    const facts = [status === undefined ? '' : `HTTP ${status}`, failure.case ?? '']
      .filter(Boolean)
      .join(', ')
    const request = requestId === undefined ? '' : ` Request ${requestId}.`
    super(`${method}${facts === '' ? '' : ` (${facts})`}: ${ended(message)}${request}`, {
      code,
      hint: docs === undefined ? hint : `${hint} See ${docs}`,
      details: { method, status, case: failure.case, requestId, retryAfterMs },
      cause,
    })
    this.method = method
    this.status = status
    this.case = failure.case
    this.requestId = requestId
  }
}

/** Thrown when there is no API key, or none of the right shape. */
export class ApiKeyError extends ScalpError {
  override readonly name = 'ApiKeyError'
  constructor({ reason }: { reason: string }) {
    super(`The Databento API key ${reason}.`, {
      code: 'DATABENTO_API_KEY',
      hint: 'Pass `apiKey`, or set DATABENTO_API_KEY; keys start with "db-" and are made in the portal.',
    })
  }
}

/** Thrown when a query cannot be sent as it is; nothing was. */
export class QueryError extends ScalpError {
  override readonly name = 'QueryError'
  constructor({ parameter, reason, hint }: { parameter: string; reason: string; hint: string }) {
    super(`${parameter} ${reason}.`, { code: 'DATABENTO_QUERY', hint, details: { parameter } })
  }
}

/** Thrown when a request would carry more symbols than the API takes and cannot be split. */
export class TooManySymbolsError extends ScalpError {
  override readonly name = 'TooManySymbolsError'
  constructor({ method, count, limit }: { method: string; count: number; limit: number }) {
    super(`${method} takes ${limit} symbols a request and was given ${count}.`, {
      code: 'DATABENTO_TOO_MANY_SYMBOLS',
      hint: 'Ask by parent (stypeIn "parent", "TSLA.OPT"), for ALL_SYMBOLS, or in several requests.',
      details: { method, count, limit },
    })
  }
}

/** Thrown when the cost of a call is above its ceiling; nothing was billed. */
export class CostCeilingError extends ScalpError {
  override readonly name = 'CostCeilingError'
  /** The estimate. */
  readonly value: Micros
  /** The ceiling. */
  readonly threshold: Micros
  constructor({ method, value, threshold }: { method: string; value: Micros; threshold: Micros }) {
    super(`${method} would cost ${formatUsd(value)}, above the ceiling of ${formatUsd(threshold)}.`, {
      code: 'DATABENTO_COST_CEILING',
      hint: `Nothing was billed. Ask for less, or raise maxCostMicros to ${value}.`,
      details: { method, value, threshold },
    })
    this.value = value
    this.threshold = threshold
  }
}

/** Thrown on 401: the key is wrong, or was withdrawn. */
export class AuthenticationError extends HistoricalError {
  override readonly name = 'AuthenticationError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_AUTHENTICATION', 'Check DATABENTO_API_KEY against the keys in the portal.')
  }
}

/** Thrown on 402: the account cannot pay. */
export class PaymentError extends HistoricalError {
  override readonly name = 'PaymentError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_PAYMENT', 'Check the billing of the account in the portal.')
  }
}

/** Thrown on 403: the account has no licence for these data. */
export class EntitlementError extends HistoricalError {
  override readonly name = 'EntitlementError'
  constructor(failure: ApiFailure) {
    super(
      failure,
      'DATABENTO_ENTITLEMENT',
      'The last 24 hours of most datasets need a live licence: end the range earlier, or add the licence.',
    )
  }
}

/** Thrown on 404: no such job, file or method. */
export class NotFoundError extends HistoricalError {
  override readonly name = 'NotFoundError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_NOT_FOUND', 'Check the name; files of a batch job are kept for 30 days.')
  }
}

/** Thrown on 400, 409 and 422: the query is wrong; `case` says how. */
export class InvalidRequestError extends HistoricalError {
  override readonly name = 'InvalidRequestError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_INVALID_REQUEST', hintOf(failure.case))
  }
}

/** Thrown on 413: the query is too long. */
export class RequestTooLargeError extends HistoricalError {
  override readonly name = 'RequestTooLargeError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_REQUEST_TOO_LARGE', 'Ask for fewer symbols a request.')
  }
}

/** Thrown on 416: a file has no such bytes. */
export class RangeNotSatisfiableError extends HistoricalError {
  override readonly name = 'RangeNotSatisfiableError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_RANGE', 'Delete the .part file and download again.')
  }
}

/** Thrown on 429, when waiting as long as the server asked has not helped. */
export class RateLimitError extends HistoricalError {
  override readonly name = 'RateLimitError'
  /** As the server asked. */
  readonly retryAfterMs: number | undefined
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_RATE_LIMIT', 'Ask less often; the limits are per team, not per process.')
    this.retryAfterMs = failure.retryAfterMs
  }
}

/** Thrown on 5xx. */
export class ServerError extends HistoricalError {
  override readonly name = 'ServerError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_SERVER', 'Try again later; status.databento.com tells of outages.')
  }
}

/** Thrown on 408 and 504, or when the server sent nothing for `timeoutMs`. */
export class HistoricalTimeoutError extends HistoricalError {
  override readonly name = 'HistoricalTimeoutError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_TIMEOUT', 'Ask for a shorter range, raise timeoutMs, or submit a batch job.')
  }
}

/** Thrown when the connection could not be made, or broke. */
export class HistoricalConnectionError extends HistoricalError {
  override readonly name = 'HistoricalConnectionError'
  /** Bytes of the answer that had come. */
  readonly bytes: number
  constructor(failure: ApiFailure & { readonly bytes: number }) {
    super(
      failure,
      'DATABENTO_CONNECTION',
      'Check the network. A call that is billed is never repeated by itself once its answer has begun.',
    )
    this.bytes = failure.bytes
  }
}

/** Thrown when an answer is not what the API documents: cut JSON, another shape, an unknown status. */
export class ResponseError extends HistoricalError {
  override readonly name = 'ResponseError'
  constructor(failure: ApiFailure) {
    super(
      failure,
      'DATABENTO_RESPONSE',
      'Check what stands between here and the API: a proxy, a captive portal.',
    )
  }
}

/** Thrown when data that were asked again do not start with what had come already. */
export class ResumeError extends HistoricalError {
  override readonly name = 'ResumeError'
  constructor(failure: ApiFailure) {
    super(failure, 'DATABENTO_RESUME', 'What the sink has is whole up to the instant named; ask from there.')
  }
}

/** Thrown when a downloaded file is not what the job says; it is not kept. */
export class ChecksumError extends ScalpError {
  override readonly name = 'ChecksumError'
  constructor({
    file,
    what,
    expected,
    found,
  }: { file: string; what: string; expected: string; found: string }) {
    super(`${file} has ${what} ${found} and ought to have ${expected}.`, {
      code: 'DATABENTO_CHECKSUM',
      hint: 'It was not kept; download it again.',
      details: { file, what, expected, found },
    })
  }
}

/** Thrown when a file is in the way of a download. */
export class FileExistsError extends ScalpError {
  override readonly name = 'FileExistsError'
  constructor({ file, reason }: { file: string; reason: string }) {
    super(`${file} is there already${reason}.`, {
      code: 'DATABENTO_FILE_EXISTS',
      hint: 'Nothing was fetched. Move it away, or choose another name.',
      details: { file },
    })
  }
}

/** Thrown when a job's files are gone. */
export class JobExpiredError extends ScalpError {
  override readonly name = 'JobExpiredError'
  constructor({ jobId, state }: { jobId: string; state: string }) {
    super(`The files of batch job ${jobId} are gone: it is ${state}.`, {
      code: 'DATABENTO_JOB_EXPIRED',
      hint: 'Files are kept for 30 days. Submit the job again; it is billed again.',
      details: { jobId, state },
    })
  }
}

const HINTS: Readonly<Record<string, string>> = {
  data_end_after_available_end:
    'End the range where the message says; metadata.getDatasetRange tells it too.',
  data_start_before_available_start: 'metadata.getDatasetRange tells where the data start.',
  data_time_range_start_on_or_after_end: 'The end is exclusive, and must come after the start.',
  data_date_range_start_on_or_after_end: 'The end date is exclusive, and must come after the start.',
  data_schema_not_fully_available: 'metadata.getDatasetRange tells what there is of each schema.',
  dataset_schema_not_supported: 'metadata.listSchemas tells the schemas of a dataset.',
  dataset_unavailable_range: 'metadata.getDatasetCondition tells the days that are missing.',
  batch_job_not_ready: 'Wait for the job with batch.waitForJob.',
}

function hintOf(name: string | undefined): string {
  return HINTS[name ?? ''] ?? 'Correct the query as the message says.'
}

function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`
}
