import { parentPort, workerData } from 'node:worker_threads'
import { Hub } from './gateway/hub.js'
import {
  type Answerer,
  countsOf,
  type FromGateway,
  type GatewaySettings,
  sourceOf,
  type ToGateway,
} from './gateway/link.js'
import { Gateway } from './gateway/server.js'
import { Tokens } from './gateway/tokens.js'

/** The thread of a gateway: hears messages from the daemon, and speaks with clients. */
const { hub: hubOptions, operatorTokens, readTokens, ...rest } = workerData as GatewaySettings
const hub = new Hub(hubOptions)
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
let ids = 0
const tell = (message: FromGateway): void => parentPort?.postMessage(message)
const ask: Answerer = (question) =>
  new Promise((resolve, reject) => {
    const id = ++ids
    waiting.set(id, { resolve, reject })
    tell({ from: 'ask', id, question })
  })

let gateway: Gateway | undefined
const counting = setInterval(() => tell({ from: 'counts', counts: countsOf(hub) }), 1_000)

parentPort?.on('message', (message: ToGateway) => {
  switch (message.to) {
    case 'publish':
      hub.publish(message.type, message.data, message.timestamp, message.symbol)
      return
    case 'answer': {
      const asked = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.ok) asked?.resolve(message.value)
      else asked?.reject(new Error(String(message.value)))
      return
    }
    case 'stop':
      clearInterval(counting)
      void (gateway?.stop() ?? Promise.resolve()).finally(() => {
        tell({ from: 'stopped' })
        parentPort?.close()
        process.exit(0)
      })
  }
})

try {
  const tokens = new Tokens({ operator: operatorTokens, read: readTokens })
  gateway = await Gateway.start({ ...rest, hub, tokens, ...sourceOf(ask) })
  tell({ from: 'started', url: gateway.url })
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException
  tell({ from: 'failed', message, code })
}
