import {
  type Command,
  type CommandResult,
  commandResultSchema,
  type GetAnswer,
  type GetRoute,
  getRoutes,
  problemSchema,
} from '@scalp/protocol'
import { DaemonError } from './errors.js'

/** A daemon on this machine or another, by its REST. */
export class RemoteDaemon {
  readonly #url: string
  readonly #token: string

  constructor({ url, token }: { readonly url: string; readonly token: string }) {
    this.#url = url.replace(/\/$/, '')
    this.#token = token
  }

  async get<Route extends GetRoute>(route: Route, path: string = route): Promise<GetAnswer<Route>> {
    return getRoutes[route].parse(await this.#send('GET', path)) as GetAnswer<Route>
  }

  /** Gives a command; also what was refused comes back as a result. */
  async command(command: Command): Promise<CommandResult> {
    return commandResultSchema.parse(await this.#send('POST', '/api/commands', command))
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    let response: Response
    try {
      response = await fetch(this.#url + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(15_000),
      })
    } catch (cause) {
      throw new DaemonError({
        message: `No daemon answers at ${this.#url}.`,
        code: 'DAEMON_UNREACHABLE',
        cause,
      })
    }
    const answer: unknown = await response.json()
    const isResult = method === 'POST' && commandResultSchema.safeParse(answer).success
    if (response.ok || isResult) return answer
    const problem = problemSchema.safeParse(answer)
    throw new DaemonError({
      message: problem.success ? problem.data.error.message : `The daemon answered ${response.status}.`,
      code: problem.success ? problem.data.error.code : 'DAEMON_ANSWER',
    })
  }
}
