import { HEADER_BYTES, layoutOf } from './layouts.js'
import type { RecordFormat } from './record.js'

const WORD_BYTES = 4
const TS_OUT_WORDS = 2
const RTYPES = 256

/**
 * The fewest words of 4 bytes that a record of each type has, by type: what is shorter would be read beyond its end.
 *
 * Of types that are not known it is the header alone.
 */
export function fewestWords({ version, tsOut }: RecordFormat): Uint8Array {
  const key = version * 2 + (tsOut ? 1 : 0)
  let words = known.get(key)
  if (words === undefined) known.set(key, (words = tableOf(version, tsOut)))
  return words
}

const known = new Map<number, Uint8Array>()

function tableOf(version: number, tsOut: boolean): Uint8Array {
  const words = new Uint8Array(RTYPES).fill(HEADER_BYTES / WORD_BYTES)
  for (let rtype = 0; rtype < RTYPES; rtype++) {
    const layout = layoutOf(rtype, version)
    if (layout !== undefined) words[rtype] = layout.bytes / WORD_BYTES + (tsOut ? TS_OUT_WORDS : 0)
  }
  return words
}
