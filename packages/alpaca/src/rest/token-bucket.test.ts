import { expect, test } from 'vitest'
import { bucketOf, TokenBucket } from './token-bucket.js'

/** A bucket on a clock that moves only by waiting. */
function simulated({ perMinute, reserve = 0 }: { perMinute: number; reserve?: number }) {
  const time = { ms: 0 }
  const bucket = new TokenBucket({
    perMinute,
    reserve,
    nowMs: () => time.ms,
    wait: (ms) => {
      time.ms += ms
      return Promise.resolve()
    },
  })
  return { bucket, time }
}

test('no 60 seconds hold more than the limit, and the limit is used up', async () => {
  const { bucket, time } = simulated({ perMinute: 200 })
  const taken: number[] = []
  while (time.ms < 180_000) {
    await bucket.take()
    taken.push(time.ms)
  }
  for (const [index, start] of taken.entries()) {
    const within = taken.slice(index).filter((ms) => ms < start + 60_000).length
    expect(within).toBeLessThanOrEqual(200)
  }
  expect(taken.length).toBeGreaterThan(380)
})

test('urgent requests use the reserve and overtake those that wait', async () => {
  const { bucket, time } = simulated({ perMinute: 20, reserve: 4 })
  for (let count = 0; count < 6; count++) await bucket.take()
  expect(time.ms).toBe(0)
  const order: string[] = []
  const normal = bucket.take().then(() => order.push('normal'))
  const urgent = bucket.take(true).then(() => order.push('urgent'))
  await Promise.all([normal, urgent])
  expect(order).toEqual(['urgent', 'normal'])
  expect(time.ms).toBeGreaterThan(0)
})

test('what the server says counts, and a 429 stops everybody', async () => {
  const { bucket, time } = simulated({ perMinute: 200 })
  bucket.observe(1)
  expect(bucket.available).toBe(1)
  bucket.block(5_000)
  await bucket.take(true)
  expect(time.ms).toBeGreaterThanOrEqual(5_000)
})

test('clients of one key at one host share one bucket', () => {
  const one = bucketOf({ host: 'a.test', keyId: 'K' }, { perMinute: 10 })
  expect(bucketOf({ host: 'a.test', keyId: 'K' }, { perMinute: 10 })).toBe(one)
  expect(bucketOf({ host: 'a.test', keyId: 'L' }, { perMinute: 10 })).not.toBe(one)
})
