import { createHash } from 'node:crypto'

const BUCKET_CHARACTERS = 5

/** The last five characters of a key: what may be shown of it. */
export function bucketOf(key: string): string {
  return key.slice(-BUCKET_CHARACTERS)
}

/**
 * Answers a challenge without giving the key away.
 *
 * Source: Databento Live API, CRAM: the SHA-256 of `challenge|key` in hex, `-`, the key's bucket.
 */
export function cramResponse(challenge: string, key: string): string {
  const digest = createHash('sha256').update(`${challenge}|${key}`).digest('hex')
  return `${digest}-${bucketOf(key)}`
}
