import type { z } from 'zod'
import { AlpacaApiError, AlpacaNetworkError, AlpacaShapeError } from '../errors.js'
import { backoffSeconds, withJitter } from '../stream/backoff.js'
import { bucketOf, sleep, TokenBucket } from './token-bucket.js'

/** A key pair. Nothing here prints it. */
export interface Credentials {
  readonly keyId: string
  readonly secretKey: string
}

/** What every REST client takes. */
export interface HttpOptions extends Credentials {
  /** Origin to talk to instead of Alpaca's, such as a simulated server. */
  readonly baseUrl?: string
  /** The limit of the key, 200 unless told; shared by all clients of the key in this process. */
  readonly requestsPerMinute?: number
  /** A bucket of one's own instead of the shared one. */
  readonly bucket?: TokenBucket
  /** 10,000 unless told. */
  readonly timeoutMs?: number
  /** Further attempts at requests that may be repeated, 3 unless told. */
  readonly retries?: number
  readonly fetch?: typeof globalThis.fetch
  readonly wait?: (ms: number) => Promise<void>
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path with its leading slash. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  readonly body?: Readonly<Record<string, unknown>>
  /** Goes before others when tokens are short. */
  readonly isUrgent?: boolean
  /** True unless told for GET and DELETE, never for POST and PATCH. */
  readonly isRepeatable?: boolean
}

/** Requests within this many tokens of the limit are for cancels and exits only. */
const RESERVE = 40
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504])
const MAX_WAIT_MS = 60_000

/** Sends requests with the key, within its limit, and turns what comes back into values or typed errors. */
export class AlpacaHttp {
  readonly baseUrl: string
  readonly #credentials: Credentials
  readonly #bucket: TokenBucket
  readonly #timeoutMs: number
  readonly #retries: number
  readonly #fetch: typeof globalThis.fetch
  readonly #wait: (ms: number) => Promise<void>

  constructor(options: HttpOptions & { readonly baseUrl: string }) {
    const { keyId, secretKey, baseUrl, requestsPerMinute = 200, timeoutMs = 10_000, retries = 3 } = options
    this.baseUrl = baseUrl.replace(/\/$/, '')
    this.#credentials = { keyId, secretKey }
    this.#bucket =
      options.bucket ??
      bucketOf(
        { host: new URL(baseUrl).host, keyId },
        { perMinute: requestsPerMinute, reserve: Math.min(RESERVE, Math.floor(requestsPerMinute / 5)) },
      )
    this.#timeoutMs = timeoutMs
    this.#retries = retries
    this.#fetch = options.fetch ?? globalThis.fetch
    this.#wait = options.wait ?? sleep
  }

  /** Sends a request and reads the answer by a schema. GET and DELETE are repeated where that may help. */
  async send<Value>(request: HttpRequest, schema: z.ZodType<Value>): Promise<Value> {
    const isIdempotent = request.method === 'GET' || request.method === 'DELETE'
    const attempts = isIdempotent && request.isRepeatable !== false ? this.#retries + 1 : 1
    for (let attempt = 1; ; attempt++) {
      try {
        const { name, body } = await this.#once(request)
        const result = schema.safeParse(body)
        if (result.success) return result.data
        const [issue] = result.error.issues
        const reason =
          issue === undefined ? 'it does not fit' : `${issue.path.join('.')}: ${issue.message.toLowerCase()}`
        throw new AlpacaShapeError({
          request: name,
          reason,
          body: parseJson(this.#redact(JSON.stringify(body))),
        })
      } catch (error) {
        if (attempt >= attempts || !isWorthRepeating(error)) throw error
        await this.#wait(
          1_000 * withJitter(backoffSeconds(attempt, { baseSeconds: 0.25, maxSeconds: 5 }), 0.5),
        )
      }
    }
  }

  async #once(request: HttpRequest): Promise<{ name: string; body: unknown }> {
    const name = `${request.method} ${request.path}`
    await this.#bucket.take(request.isUrgent ?? request.method === 'DELETE')
    const { keyId, secretKey } = this.#credentials
    let response: Response
    let text: string
    try {
      response = await this.#fetch(this.baseUrl + request.path + queryOf(request.query), {
        method: request.method,
        headers: {
          'APCA-API-KEY-ID': keyId,
          'APCA-API-SECRET-KEY': secretKey,
          ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: AbortSignal.timeout(this.#timeoutMs),
        redirect: 'error',
      })
      text = await response.text()
      if (!response.ok) text = this.#redact(text)
    } catch (error) {
      throw new AlpacaNetworkError({ request: name, reason: this.#redact(reasonOf(error)) })
    }
    this.#learn(response)
    const body = parseJson(text)
    if (response.ok) return { name, body: text === '' ? null : (body ?? text) }
    const requestId = response.headers.get('x-request-id') ?? undefined
    throw new AlpacaApiError({
      request: name,
      status: response.status,
      body: isRecord(body) ? body : {},
      text: text.startsWith('<') ? 'an HTML page' : text,
      requestId,
    })
  }

  #learn(response: Response): void {
    const remaining = response.headers.get('x-ratelimit-remaining')
    if (remaining !== null && Number.isFinite(Number(remaining))) this.#bucket.observe(Number(remaining))
    if (response.status === 429) this.#bucket.block(waitOf(response))
  }

  #redact(text: string): string {
    return text.replaceAll(this.#credentials.secretKey, '[secret]')
  }
}

function queryOf(query: HttpRequest['query']): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    search.set(key, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/** How long a 429 asks to wait: by its own header, by the reset time, or a second. */
function waitOf({ headers }: Response): number {
  const after = Number(headers.get('retry-after') ?? Number.NaN)
  if (after >= 0) return Math.min(after * 1_000, MAX_WAIT_MS)
  const resetMs = Number(headers.get('x-ratelimit-reset') ?? Number.NaN) * 1_000
  const servedMs = Date.parse(headers.get('date') ?? '')
  const waitMs = resetMs - servedMs
  return waitMs >= 0 ? Math.min(waitMs + 250, MAX_WAIT_MS) : 1_000
}

function isWorthRepeating(error: unknown): boolean {
  return error instanceof AlpacaNetworkError || (error instanceof AlpacaApiError && RETRIED.has(error.status))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown failure'
  if (error.name === 'TimeoutError') return 'it timed out'
  const cause = error.cause
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'it timed out'
  return cause instanceof Error
    ? `${error.message} (${(cause as { code?: string }).code ?? cause.message})`
    : error.message
}
