import { Worker } from 'node:worker_threads'
import type { ServerData, ServerType } from '@scalp/protocol'
import { DaemonError } from '../errors.js'
import { Hub } from './hub.js'
import {
  type Answerer,
  countsOf,
  type FromGateway,
  type GatewayCounts,
  type GatewaySettings,
  sourceOf,
  type ToGateway,
} from './link.js'
import type { Publisher } from './publisher.js'
import { Gateway } from './server.js'
import { Tokens } from './tokens.js'

/** A gateway that runs, in this thread or in one of its own. */
export interface RunningGateway {
  readonly url: string
  readonly publisher: Publisher
  readonly counts: () => GatewayCounts
  stop(): Promise<void>
}

/** Starts a gateway in this thread. */
export async function startGateway(settings: GatewaySettings, answer: Answerer): Promise<RunningGateway> {
  const { hub: hubOptions, operatorTokens, readTokens, ...rest } = settings
  const hub = new Hub(hubOptions)
  const tokens = new Tokens({ operator: operatorTokens, read: readTokens })
  const gateway = await Gateway.start({ ...rest, hub, tokens, ...sourceOf(answer) })
  return { url: gateway.url, publisher: hub, counts: () => countsOf(hub), stop: () => gateway.stop() }
}

/**
 * Starts a gateway in a thread of its own: however many clients there are, and whatever they do, the thread that
 * trades only posts messages. When the thread dies, trading goes on and `onDeath` hears of it.
 */
export async function startGatewayThread(
  settings: GatewaySettings,
  answer: Answerer,
  onDeath: (error: Error) => void,
  program: URL = new URL('./gateway-worker.js', import.meta.url),
): Promise<RunningGateway> {
  const worker = new Worker(program, { workerData: settings })
  let counts: GatewayCounts = { clients: 0, conflated: 0, slowClosed: 0 }
  let isStopping = false
  const post = (message: ToGateway): void => worker.postMessage(message)
  const url = await new Promise<string>((resolve, reject) => {
    worker.on('message', (message: FromGateway) => {
      switch (message.from) {
        case 'started':
          resolve(message.url)
          return
        case 'failed':
          reject(
            Object.assign(
              new Error(message.message),
              message.code === undefined ? {} : { code: message.code },
            ),
          )
          return
        case 'counts':
          counts = message.counts
          return
        case 'ask': {
          const { id, question } = message
          answer(question).then(
            (value) => post({ to: 'answer', id, ok: true, value }),
            (error: unknown) => post({ to: 'answer', id, ok: false, value: String(error) }),
          )
          return
        }
        case 'stopped':
          return
      }
    })
    worker.on('error', (error) => {
      reject(error)
      onDeath(error)
    })
    worker.on('exit', (code) => {
      const error = new DaemonError({
        message: `The gateway's thread ended with code ${code}.`,
        code: 'GATEWAY_ENDED',
      })
      reject(error)
      if (!isStopping) onDeath(error)
    })
  })
  return {
    url,
    publisher: {
      get clients(): number {
        return counts.clients
      },
      publish<Type extends ServerType>(
        type: Type,
        data: ServerData<Type>,
        timestamp: string,
        symbol?: string,
      ): void {
        post({ to: 'publish', type, data: data as ServerData<ServerType>, timestamp, symbol })
      },
    },
    counts: () => counts,
    stop: async () => {
      isStopping = true
      const ended = new Promise((resolve) => {
        worker.once('exit', resolve)
      })
      post({ to: 'stop' })
      const timer = setTimeout(() => void worker.terminate(), 3_000)
      await ended
      clearTimeout(timer)
    },
  }
}
