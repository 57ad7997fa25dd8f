import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Bytes looked at on either end of a file. */
const END_BYTES = 65_536
/** A run looks at thousands of files, one after the other. */
const buffer = new Uint8Array(END_BYTES)

/**
 * What tells whether a file is still the one it was, without reading it whole.
 *
 * The time of change of its entry cannot be set by a program, as its time of modification can: a file that was
 * written to has another, whatever its length and date are made to be. Its ends are for file systems that keep none.
 */
export interface SourceIdentity {
  readonly path: string
  readonly bytes: number
  /** ns since 1970, as text. */
  readonly modifiedNs: string
  readonly changedNs: string
  /** SHA-256 of the first and the last 64 KB. */
  readonly ends: string
}

/** Looks at a file as it is now. */
export function identityOf(file: string): SourceIdentity {
  const descriptor = openSync(file, 'r')
  try {
    const { size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    const bytes = Number(size)
    const hash = createHash('sha256')
    for (const from of [0, Math.max(0, bytes - END_BYTES)])
      hash.update(buffer.subarray(0, readSync(descriptor, buffer, 0, END_BYTES, from)))
    return {
      path: path.resolve(file),
      bytes,
      modifiedNs: String(mtimeNs),
      changedNs: String(ctimeNs),
      ends: hash.digest('hex'),
    }
  } finally {
    closeSync(descriptor)
  }
}

/** SHA-256 of a whole file. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}
