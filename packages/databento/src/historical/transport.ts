import { isScalpError } from '@scalp/canonical'
import { ApiKeyError, HistoricalConnectionError, HistoricalTimeoutError, QueryError } from './errors.js'
import type { HistoricalOptions, HistoricalWarning } from './options.js'
import { toProblem } from './problem.js'
import type { Parameters } from './query.js'
import { Watch, wait } from './watch.js'

/**
 * What may be done when a call fails.
 *
 * `free`: repeated. `billed`: repeated only where the server cannot have begun: no connection was made, or it
 * answered 429, or 503 with `Retry-After`. `once`: never, for the caller repeats it itself.
 */
export type CallKind = 'free' | 'billed' | 'once'

/** One call of the API. */
export interface Call {
  /** Such as `metadata.list_datasets`; a path for files. */
  readonly method: string
  readonly path?: string
  readonly verb: 'GET' | 'POST'
  readonly kind: CallKind
  readonly parameters?: Parameters
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** An answer whose body has not been read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly requestId: string | undefined
  /** Fails with a typed error when the connection breaks, or nothing comes for `timeoutMs`. */
  readonly body: AsyncIterable<Uint8Array>
}

const VERSION_PATH = '/v0'
const MAX_DELAY_MS = 60_000
const MAX_PROBLEM_BYTES = 1 << 16
const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
/** Failures without a status that another try may mend. */
const BROKEN: ReadonlySet<string> = new Set(['DATABENTO_TIMEOUT', 'DATABENTO_RESPONSE'])
/** What undici and Node call failures that come before a byte was sent. */
const UNSENT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Sends calls: the key, warnings, time-outs, repetitions and typed errors stand here and nowhere else. */
export class Transport {
  readonly #base: string
  readonly #authorization: string
  readonly #apiKey: string
  readonly #fetch: typeof globalThis.fetch
  readonly #onWarning: ((warning: HistoricalWarning) => void) | undefined
  readonly #timeoutMs: number
  readonly #maxRetries: number
  readonly #retryDelayMs: number
  readonly #userAgent: string

  constructor(options: HistoricalOptions) {
    const { baseUrl = 'https://hist.databento.com', fetch = globalThis.fetch, userAgent, onWarning } = options
    this.#apiKey = checkedKey(options.apiKey ?? process.env['DATABENTO_API_KEY'])
    this.#authorization = `Basic ${Buffer.from(`${this.#apiKey}:`).toString('base64')}`
    this.#base = checkedBase(baseUrl)
    this.#fetch = fetch
    this.#onWarning = onWarning
    this.#timeoutMs = options.timeoutMs ?? 100_000
    this.#maxRetries = options.maxRetries ?? 4
    this.#retryDelayMs = options.retryDelayMs ?? 1_000
    this.#userAgent = [userAgent, 'scalp-databento'].filter(Boolean).join(' ')
  }

  /** Sends a call, and again where its kind allows; answers once the headers of a success are there. */
  async send(call: Call): Promise<Answer> {
    return await this.#repeated(call, () => this.#sendOnce(call))
  }

  /** As {@link send}, but reads all of the answer: of a free call, a cut or unreadable one is repeated too. */
  async read<T>(call: Call, parse: (text: string, requestId: string | undefined) => T): Promise<T> {
    return await this.#repeated(call, async () => {
      const answer = await this.#sendOnce(call)
      const chunks: Uint8Array[] = []
      for await (const chunk of answer.body) chunks.push(chunk)
      return parse(Buffer.concat(chunks).toString('utf8'), answer.requestId)
    })
  }

  /** Waits before a call is repeated: as long as the server asked, else twice as long each time. */
  async pause(attempt: number, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    const asked = isScalpError(error) ? error.details['retryAfterMs'] : undefined
    const ms = typeof asked === 'number' ? asked : Math.min(this.#retryDelayMs * 2 ** attempt, MAX_DELAY_MS)
    await wait(ms, signal)
  }

  async #repeated<T>(call: Call, run: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      call.signal?.throwIfAborted()
      try {
        return await run()
      } catch (error) {
        if (attempt >= this.#maxRetries || !mayRepeat(call.kind, error)) throw error
        await this.pause(attempt, error, call.signal)
      }
    }
  }

  async #sendOnce({ method, path, verb, parameters = {}, headers, signal }: Call): Promise<Answer> {
    const watch = new Watch(this.#timeoutMs, signal)
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(parameters))
      if (value !== undefined) query.set(name, String(value))
    const url = new URL(`${this.#base}${path ?? `${VERSION_PATH}/${method}`}`)
    if (verb === 'GET') url.search = query.toString()
    let response: Response
    try {
      response = await this.#fetch(url, {
        method: verb,
        ...(verb === 'POST' ? { body: query } : {}),
        // A redirect would take the key, and a billed call, elsewhere.
        redirect: 'manual',
        headers: {
          accept: 'application/json',
          'user-agent': this.#userAgent,
          ...headers,
          authorization: this.#authorization,
        },
        signal: watch.signal,
      })
    } catch (cause) {
      watch.stop()
      throw this.#broken(method, watch, undefined, 0, cause)
    }
    const requestId = response.headers.get('request-id') ?? undefined
    const body = this.#watched(response, watch, method, requestId)
    if (response.status !== 200 && response.status !== 206) {
      const text = this.#redacted(await readSome(body))
      const retryAfterMs = toRetryAfterMs(response.headers.get('retry-after'))
      throw toProblem({ method, status: response.status, text, requestId, retryAfterMs })
    }
    this.#warn(method, response.headers.get('x-warning'), requestId)
    return { status: response.status, headers: response.headers, requestId, body }
  }

  async *#watched(
    response: Response,
    watch: Watch,
    method: string,
    requestId: string | undefined,
  ): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader()
    let bytes = 0
    try {
      while (reader !== undefined) {
        const { done, value } = await reader.read()
        watch.touch()
        if (done) return
        bytes += value.length
        watch.hold()
        yield value
        watch.touch()
      }
    } catch (cause) {
      if (isScalpError(cause)) throw cause
      throw this.#broken(method, watch, requestId, bytes, cause)
    } finally {
      watch.stop()
      await reader?.cancel().catch(() => undefined)
    }
  }

  #broken(
    method: string,
    watch: Watch,
    requestId: string | undefined,
    bytes: number,
    cause: unknown,
  ): unknown {
    if (watch.isTimedOut) {
      const message = `the server sent nothing for ${this.#timeoutMs} ms`
      return new HistoricalTimeoutError({ method, message, requestId })
    }
    if (watch.isAborted) return watch.reason
    const code = codeOf(cause)
    const what = UNSENT_CODES.has(code)
      ? 'no connection was made'
      : `the connection broke after ${bytes} bytes`
    const message = code === '' ? what : `${what} (${code})`
    return new HistoricalConnectionError({ method, message, requestId, bytes, cause })
  }

  #warn(method: string, header: string | null, requestId: string | undefined): void {
    if (header === null || this.#onWarning === undefined) return
    for (const message of toWarnings(header))
      this.#onWarning({ method, message: this.#redacted(message), requestId })
  }

  /** A proxy may send back what it was sent. */
  #redacted(text: string): string {
    const encoded = this.#authorization.slice('Basic '.length)
    return text.replaceAll(this.#apiKey, 'db-***').replaceAll(encoded, '***')
  }
}

function mayRepeat(kind: CallKind, error: unknown): boolean {
  if (!isScalpError(error) || kind === 'once') return false
  const { status, retryAfterMs } = error.details
  if (error.code === 'DATABENTO_CONNECTION') return kind === 'free' || UNSENT_CODES.has(codeOf(error.cause))
  if (kind === 'free')
    return status === undefined ? BROKEN.has(error.code) : RETRY_STATUSES.has(status as number)
  return status === 429 || (status === 503 && retryAfterMs !== undefined)
}

function codeOf(cause: unknown): string {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { code } = error as { code?: unknown }
    if (typeof code === 'string') return code
  }
  return ''
}

async function readSome(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= MAX_PROBLEM_BYTES) break
    }
  } catch (error) {
    // The status is known: what came of the text is better than another error, unless the caller gave up.
    if (!isScalpError(error)) throw error
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Seconds; the other form of HTTP, a date, is not used by the API. */
function toRetryAfterMs(header: string | null): number | undefined {
  const seconds = header === null || header.trim() === '' ? Number.NaN : Number(header)
  return seconds >= 0 ? Math.min(seconds * 1_000, MAX_DELAY_MS * 5) : undefined
}

function toWarnings(header: string): string[] {
  try {
    const parsed: unknown = JSON.parse(header)
    if (Array.isArray(parsed)) return parsed.map(String)
  } catch {
    // Not the documented list: the text itself will do.
  }
  return [header]
}

function checkedKey(apiKey: string | undefined): string {
  if (apiKey === undefined || apiKey.trim() === '') throw new ApiKeyError({ reason: 'is missing' })
  const key = apiKey.trim()
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(key))
    throw new ApiKeyError({ reason: 'holds characters that no key has' })
  return key
}

function checkedBase(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const isLoopback = url !== undefined && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback))
    return `${url.origin}${url.pathname.replace(/\/(?:v0\/?)?$/, '')}`
  throw new QueryError({
    parameter: 'baseUrl',
    reason: `is "${baseUrl}"`,
    hint: 'Give an https URL; http would show the key to others, and is for loopback only.',
  })
}
