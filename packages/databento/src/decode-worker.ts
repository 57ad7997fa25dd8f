import { parentPort } from 'node:worker_threads'
import { isScalpError } from '@scalp/canonical'
import { decodeGroup } from './tape/decode-group.js'
import { type WorkerReply, type WorkerRequest } from './tape/decode-pool.js'
import { emptyStats, giveBatch, transferList } from './tape/event-batch.js'

const port = parentPort
let credits = 0
let wake: (() => void) | undefined

port?.on('message', (request: WorkerRequest) => {
  if (request.type === 'credit') {
    credits++
    giveBatch(request.batch)
    wake?.()
    return
  }
  credits = request.credits
  void decode(request)
})

async function decode({ files, wanted }: Extract<WorkerRequest, { type: 'decode' }>): Promise<void> {
  const stats = files.map(emptyStats)
  try {
    for await (const batch of decodeGroup(files, wanted, stats)) {
      while (credits === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      credits--
      port?.postMessage({ type: 'batch', batch } satisfies WorkerReply, transferList(batch))
    }
    port?.postMessage({ type: 'end', stats } satisfies WorkerReply)
  } catch (error) {
    const scalp = isScalpError(error)
      ? { message: error.message, code: error.code, hint: error.hint, details: { ...error.details } }
      : undefined
    port?.postMessage({ type: 'failed', error, scalp } satisfies WorkerReply)
  }
}
