import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'

const PIECE_BYTES = 1 << 20

/**
 * SHA-256 of files, by path; `known` are taken over.
 *
 * It may run beside a replay, in the time that this thread waits for threads that decode: one file after the other, as
 * a thousand at once would take the memory and the handles of a thousand.
 */
export async function hashFiles(
  files: readonly { readonly path: string }[],
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map(known)
  const piece = new Uint8Array(PIECE_BYTES)
  for (const { path } of files) {
    if (hashes.has(path)) continue
    await setImmediate() // the first events come first
    hashes.set(path, await sha256Of(path, piece))
  }
  return hashes
}

/** SHA-256 of a file, read piece by piece. */
export async function sha256Of(
  file: string,
  piece: Uint8Array = new Uint8Array(PIECE_BYTES),
): Promise<string> {
  const hash = createHash('sha256')
  const handle = await open(file)
  try {
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(piece.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}
