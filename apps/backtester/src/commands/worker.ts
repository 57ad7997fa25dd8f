import { availableParallelism } from 'node:os'
import { loadOptional } from '../optional-package.js'
import { stopSignal } from '../sweep/stop-signal.js'
import { userCache } from './run.js'

/** Flags of `scalp-backtest worker`. */
export interface WorkerFlags {
  readonly redis: string
  readonly threads?: number
  readonly data?: string
  readonly objects?: string
  readonly cache?: string
  readonly stallSeconds: number
  readonly quiet?: boolean
}

/** Takes jobs of sweeps from Redis until it is stopped; what it has begun it ends. */
export async function worker(flags: WorkerFlags): Promise<void> {
  const stop = stopSignal()
  const { startQueueWorker } = await loadOptional(
    'A worker of the queue',
    ['bullmq', 'ioredis'],
    () => import('../queue/queue-worker.js'),
  )
  const started = startQueueWorker({
    url: flags.redis,
    threads: flags.threads ?? availableParallelism(),
    data: flags.data,
    objects: flags.objects,
    cache: flags.cache ?? userCache(),
    stallSeconds: flags.stallSeconds,
    onJob: (told) => {
      if (flags.quiet !== true) process.stdout.write(`${told}\n`)
    },
  })
  if (flags.quiet !== true) process.stdout.write('Waiting for jobs.\n')
  await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
  await started.close()
  stop.end()
}
