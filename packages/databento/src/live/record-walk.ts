import { layoutOf } from '../dbn/layouts.js'
import type { RecordFormat } from '../dbn/record.js'
import { CorruptFileError } from '../errors.js'

const TS_OUT_WORDS = 2
const HEADER_WORDS = 4

/** The fewest words that a record of each type has; the header alone of types not known. */
export function fewestWords({ version, tsOut }: RecordFormat): Uint8Array {
  const words = new Uint8Array(256).fill(HEADER_WORDS)
  for (let rtype = 0; rtype < 256; rtype++) {
    const layout = layoutOf(rtype, version)
    if (layout !== undefined) words[rtype] = layout.bytes / 4 + (tsOut ? TS_OUT_WORDS : 0)
  }
  return words
}

/** The error for a record that is shorter than its type needs. */
export function shortRecordError(rtype: number, words: number): CorruptFileError {
  return new CorruptFileError({
    source: 'the live stream',
    offset: 0,
    reason: `a record of type 0x${rtype.toString(16)} is ${words * 4} bytes long`,
  })
}
