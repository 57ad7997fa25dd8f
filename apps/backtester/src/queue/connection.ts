import { Redis } from 'ioredis'

/** A connection that waits for Redis to come back, however long: a restart loses no work. */
export function connect(url: string): Redis {
  const redis = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(2_000, 100 * times),
  })
  /** Told once a loss, not once a try: it comes back by itself. */
  let isTold = false
  redis.on('error', (error: Error) => {
    if (!isTold) process.stderr.write(`\nRedis: ${error.message || 'connection lost'}; waiting for it.\n`)
    isTold = true
  })
  redis.on('ready', () => {
    isTold = false
  })
  return redis
}
