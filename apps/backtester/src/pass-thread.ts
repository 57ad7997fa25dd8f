import { parentPort, workerData } from 'node:worker_threads'
import { hashFiles } from './hash-files.js'
import { allFiles, openRunData, type RunData } from './run-data.js'
import { playPass } from './sweep/pass.js'
import type { ThreadData, ThreadReply, ThreadRequest } from './sweep/thread-pool.js'

/** A thread that plays passes, one after the other, over data that it opens once. */
const port = parentPort
if (port === null) throw new Error('pass-thread runs as a thread only')
const { base, dataId } = workerData as ThreadData
const tell = (reply: ThreadReply): void => port.postMessage(reply)
const silent = { start() {}, update() {}, stop() {} }
const opened = open()

/** With the hashes of all files, so that no pass makes them again. */
async function open(): Promise<RunData> {
  const data = await openRunData(base, silent)
  return { ...data, hashes: await hashFiles(allFiles(data.originals), data.hashes) }
}

port.on('message', ({ pass }: ThreadRequest) => {
  void (async () => {
    try {
      const data = await opened
      const onProgress = (share: number): void => tell({ type: 'progress', share })
      tell({ type: 'end', ends: await playPass({ base, pass, data, dataId, onProgress }) })
    } catch (error) {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  })()
})
