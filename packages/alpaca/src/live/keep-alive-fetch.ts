import http from 'node:http'
import https from 'node:https'

/**
 * A `fetch` on connections that stay open, for what `AlpacaHttp` asks of it: text bodies, no redirects.
 *
 * An order on a warm connection is handed to the socket in the turn of the quote that caused it; the
 * platform's own `fetch` takes several turns and, at the 99th percentile, milliseconds.
 */
export function createKeepAliveFetch(): typeof globalThis.fetch {
  const options = { keepAlive: true, keepAliveMsecs: 30_000, noDelay: true, scheduling: 'lifo' } as const
  const agents = { http: new http.Agent(options), https: new https.Agent(options) }
  return (input, init = {}) =>
    new Promise<Response>((resolve, reject) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const isSecure = url.protocol === 'https:'
      const body = typeof init.body === 'string' ? init.body : undefined
      const request = (isSecure ? https : http).request(
        url,
        {
          agent: isSecure ? agents.https : agents.http,
          method: init.method ?? 'GET',
          headers: {
            ...(init.headers as Readonly<Record<string, string>> | undefined),
            ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
          },
          ...(init.signal === null || init.signal === undefined ? {} : { signal: init.signal }),
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('close', () => {
            if (response.complete) resolve(toResponse(response, chunks))
            else reject(new Error('the connection closed within the answer'))
          })
        },
      )
      request.on('error', reject)
      request.end(body)
    })
}

function toResponse(message: http.IncomingMessage, chunks: readonly Buffer[]): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const status = message.statusCode ?? 500
  const body = status === 204 || status === 304 ? null : Buffer.concat(chunks)
  return new Response(body, { status, headers })
}
