import { parentPort } from 'node:worker_threads'
import { isScalpError } from '@scalp/canonical'
import { decodeGroup } from './tape/decode-group.js'
import { type WorkerReply, type WorkerRequest } from './tape/decode-pool.js'
import { type EventBatch, emptyStats, giveBatch, shareBatches } from './tape/event-batch.js'

const port = parentPort
let credits = 0
let wake: (() => void) | undefined
/** Batches that the other thread has seen, by the places it knows them by. */
const known: EventBatch[] = []
const placeOf = new Map<EventBatch, number>()
shareBatches()

port?.on('message', (request: WorkerRequest) => {
  if (request.type === 'credit') {
    credits++
    giveBatch(known[request.place] as EventBatch)
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
      send(batch)
    }
    port?.postMessage({ type: 'end', stats } satisfies WorkerReply)
  } catch (error) {
    const scalp = isScalpError(error)
      ? { message: error.message, code: error.code, hint: error.hint, details: { ...error.details } }
      : undefined
    port?.postMessage({ type: 'failed', error, scalp } satisfies WorkerReply)
  }
}

/** Rows stay where they are, in memory that both threads see; only what is not in columns is copied. */
function send(batch: EventBatch): void {
  const { count, newSymbols } = batch
  let place = placeOf.get(batch)
  if (place === undefined) {
    place = known.push(batch) - 1
    placeOf.set(batch, place)
    port?.postMessage({ type: 'batch', place, count, newSymbols, batch } satisfies WorkerReply)
  } else port?.postMessage({ type: 'batch', place, count, newSymbols } satisfies WorkerReply)
}
