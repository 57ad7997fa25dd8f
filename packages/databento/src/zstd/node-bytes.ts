import { setImmediate } from 'node:timers/promises'
import { openSource, type ReadOptions } from './node-source.js'

const PIECE_BYTES = 512 * 1024

/**
 * The bytes of a file, decompressed if they are zstd, in pieces; detected by content, whatever its name.
 *
 * @throws `TruncatedFileError` When the file ends inside a zstd frame, unless `partial`.
 * @throws `CorruptFileError` When it does not decompress.
 * @throws `DbnFormatError` When it is DBZ, the format before DBN.
 */
export async function* readBytes(file: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const source = openSource(file, options)
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE_BYTES)
      const length = source.fill(piece, 0, PIECE_BYTES)
      if (length === 0) return
      yield piece.subarray(0, length)
      await setImmediate()
    }
  } finally {
    source.close()
  }
}
