import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AnswerSources, json, METHODS, type PlannedAnswer } from './historical-answers.js'
import { HistoricalJobs } from './historical-jobs.js'
import type { HistoricalCall, HistoricalFault, HistoricalServerOptions } from './historical-options.js'
import { Problem } from './historical-problem.js'
import { HistoricalStore, readDirectory } from './historical-store.js'

const KEY = 'db-00000000000000000000000000000'
const FILE_PATH = /^\/v0\/batch\/download\/[^/]+\/([^/]+)\/([^/]+)$/

/** A running stand-in of the historical API. */
export interface HistoricalServer {
  /** What a client takes as `baseUrl`. */
  readonly url: string
  /** The only key that is let in. */
  readonly apiKey: string
  /** Every call so far, refused ones included. */
  readonly calls: readonly HistoricalCall[]
  /** What all answers that were begun have cost, in dollars. */
  readonly billedUsd: number
  /** How often a method was called. */
  count(method: string): number
  /** Plans what goes wrong with the next calls of a method, one fault a call. */
  fail(method: string, ...faults: HistoricalFault[]): void
  close(): Promise<void>
}

/**
 * Starts a stand-in of Databento's historical API on loopback, for tests: every method of the API over given data,
 * with the failures that a test plans, and a list of the calls.
 *
 * @example
 * await using server = await startHistoricalServer({ files: [dbn] })
 * server.fail('timeseries.get_range', { kind: 'status', status: 429, headers: { 'retry-after': '0' } })
 * const client = createHistoricalClient({ apiKey: server.apiKey, baseUrl: server.url })
 */
export async function startHistoricalServer(
  options: HistoricalServerOptions = {},
): Promise<HistoricalServer & AsyncDisposable> {
  const { files = [], directory, apiKey = KEY, usdPerGigabyte = 2, availableEnd, answers = {} } = options
  const all = directory === undefined ? files : [...files, ...(await readDirectory(directory))]
  const store = new HistoricalStore(all, availableEnd)
  const jobs = new HistoricalJobs(store, options.jobStates ?? ['queued', 'processing', 'done'])
  const desk = new Desk({ store, jobs, usdPerGigabyte }, apiKey, answers)
  const server = createServer((request, response) => {
    desk.serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    calls: desk.calls,
    get billedUsd() {
      return desk.billedUsd
    },
    count: (method) => desk.calls.filter((call) => call.method === method).length,
    fail: (method, ...faults) => desk.plan(method, faults),
    close,
    [Symbol.asyncDispose]: close,
  }
}

class Desk {
  readonly calls: HistoricalCall[] = []
  billedUsd = 0
  readonly #sources: AnswerSources
  readonly #authorization: string
  readonly #answers: Readonly<Record<string, unknown>>
  readonly #faults = new Map<string, HistoricalFault[]>()

  constructor(sources: AnswerSources, apiKey: string, answers: Readonly<Record<string, unknown>>) {
    this.#sources = sources
    this.#authorization = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`
    this.#answers = answers
  }

  plan(method: string, faults: readonly HistoricalFault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults])
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const parameters = Object.fromEntries(url.searchParams)
    const posted = new URLSearchParams(await textOf(request))
    Object.assign(parameters, Object.fromEntries(posted))
    const method = methodOf(url.pathname, parameters)
    const { range } = request.headers
    this.calls.push({ method, parameters, range })
    response.setHeader('request-id', `stand-in-${this.calls.length}`)
    const fault = this.#faults.get(method)?.shift() ?? { kind: 'pass' }
    if (fault.kind === 'hang') return
    if (fault.kind === 'drop') {
      request.socket.destroy()
      return
    }
    if (fault.kind === 'status') {
      const { status, body = { detail: `Planned status ${status}.` }, headers = {} } = fault
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.writeHead(status)
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
      return
    }
    try {
      const answer = await this.#answerOf(request, method, parameters)
      await this.#send(response, answer, fault, method === 'batch.download_file' ? range : undefined)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      response.writeHead(error.status, { 'content-type': 'application/json' }).end(JSON.stringify(error.body))
    }
  }

  async #answerOf(
    { headers, method: verb }: IncomingMessage,
    method: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<PlannedAnswer> {
    if (headers.authorization !== this.#authorization)
      throw new Problem(401, {
        detail: { case: 'auth_authentication_failed', message: 'Authentication failed.' },
      })
    const found = METHODS[method]
    if (found === undefined) throw new Problem(404, { detail: 'Not Found' })
    if (found.verb !== verb) throw new Problem(405, { detail: 'Method Not Allowed' })
    if (method in this.#answers) return json(this.#answers[method])
    return await found.answer(this.#sources, parameters)
  }

  async #send(
    response: ServerResponse,
    { type, body, warnings, billedUsd = 0 }: PlannedAnswer,
    fault: HistoricalFault,
    range: string | undefined,
  ): Promise<void> {
    const said = fault.kind === 'warning' ? fault.warnings : warnings
    if (said !== undefined) response.setHeader('x-warning', JSON.stringify(said))
    response.setHeader('content-type', type)
    const part = fault.kind === 'whole-file' ? undefined : partOf(range, body.length)
    if (part !== undefined) {
      if (part.from >= body.length) throw new Problem(416, { detail: 'Range Not Satisfiable' })
      response.setHeader('content-range', `bytes ${part.from}-${part.to}/${body.length}`)
    }
    this.billedUsd += billedUsd
    response.writeHead(part === undefined ? 200 : 206)
    const asked = part === undefined ? body : body.subarray(part.from, part.to + 1)
    await writeBody(response, asked, fault)
  }
}

async function writeBody(response: ServerResponse, body: Uint8Array, fault: HistoricalFault): Promise<void> {
  switch (fault.kind) {
    case 'cut':
      // A client's stream throws away what it has not read when its socket breaks: leave it time to read.
      response.write(body.subarray(0, fault.afterBytes))
      await sleep(50)
      response.socket?.end(() => response.destroy())
      return
    case 'slow':
      for (let at = 0; at < body.length && !response.destroyed; at += fault.pieceBytes) {
        response.write(body.subarray(at, at + fault.pieceBytes))
        await sleep(fault.delayMs ?? 0)
      }
      response.end()
      return
    case 'half':
      response.end(body.subarray(0, Math.floor(body.length / 2)))
      return
    case 'wrong-byte': {
      const wrong = Uint8Array.from(body)
      const middle = body.length >> 1
      wrong[middle] = (wrong[middle] ?? 0) ^ 1
      response.end(wrong)
      return
    }
    default:
      response.end(body)
  }
}

function methodOf(path: string, parameters: Record<string, string>): string {
  const [, jobId, filename] = FILE_PATH.exec(path) ?? []
  if (jobId === undefined || filename === undefined) return path.replace(/^\/v0\//, '')
  Object.assign(parameters, { job_id: jobId, filename })
  return 'batch.download_file'
}

function partOf(range: string | undefined, bytes: number): { from: number; to: number } | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  if (from === undefined) return undefined
  return {
    from: Number(from),
    to: Math.min(to === '' || to === undefined ? bytes - 1 : Number(to), bytes - 1),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}
