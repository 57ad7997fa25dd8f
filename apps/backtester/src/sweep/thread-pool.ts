import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { ScalpError } from '@scalp/canonical'
import type { RunConfig } from '../config.js'
import type { Pass, PassEnd } from './pass.js'

/** What a thread is started with. */
export interface ThreadData {
  readonly base: RunConfig
  readonly dataId: string
}

/** What a thread is told. */
export interface ThreadRequest {
  readonly pass: Pass
}

/** What a thread tells. */
export type ThreadReply =
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'end'; readonly ends: readonly PassEnd[] }
  | { readonly type: 'failed'; readonly message: string }

/** Thrown when a thread of a sweep broke down: no trial of its own did, those only fail. */
export class PassError extends ScalpError {
  override readonly name = 'PassError'
  constructor({ pass, message }: { pass: number; message: string }) {
    super(`Pass ${pass} of the sweep broke down: ${message}`, {
      code: 'SWEEP_PASS',
      hint: 'What was finished is kept. Give the same command again to go on.',
      details: { pass },
    })
  }
}

/** What passes are played by. */
export interface PlayPassesOptions extends ThreadData {
  readonly passes: readonly Pass[]
  readonly threads: number
  /** Called when a pass has ended, in any order. */
  readonly onEnd: (pass: Pass, ends: readonly PassEnd[]) => void
  /** Called with how many trials are done, those under way by their share. */
  readonly onProgress?: (trials: number) => void
  /** Aborted, no new pass is begun; those under way are ended. */
  readonly signal?: AbortSignal
}

/** Plays passes in threads, each thread one at a time. What comes of a trial does not hang on how many there are. */
export async function playPasses(options: PlayPassesOptions): Promise<void> {
  const { passes, threads, base, dataId, onEnd, onProgress, signal } = options
  const waiting = [...passes]
  const underWay = new Map<Worker, number>()
  let done = 0
  const tellProgress = (): void =>
    onProgress?.(done + [...underWay.values()].reduce((sum, trials) => sum + trials, 0))
  const workers = Array.from({ length: Math.min(threads, passes.length) }, () =>
    startThread({ base: { ...base, workers: 1 }, dataId }),
  )
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (;;) {
          const pass = signal?.aborted === true ? undefined : waiting.shift()
          if (pass === undefined) return
          const ends = await playIn(worker, pass, (share) => {
            underWay.set(worker, share * pass.trials.length)
            tellProgress()
          })
          underWay.delete(worker)
          done += pass.trials.length
          onEnd(pass, ends)
          tellProgress()
        }
      }),
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

function playIn(
  worker: Worker,
  pass: Pass,
  onProgress: (share: number) => void,
): Promise<readonly PassEnd[]> {
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => {
      stop()
      reject(new PassError({ pass: pass.id, message }))
    }
    const onError = (error: Error): void => fail(error.message)
    const onExit = (code: number): void => fail(`its thread ended with ${code}`)
    const onMessage = (reply: ThreadReply): void => {
      if (reply.type === 'progress') return onProgress(reply.share)
      if (reply.type === 'failed') return fail(reply.message)
      stop()
      resolve(reply.ends)
    }
    const stop = (): void => void worker.off('error', onError).off('exit', onExit).off('message', onMessage)
    worker.on('error', onError).on('exit', onExit).on('message', onMessage)
    worker.postMessage({ pass } satisfies ThreadRequest)
  })
}

/** Lets a thread run the sources: their imports end in `.js` where the files end in `.ts`. */
const RESOLVE_SOURCES = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  return next(name.startsWith('.') && context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context)
} })`

/** The thread's program lies beside the main one when built, and one folder up in the sources. */
function startThread(workerData: ThreadData): Worker {
  const built = new URL('./pass-thread.js', import.meta.url)
  if (existsSync(fileURLToPath(built))) return new Worker(built, { workerData })
  return new Worker(new URL('../pass-thread.ts', import.meta.url), {
    workerData,
    execArgv: [
      '--conditions=@scalp/source',
      '--import',
      `data:text/javascript,${encodeURIComponent(RESOLVE_SOURCES)}`,
    ],
  })
}
